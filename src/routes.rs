//! Every URL in one table: method, path, who may use it, what it does, what it takes, what it answers.
//!
//! The rights themselves are types that the handlers take; `tests/permissions.rs` walks this table with every role.

use actix_web::web;
use utoipa::openapi::{RefOr, Schema};

use crate::web::assets;
use crate::{agreements, auth, budgets, deliveries, directory, invoices, packages, reports, site};

/// Who a URL is for; what of it they see follows from their rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, signed in or not.
    Anyone,
    /// Anybody who is signed in.
    SignedIn,
    /// A person, or somebody who acts for them under a mandate.
    PersonOrMandate,
    /// Members of a provider.
    Provider,
    /// Members of an organisation that holds funds.
    Holder,
    /// Officers of a council.
    Council,
    /// Whoever the thing concerns: the person, a mandate, the holder, the provider, the council.
    Party,
}

/// A page's schema and those it is made of, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// One URL.
pub struct Route {
    /// GET or POST.
    pub method: &'static str,
    /// The path, with `{id}` for ids.
    pub path: &'static str,
    /// Who it is for.
    pub who: Who,
    /// What it does, in a sentence.
    pub says: &'static str,
    /// The fields of its form, JSON body or query: name and meaning.
    pub fields: &'static [(&'static str, &'static str)],
    /// Collects the schema of what it answers as JSON and gives its name; nothing when it answers with a place to go.
    pub answers: Option<fn(&mut Schemas) -> String>,
    /// Makes the framework's route.
    pub handler: fn() -> actix_web::Route,
}

/// Collects the schema of a page and gives its name.
pub fn schema_of<T: utoipa::ToSchema>(schemas: &mut Schemas) -> String {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    T::name().into_owned()
}

/// JSON of any kind, for what is described elsewhere.
pub fn any_json(schemas: &mut Schemas) -> String {
    let schema = utoipa::openapi::schema::ObjectBuilder::new().build();
    schemas.push(("AnyJson".to_owned(), RefOr::T(Schema::Object(schema))));
    "AnyJson".to_owned()
}

