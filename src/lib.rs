//! Tailormade: an open provider marketplace and individual service fund brokerage for personal budgets in English social
//! care.
//!
//! The modules are listed bottom-up: a module uses only those listed before it (kept by `tests/tidy.rs`).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

/// Closed lists with their codes and words.
pub mod vocabulary;
/// Pence, unit prices, quantities, percentages: exact.
pub mod money;
/// Dates, weeks, bank holidays, Europe/London, the clock.
pub mod calendar;
/// VAT: who is charged, who recovers, what the budget really pays.
pub mod vat;
/// One newtype per thing.
pub mod ids;
/// Settings, parsed once, refused loudly.
pub mod config;
/// Every way a request can fail.
pub mod error;
/// The SHA-256 of what must stay what it was.
pub mod fingerprint;
/// The database: one transaction per closure.
pub mod db;
/// Jobs that wait for their server: enqueued, claimed, tried again.
pub mod queue;
/// Postcodes, outcodes, councils, points on the grid.
pub mod places;
/// A struct and its template become text.
pub mod render;
/// Who did and saw what, under which authority: append-only, sealed into a chain.
pub mod audit;
/// What every request shares: visits, forms, pages, layers.
pub mod web;
/// Mails: written in a transaction, sent after it.
pub mod mail;
/// Users, sessions, rights.
pub mod auth;
/// Papers that were issued, byte for byte.
pub mod paper;
/// Chart of accounts, journal, balances.
pub mod ledger;
/// People and organisations.
pub mod people;
/// Who belongs to an organisation, in which roles, and how it divides its work with money.
pub mod organisations;
/// Getting and keeping a sign-in: invited, signed up, forgotten, changed.
pub mod users;
/// Who acts for a person: mandates, their evidence and their end; capacity; what is hidden.
pub mod mandates;
/// A person's record: who looked at it and changed it.
pub mod record;
/// Looking for a time: auditors, operators who say why.
pub mod access;
/// Where an organisation is paid: asked for by one, confirmed by another, told to all, effective after some days.
pub mod bank_details;
/// Second factors that were lost with all recovery codes: others ask, the owner is told, some days pass.
pub mod lost_factors;
/// How somebody needs to be spoken and written to.
pub mod communication;
/// Personal budgets and funds in the six forms.
pub mod budgets;
/// Reading the regulator's register.
pub mod register;
/// The marketplace: providers, services, rates, search.
pub mod directory;
/// What a council has decided about providers: accepted, suspended, paid up to an amount.
pub mod council_rules;
/// A provider says that an entry of the register is theirs: verified by a letter or an officer, and undone.
pub mod claims;
/// What a provider shows of itself: a checklist, documents with their days, what councils and brokers found.
pub mod provider_documents;
/// What somebody thinks of for a person, before anything is chosen.
pub mod shortlists;
/// Searches that are kept: who keeps one is told when something new fits.
pub mod saved_searches;
/// What is listed, as an open feed for programs: Open Referral UK.
pub mod open_referral;
/// Services picked against a fund, costed, ordered.
pub mod packages;
/// Several providers are asked what something costs; how their answers stand to what matters; the choice, kept with all of it.
pub mod quotes;
/// Agreements on who holds a fund and how: terms, one fixed text, signatures, the end.
pub mod agreements;
/// Support that was given: recorded by the provider, confirmed by the person.
pub mod deliveries;
/// What people who used a service say of it, read by their council before it is shown.
pub mod reviews;
/// When somebody must be asked before an invoice is approved, and who said yes.
pub mod consent;
/// Invoices and credit notes: numbered, addressed and taxed by rule, approved or queried, credited.
pub mod invoices;
/// Money in and out of a fund: funding, contributions, payments, refunds, VAT back, reported spending.
pub mod payments;
/// What to look at about providers' VAT: lost registrations, the threshold, VAT charged wrongly.
pub mod vat_watch;
/// Something is wrong: complaints with their clock, safeguarding concerns, signals of financial abuse.
pub mod concerns;
/// Read-only across the field: statements, the journal's export, the check of everything.
pub mod reports;
/// A person's copy of everything, what is held back from it.
pub mod personal_data;
/// How long what is kept is kept; holds; erasure.
pub mod retention;
/// The first page, the pages of words.
pub mod site;
/// Every URL in one table.
pub mod routes;
/// Every URL described for programs.
pub mod openapi;
/// What is done after a commit and what recurs: job kind and verb.
pub mod jobs;
/// The server around the app.
pub mod server;
/// A small believable council, played through the routes.
pub mod demo;
/// The command line: each command, what it says, how it ends.
pub mod commands;