/// The table.
pub const ROUTES: &[Route] = &[
    // The first page, the pages of words, what programs ask for.
    Route {
        method: "GET",
        path: "/",
        who: Who::Anyone,
        says: "The first page: a question for a visitor, a desk for somebody who is signed in.",
        fields: &[],
        answers: Some(schema_of::<site::pages::HomePage>),
        handler: || web::get().to(site::handlers::home),
    },
    Route {
        method: "GET",
        path: "/glossary",
        who: Who::Anyone,
        says: "The words we use.",
        fields: &[],
        answers: Some(schema_of::<site::pages::WordsPage>),
        handler: || web::get().to(site::handlers::glossary),
    },
    Route {
        method: "GET",
        path: "/accessibility",
        who: Who::Anyone,
        says: "How far the site is accessible.",
        fields: &[],
        answers: Some(schema_of::<site::pages::WordsPage>),
        handler: || web::get().to(site::handlers::accessibility),
    },
    Route {
        method: "GET",
        path: "/privacy",
        who: Who::Anyone,
        says: "What is kept about whom, why, who sees it, for how long.",
        fields: &[],
        answers: Some(schema_of::<site::pages::WordsPage>),
        handler: || web::get().to(site::handlers::privacy),
    },
    Route {
        method: "GET",
        path: "/api/openapi.json",
        who: Who::Anyone,
        says: "Every URL for programs, as OpenAPI 3.1.",
        fields: &[],
        answers: Some(any_json),
        handler: || web::get().to(site::handlers::api),
    },
    Route {
        method: "GET",
        path: "/health",
        who: Who::Anyone,
        says: "Says ok when the database answers.",
        fields: &[],
        answers: None,
        handler: || web::get().to(site::handlers::health),
    },
    // Statements.
    Route {
        method: "GET",
        path: "/funds/{id}/statement",
        who: Who::Party,
        says: "A statement of a fund: what was left, what came in, what it was spent on, what is left.",
        fields: reports::forms::STATEMENT,
        answers: Some(schema_of::<reports::pages::StatementPage>),
        handler: || web::get().to(reports::handlers::show),
    },
    Route {
        method: "POST",
        path: "/funds/{id}/statements",
        who: Who::Party,
        says: "Keeps a statement as a paper that never changes.",
        fields: reports::forms::STATEMENT,
        answers: None,
        handler: || web::post().to(reports::handlers::keep),
    },
    Route {
        method: "GET",
        path: "/funds/{id}/statements/{document}",
        who: Who::Party,
        says: "A kept statement, as a file.",
        fields: &[],
        answers: None,
        handler: || web::get().to(reports::handlers::kept),
    },
    // Signing in and out.
    Route {
        method: "GET",
        path: "/sign-in",
        who: Who::Anyone,
        says: "The sign-in page.",
        fields: &[],
        answers: Some(schema_of::<auth::pages::SignInPage>),
        handler: || web::get().to(auth::handlers::show),
    },
    Route {
        method: "POST",
        path: "/sign-in",
        who: Who::Anyone,
        says: "Signs in.",
        fields: auth::forms::SIGN_IN,
        answers: None,
        handler: || web::post().to(auth::handlers::sign_in),
    },
    Route {
        method: "POST",
        path: "/sign-out",
        who: Who::SignedIn,
        says: "Signs out.",
        fields: &[],
        answers: None,
        handler: || web::post().to(auth::handlers::sign_out),
    },
    // People, budgets, funds.
    Route {
        method: "GET",
        path: "/people",
        who: Who::Council,
        says: "The council’s people, with their budgets and what waits.",
        fields: &[],
        answers: Some(schema_of::<budgets::pages::PeoplePage>),
        handler: || web::get().to(budgets::handlers::list),
    },
    Route {
        method: "POST",
        path: "/people",
        who: Who::Council,
        says: "Records a person.",
        fields: budgets::forms::PERSON,
        answers: None,
        handler: || web::post().to(budgets::handlers::record_person),
    },
    Route {
        method: "GET",
        path: "/people/new",
        who: Who::Council,
        says: "The form for a new person.",
        fields: &[],
        answers: Some(schema_of::<budgets::pages::NewPersonPage>),
        handler: || web::get().to(budgets::handlers::new_person),
    },
    Route {
        method: "GET",
        path: "/people/{id}",
        who: Who::Party,
        says: "A person, their budget, their funds.",
        fields: &[],
        answers: Some(schema_of::<budgets::pages::PersonPage>),
        handler: || web::get().to(budgets::handlers::person),
    },
    Route {
        method: "POST",
        path: "/people/{id}/budgets",
        who: Who::Council,
        says: "Records a new version of a personal budget.",
        fields: budgets::forms::BUDGET,
        answers: None,
        handler: || web::post().to(budgets::handlers::record_budget),
    },
    Route {
        method: "POST",
        path: "/people/{id}/mandates",
        who: Who::Council,
        says: "Records that somebody may act for a person.",
        fields: budgets::forms::MANDATE,
        answers: None,
        handler: || web::post().to(budgets::handlers::record_mandate),
    },
    Route {
        method: "GET",
        path: "/people/{id}/funds/new",
        who: Who::Council,
        says: "The form for a new fund.",
        fields: &[],
        answers: Some(schema_of::<budgets::pages::NewFundPage>),
        handler: || web::get().to(budgets::handlers::new_fund),
    },
    Route {
        method: "POST",
        path: "/people/{id}/funds",
        who: Who::Council,
        says: "Records a fund in one of the six forms.",
        fields: budgets::forms::FUND,
        answers: None,
        handler: || web::post().to(budgets::handlers::record_fund),
    },
    Route {
        method: "GET",
        path: "/funds/{id}",
        who: Who::Party,
        says: "A fund: its form, its holder, where its money is.",
        fields: &[],
        answers: Some(schema_of::<budgets::pages::FundPage>),
        handler: || web::get().to(budgets::handlers::fund),
    },
    // Packages and orders.
    Route {
        method: "GET",
        path: "/funds/{id}/packages",
        who: Who::Party,
        says: "The packages and orders of a fund.",
        fields: &[],
        answers: Some(schema_of::<packages::pages::PackagesPage>),
        handler: || web::get().to(packages::handlers::list),
    },
    Route {
        method: "POST",
        path: "/funds/{id}/packages",
        who: Who::PersonOrMandate,
        says: "Starts a package.",
        fields: packages::forms::PACKAGE,
        answers: None,
        handler: || web::post().to(packages::handlers::start),
    },
    Route {
        method: "GET",
        path: "/packages/add",
        who: Who::PersonOrMandate,
        says: "The page on which a service is added to a package.",
        fields: &[("service", "The number of the service.")],
        answers: Some(schema_of::<packages::pages::AddPage>),
        handler: || web::get().to(packages::handlers::add),
    },
    Route {
        method: "POST",
        path: "/packages/add",
        who: Who::PersonOrMandate,
        says: "Adds a service to a package, or starts one with it.",
        fields: packages::forms::ADD,
        answers: None,
        handler: || web::post().to(packages::handlers::add_to),
    },
    Route {
        method: "GET",
        path: "/packages/{id}",
        who: Who::Party,
        says: "A package, costed for a week, in every form side by side.",
        fields: &[],
        answers: Some(schema_of::<packages::pages::PackagePage>),
        handler: || web::get().to(packages::handlers::package),
    },
    Route {
        method: "POST",
        path: "/packages/{id}/lines",
        who: Who::PersonOrMandate,
        says: "Puts a service into a package, or changes how much of it.",
        fields: packages::forms::LINE_FIELDS,
        answers: None,
        handler: || web::post().to(packages::handlers::set_line),
    },
    Route {
        method: "POST",
        path: "/packages/{id}/lines/{service}/removal",
        who: Who::PersonOrMandate,
        says: "Takes a service out of a package.",
        fields: packages::forms::REMOVAL,
        answers: None,
        handler: || web::post().to(packages::handlers::remove_line),
    },
    Route {
        method: "POST",
        path: "/packages/{id}/orders",
        who: Who::PersonOrMandate,
        says: "Orders a package for some weeks and reserves its money.",
        fields: packages::forms::ORDER,
        answers: None,
        handler: || web::post().to(packages::handlers::order_package),
    },
    Route {
        method: "GET",
        path: "/orders/{id}",
        who: Who::Party,
        says: "An order; a provider sees its own lines.",
        fields: &[],
        answers: Some(schema_of::<packages::pages::OrderPage>),
        handler: || web::get().to(packages::handlers::order),
    },
    // The marketplace.
    Route {
        method: "GET",
        path: "/search",
        who: Who::Anyone,
        says: "Finds services and registered locations by words, kind, place, VAT status and price, priced as a fund would pay.",
        fields: directory::forms::SEARCH,
        answers: Some(schema_of::<directory::pages::Search>),
        handler: || web::get().to(directory::handlers::search),
    },
    Route {
        method: "GET",
        path: "/what-it-costs",
        who: Who::Anyone,
        says: "What one price costs in each form of personal budget, by its VAT class.",
        fields: directory::forms::WHAT_IT_COSTS,
        answers: Some(schema_of::<directory::pages::WhatItCosts>),
        handler: || web::get().to(directory::handlers::what_it_costs),
    },
    Route {
        method: "GET",
        path: "/services/new",
        who: Who::Provider,
        says: "The form for a new service.",
        fields: &[],
        answers: Some(schema_of::<directory::pages::NewService>),
        handler: || web::get().to(directory::handlers::new_service),
    },
    Route {
        method: "POST",
        path: "/services",
        who: Who::Provider,
        says: "Lists a service, not yet published.",
        fields: directory::forms::NEW_SERVICE,
        answers: None,
        handler: || web::post().to(directory::handlers::list_service),
    },
    Route {
        method: "GET",
        path: "/services/{id}",
        who: Who::Anyone,
        says: "A service: what it is, its price as a fund would pay it, its VAT and why. One that is not published is its provider’s alone.",
        fields: directory::forms::SHOW,
        answers: Some(schema_of::<directory::pages::Service>),
        handler: || web::get().to(directory::handlers::service),
    },
    Route {
        method: "POST",
        path: "/services/{id}",
        who: Who::Provider,
        says: "Changes what a service says.",
        fields: directory::forms::SERVICE,
        answers: None,
        handler: || web::post().to(directory::handlers::save_service),
    },
    Route {
        method: "GET",
        path: "/services/{id}/edit",
        who: Who::Provider,
        says: "The forms with which a provider changes its service.",
        fields: &[],
        answers: Some(schema_of::<directory::pages::EditService>),
        handler: || web::get().to(directory::handlers::edit_service),
    },
    Route {
        method: "POST",
        path: "/services/{id}/rates",
        who: Who::Provider,
        says: "Adds a price from a day on; earlier prices stay.",
        fields: directory::forms::RATE,
        answers: None,
        handler: || web::post().to(directory::handlers::add_rate),
    },
    Route {
        method: "POST",
        path: "/services/{id}/publication",
        who: Who::Provider,
        says: "Publishes a service or takes it back.",
        fields: directory::forms::PUBLICATION,
        answers: None,
        handler: || web::post().to(directory::handlers::publish),
    },
    Route {
        method: "GET",
        path: "/provider",
        who: Who::Provider,
        says: "A provider’s own entry, VAT status and services, and what is missing.",
        fields: &[],
        answers: Some(schema_of::<directory::pages::Provider>),
        handler: || web::get().to(directory::handlers::provider),
    },
    Route {
        method: "POST",
        path: "/provider",
        who: Who::Provider,
        says: "Changes a provider’s own entry.",
        fields: directory::forms::ENTRY,
        answers: None,
        handler: || web::post().to(directory::handlers::edit_entry),
    },
    Route {
        method: "POST",
        path: "/provider/vat",
        who: Who::Provider,
        says: "Records what a provider says about VAT from a day on; earlier statements stay.",
        fields: directory::forms::VAT,
        answers: None,
        handler: || web::post().to(directory::handlers::state_vat),
    },
    // agreements
    Route {
        method: "GET",
        path: "/funds/{id}/agreements/new",
        who: Who::Party,
        says: "The form for a new agreement, for the holder, the council or somebody with a mandate.",
        fields: &[],
        answers: Some(schema_of::<agreements::pages::TermsPage>),
        handler: || web::get().to(agreements::handlers::drawing_up::new),
    },
    Route {
        method: "POST",
        path: "/funds/{id}/agreements",
        who: Who::Party,
        says: "Draws up an agreement on a fund.",
        fields: agreements::forms::NEW,
        answers: None,
        handler: || web::post().to(agreements::handlers::drawing_up::draw_up),
    },
    Route {
        method: "GET",
        path: "/agreements/{id}",
        who: Who::Party,
        says: "An agreement: its text, who has signed, what happens next, its final account.",
        fields: &[],
        answers: Some(schema_of::<agreements::pages::ShowPage>),
        handler: || web::get().to(agreements::handlers::show),
    },
    Route {
        method: "GET",
        path: "/agreements/{id}/paper",
        who: Who::Party,
        says: "The fixed text, byte for byte, as a file.",
        fields: &[],
        answers: None,
        handler: || web::get().to(agreements::handlers::paper),
    },
    Route {
        method: "GET",
        path: "/agreements/{id}/terms",
        who: Who::Party,
        says: "The form for the terms of a draft.",
        fields: &[],
        answers: Some(schema_of::<agreements::pages::TermsPage>),
        handler: || web::get().to(agreements::handlers::drawing_up::edit),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/terms",
        who: Who::Party,
        says: "Changes the terms of a draft.",
        fields: agreements::forms::TERMS,
        answers: None,
        handler: || web::post().to(agreements::handlers::drawing_up::change),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/proposal",
        who: Who::Party,
        says: "Fixes the text for signature.",
        fields: agreements::forms::VERSION,
        answers: None,
        handler: || web::post().to(agreements::handlers::drawing_up::propose),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/withdrawal",
        who: Who::Party,
        says: "Gives up an agreement that is not in force.",
        fields: agreements::forms::VERSION,
        answers: None,
        handler: || web::post().to(agreements::handlers::drawing_up::withdraw),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/signatures",
        who: Who::Party,
        says: "Signs the fixed text for a party; the last of the three puts it in force.",
        fields: agreements::forms::SIGNATURE,
        answers: None,
        handler: || web::post().to(agreements::handlers::signing::sign),
    },
    Route {
        method: "GET",
        path: "/agreements/{id}/ending",
        who: Who::Party,
        says: "Asks once more before an agreement is ended.",
        fields: &[],
        answers: Some(schema_of::<agreements::pages::EndingPage>),
        handler: || web::get().to(agreements::handlers::ending::ask),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/ending",
        who: Who::Party,
        says: "Ends an agreement, with notice or at once.",
        fields: agreements::forms::ENDING,
        answers: None,
        handler: || web::post().to(agreements::handlers::ending::end),
    },
    Route {
        method: "POST",
        path: "/agreements/{id}/final-account",
        who: Who::Party,
        says: "Makes the final account: what is left goes back to whom it belongs, and the fund ends.",
        fields: agreements::forms::VERSION,
        answers: None,
        handler: || web::post().to(agreements::handlers::ending::close),
    },
    // deliveries
    Route {
        method: "GET",
        path: "/deliveries",
        who: Who::SignedIn,
        says: "What a provider has to record, and what waits for a person to confirm.",
        fields: &[],
        answers: Some(schema_of::<deliveries::pages::Overview>),
        handler: || web::get().to(deliveries::handlers::overview),
    },
    Route {
        method: "GET",
        path: "/orders/{id}/deliveries",
        who: Who::Party,
        says: "The deliveries of an order; a provider sees its own.",
        fields: &[],
        answers: Some(schema_of::<deliveries::pages::OrderDeliveries>),
        handler: || web::get().to(deliveries::handlers::of_order),
    },
    Route {
        method: "POST",
        path: "/order-lines/{id}/deliveries",
        who: Who::Provider,
        says: "Records what was delivered under an order line.",
        fields: deliveries::forms::RECORD,
        answers: None,
        handler: || web::post().to(deliveries::handlers::record),
    },
    Route {
        method: "POST",
        path: "/deliveries/{id}/confirmation",
        who: Who::PersonOrMandate,
        says: "Confirms a delivery: its money moves from reserved to delivered.",
        fields: deliveries::forms::CONFIRM,
        answers: None,
        handler: || web::post().to(deliveries::handlers::confirm),
    },
    Route {
        method: "POST",
        path: "/orders/{id}/deliveries/confirmation",
        who: Who::PersonOrMandate,
        says: "Confirms the deliveries of an order that were shown.",
        fields: deliveries::forms::CONFIRM_ALL,
        answers: None,
        handler: || web::post().to(deliveries::handlers::confirm_all),
    },
    Route {
        method: "POST",
        path: "/deliveries/{id}/query",
        who: Who::PersonOrMandate,
        says: "Queries a delivery with a reason.",
        fields: deliveries::forms::QUERY,
        answers: None,
        handler: || web::post().to(deliveries::handlers::query),
    },
    Route {
        method: "POST",
        path: "/deliveries/{id}/withdrawal",
        who: Who::Provider,
        says: "Withdraws a delivery that was not confirmed.",
        fields: deliveries::forms::CONFIRM,
        answers: None,
        handler: || web::post().to(deliveries::handlers::withdraw),
    },
    // invoices
    Route {
        method: "GET",
        path: "/invoices",
        who: Who::SignedIn,
        says: "The invoices that one sees, what waits for one first.",
        fields: &[],
        answers: Some(schema_of::<invoices::pages::List>),
        handler: || web::get().to(invoices::handlers::list),
    },
    Route {
        method: "GET",
        path: "/orders/{id}/invoices/new",
        who: Who::Provider,
        says: "What would be on an invoice for an order.",
        fields: &[],
        answers: Some(schema_of::<invoices::pages::Draft>),
        handler: || web::get().to(invoices::handlers::new),
    },
    Route {
        method: "POST",
        path: "/orders/{id}/invoices",
        who: Who::Provider,
        says: "Issues an invoice from confirmed deliveries, or the holder's fee for weeks that have passed.",
        fields: invoices::forms::ISSUE,
        answers: None,
        handler: || web::post().to(invoices::handlers::issue),
    },
    Route {
        method: "GET",
        path: "/invoices/{id}",
        who: Who::Party,
        says: "An invoice or a credit note, beside what was agreed and delivered.",
        fields: &[],
        answers: Some(schema_of::<invoices::pages::Show>),
        handler: || web::get().to(invoices::handlers::show),
    },
    Route {
        method: "GET",
        path: "/invoices/{id}/paper",
        who: Who::Party,
        says: "The paper as it was issued, byte for byte.",
        fields: &[],
        answers: None,
        handler: || web::get().to(invoices::handlers::paper),
    },
    Route {
        method: "POST",
        path: "/invoices/{id}/approval",
        who: Who::Party,
        says: "Approves an invoice, for whoever pays it.",
        fields: invoices::forms::APPROVE,
        answers: None,
        handler: || web::post().to(invoices::handlers::approve),
    },
    Route {
        method: "POST",
        path: "/invoices/{id}/query",
        who: Who::Party,
        says: "Queries an invoice with a reason.",
        fields: invoices::forms::QUERY,
        answers: None,
        handler: || web::post().to(invoices::handlers::query),
    },
    Route {
        method: "GET",
        path: "/invoices/{id}/credit",
        who: Who::Provider,
        says: "The form that credits an invoice.",
        fields: &[],
        answers: Some(schema_of::<invoices::pages::Credit>),
        handler: || web::get().to(invoices::handlers::credit_form),
    },
    Route {
        method: "POST",
        path: "/invoices/{id}/credit",
        who: Who::Provider,
        says: "Credits an invoice or a part of it with a document of its own.",
        fields: invoices::forms::CREDIT,
        answers: None,
        handler: || web::post().to(invoices::handlers::credit),
    },
];

/// Puts the table into the server.
pub fn configure(service: &mut web::ServiceConfig) {
    let mut paths: Vec<&str> = ROUTES.iter().map(|route| route.path).collect();
    paths.dedup();
    let mut seen: Vec<&str> = vec![];
    for path in paths {
        if seen.contains(&path) {
            continue;
        }
        seen.push(path);
        let resource = ROUTES.iter().filter(|route| route.path == path);
        service.service(resource.fold(web::resource(path), |resource, route| resource.route((route.handler)())));
    }
    service.route("/assets/{hash}/{name}", web::get().to(assets::serve));
}
