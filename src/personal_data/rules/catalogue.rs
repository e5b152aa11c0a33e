//! What belongs to a person, table by table and column by column, and in which form it goes into their copy. A test walks
//! the database: what is not named here, exported or with a reason why not, fails it.

use crate::ids::{PersonId, UserId};
use crate::vocabulary;

vocabulary! {
    /// In which form a column goes into the copy.
    Kind {
        /// A whole number.
        Number = "number", "a number";
        /// An amount.
        Pence = "pence", "an amount in pence";
        /// A price.
        Price = "price", "a price in hundredths of a penny";
        /// How much of something.
        Quantity = "quantity", "how much, in hundredths of the unit";
        /// A word of a closed list.
        Code = "code", "a word of a closed list";
        /// What somebody wrote: other people are taken out of it.
        Text = "text", "a text; another person in it is replaced";
        /// Yes or no.
        Flag = "flag", "true or false";
        /// A day.
        Day = "day", "a day, year first";
        /// A moment.
        Moment = "moment", "a moment in universal time";
        /// Somebody who signs in: as what they stand to the person, never who.
        Who = "who", "who it was, by what they do; a name only of those who act for you";
        /// An organisation, by its name.
        Organisation = "organisation", "an organisation";
        /// Not in the copy: a secret, or a thing that has a file of its own.
        LeftOut = "left_out", "not in the copy";
    }
}

/// One table of the copy.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What its rows are called.
    pub title: &'static str,
    /// Which rows are the person's, as SQL; `{p}` is their number.
    pub of: &'static str,
    /// Its columns, each with the code of its kind; after a text, who wrote it, where the row tells it.
    pub columns: &'static str,
    /// Which of these rows somebody who acts for the person does not get, as SQL; `{p}` is the person's number, `{u}`
    /// theirs. Nothing, when they get all.
    pub own: Option<&'static str>,
}

/// A column of a table of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// In which form it goes into the copy.
    pub kind: Kind,
    /// The column of the same row that says who wrote it: whoever gets back what they wrote themselves gets all of it.
    pub written_by: Option<&'static str>,
}

/// Rows that are the person's own affair: nobody who acts for them gets any.
const ALL: Option<&str> = Some("1 = 1");

impl Table {
    /// Which rows go into a copy, as SQL: the person's, without those that whoever asks must not see.
    #[must_use]
    pub fn rows_for(&self, person: PersonId, acting: Option<UserId>) -> String {
        let of = match (self.own, acting) {
            (Some(own), Some(user)) => format!("({}) AND NOT ({})", self.of, own.replace("{u}", &user.to_string())),
            _ => self.of.to_owned(),
        };
        of.replace("{p}", &person.to_string())
    }

    /// Its columns with their kinds.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let column = |words: &'static str| {
            let mut words = words.split_whitespace();
            let (name, kind) = (words.next()?, words.next()?);
            let kind = Kind::from_code(kind).unwrap_or(Kind::LeftOut);
            Some(Column { name, kind, written_by: words.nth(1) })
        };
        self.columns.split(',').filter_map(column).collect()
    }
}

/// The rows that hang on the person's funds.
macro_rules! of_funds {
    () => {
        "fund_id IN (SELECT id FROM funds WHERE person_id = {p})"
    };
    ($column:literal of $table:literal) => {
        concat!(
            $column,
            " IN (SELECT id FROM ",
            $table,
            " WHERE fund_id IN (SELECT id FROM funds WHERE person_id = {p}))"
        )
    };
}

/// The rows that hang on the person's mandates.
macro_rules! of_mandates {
    ($column:literal) => {
        concat!($column, " IN (SELECT id FROM mandates WHERE person_id = {p})")
    };
}

/// Mandates that are not held by whoever asks, themselves or by the organisation for which they work: one who acts for a
/// person does not see who else does (`mandates::rules::sees`).
macro_rules! of_others {
    ($column:literal) => {
        concat!(
            $column,
            " NOT IN (SELECT id FROM mandates WHERE person_id = {p} AND (user_id = {u} OR organisation_id IN (SELECT \
             organisation_id FROM memberships WHERE user_id = {u} AND ended_at IS NULL)))"
        )
    };
}

/// Complaints about whoever asks, or about the organisation for which they act: for them there is none
/// (`concerns::rules::complaints::sight`).
macro_rules! about_them {
    () => {
        "about = 'representative' AND (about_user_id = {u} OR COALESCE(about_organisation_id, 0) IN (SELECT \
         organisation_id FROM memberships WHERE user_id = {u}))"
    };
}

/// Offers of mandates to others than whoever asks.
macro_rules! offered_to_others {
    () => {
        "email NOT IN (SELECT email FROM users WHERE id = {u}) AND id NOT IN (SELECT offer_id FROM mandate_offer_answers \
         WHERE answered_by = {u})"
    };
}

/// The files that somebody sent as evidence of a mandate, or with an offer of one.
macro_rules! evidence_of {
    ($which:expr, $offers:expr) => {
        concat!(
            "id IN (SELECT file_id FROM mandate_evidence WHERE file_id IS NOT NULL AND ",
            $which,
            " UNION SELECT file_id FROM mandate_offers WHERE file_id IS NOT NULL AND ",
            $offers,
            ")"
        )
    };
}

/// Everything that is exported.
pub const TABLES: &[Table] = &[
    Table {
        name: "people",
        title: "You",
        of: "id = {p}",
        columns: "id number, user_id left_out, reference text, name text, address_line text, town text, postcode text, \
                  council_id organisation, fictional flag, created_at moment",
        own: None,
    },
    Table {
        name: "users",
        title: "Your sign-in",
        of: "id IN (SELECT user_id FROM people WHERE id = {p})",
        columns: "id number, email text, name text, password_hash left_out, created_at moment, is_operator flag",
        own: ALL,
    },
    Table {
        name: "sessions",
        title: "Where you signed in",
        of: "user_id IN (SELECT user_id FROM people WHERE id = {p})",
        columns: "id number, user_id left_out, refresh_sha256 left_out, previous_sha256 left_out, rotated_at moment, \
                  device text, created_at moment, expires_at moment, ended_at moment, second_factor_at moment",
        own: ALL,
    },
    Table {
        name: "second_factors",
        title: "That you sign in with a second factor",
        of: OWN_SIGN_IN,
        columns: "id number, user_id left_out, sealed_secret left_out, last_step left_out, created_at moment, \
                  confirmed_at moment",
        own: ALL,
    },
    Table {
        name: "recovery_codes",
        title: "When your recovery codes were made and used",
        of: OWN_SIGN_IN,
        columns: "id number, user_id left_out, code_sha256 left_out, created_at moment, used_at moment",
        own: ALL,
    },
    Table {
        name: "factor_removals",
        title: "When others asked for your second factor to be taken away",
        of: "user_id IN (SELECT user_id FROM people WHERE id = {p}) OR person_id = {p}",
        columns: "id number, user_id left_out, organisation_id organisation, person_id left_out, authority text, \
                  reason text, asked_by who, asked_at moment",
        own: ALL,
    },
    Table {
        name: "factor_removal_steps",
        title: "What became of that",
        of: "removal_id IN (SELECT id FROM factor_removals WHERE person_id = {p}
             OR user_id IN (SELECT user_id FROM people WHERE id = {p}))",
        columns: "id number, removal_id number, step code, note text, effective_at moment, done_by who, done_at moment",
        own: ALL,
    },
    Table {
        name: "identities",
        title: "How an employer of yours knows you",
        of: OWN_SIGN_IN,
        columns: "id number, issuer text, subject text, user_id left_out, recorded_at moment",
        own: ALL,
    },
    Table {
        name: "memberships",
        title: "For whom you work",
        of: OWN_SIGN_IN,
        columns: "id number, user_id left_out, organisation_id organisation, role code, ended_at moment, created_at moment",
        own: ALL,
    },
    Table {
        name: "membership_events",
        title: "What was said about your work",
        of: OWN_SIGN_IN,
        columns: "id number, organisation_id organisation, user_id left_out, role code, given flag, note text, \
                  recorded_by who, recorded_at moment",
        own: ALL,
    },
    Table {
        name: "mails",
        title: "Mails to you",
        of: "to_address IN (SELECT email FROM users WHERE id IN (SELECT user_id FROM people WHERE id = {p}))",
        columns: "id number, message_id left_out, to_address text, subject text, text_body text, html_body left_out, \
                  link_nonce left_out, state code, error left_out, written_at moment, settled_at moment",
        own: ALL,
    },
    Table {
        name: "communication_needs",
        title: "How you need to be written and spoken to",
        of: "person_id = {p}",
        columns: "id number, person_id number, print_size code, plain_background flag, language code, interpreter code, \
                  note text by recorded_by, from_date day, reviewed_on day, authority text, recorded_by who, recorded_at moment",
        own: None,
    },
    Table {
        name: "communication_need_items",
        title: "How you need to be written and spoken to: forms, ways, help",
        of: "needs_id IN (SELECT id FROM communication_needs WHERE person_id = {p})",
        columns: "id number, needs_id number, kind code, code code",
        own: None,
    },
    Table {
        name: "mandates",
        title: "Who may act for you",
        of: "person_id = {p}",
        columns: "id number, person_id number, user_id who, organisation_id organisation, authority code, from_date day, \
                  to_date day, ended_at moment, recorded_at moment, see_plan flag, see_money flag, choose flag, sign flag, \
                  approve flag, approve_up_to_pence pence",
        own: Some(of_others!("id")),
    },
    Table {
        name: "mandate_offers",
        title: "Who was asked to act for you",
        of: "person_id = {p}",
        // The address is the other person's own.
        columns: "id number, person_id number, email left_out, organisation_id organisation, authority code, see_plan flag, \
                  see_money flag, choose flag, sign flag, approve flag, approve_up_to_pence pence, from_date day, \
                  to_date day, note text by offered_by, file_id number, offered_by who, offered_as code, offered_at moment",
        own: Some(offered_to_others!()),
    },
    Table {
        name: "mandate_offer_answers",
        title: "What they said",
        of: "offer_id IN (SELECT id FROM mandate_offers WHERE person_id = {p})",
        columns: "id number, offer_id number, outcome code, mandate_id number, answered_by who, answered_at moment",
        own: Some(concat!("offer_id IN (SELECT id FROM mandate_offers WHERE ", offered_to_others!(), ")")),
    },
    Table {
        name: "mandate_evidence",
        title: "On what it rests that somebody acts for you",
        of: of_mandates!("mandate_id"),
        columns: "id number, mandate_id number, note text by added_by, file_id number, added_by who, added_at moment",
        own: Some(of_others!("mandate_id")),
    },
    Table {
        name: "files",
        title: "Files that were sent about you",
        of: FILES,
        columns: "id number, name text by added_by, kind code, sha256 code, bytes left_out, added_by who, added_at moment",
        own: Some(evidence_of!(of_others!("mandate_id"), offered_to_others!())),
    },
    Table {
        name: "mandate_endings",
        title: "Why somebody no longer acts for you",
        of: of_mandates!("mandate_id"),
        columns: "id number, mandate_id number, cause code, note text by ended_by, ended_by who, ended_at moment",
        own: Some(of_others!("mandate_id")),
    },
    Table {
        name: "mandate_hidden_items",
        title: "What you keep from somebody who acts for you",
        of: of_mandates!("mandate_id"),
        columns: "id number, mandate_id number, kind code, item_id number, hidden_by who, hidden_at moment",
        own: ALL,
    },
    Table {
        name: "consent_rules",
        title: "When you must be asked before an invoice is paid",
        of: "person_id = {p}",
        columns: "id number, person_id number, rule code, above_pence pence, delegate_id number, from_date day, set_by who, \
                  authority text, mandate_id number, set_at moment",
        own: None,
    },
    Table {
        name: "capacity_decisions",
        title: "What was found about your deciding for yourself",
        of: "person_id = {p}",
        columns: "id number, person_id number, decided_on day, about code, has_capacity flag, decided_by text, note text, \
                  recorded_by who, recorded_at moment",
        own: ALL,
    },
    Table {
        name: "deaths",
        title: "That a death was recorded",
        of: "person_id = {p}",
        columns: "id number, person_id number, died_on day, recorded_by who, recorded_at moment",
        own: None,
    },
    Table {
        name: "personal_budgets",
        title: "Your personal budget",
        of: "person_id = {p}",
        columns: "id number, person_id number, council_id organisation, weekly_pence pence, contribution_weekly_pence pence, \
                  starts_on day, agreed_note text, recorded_by who, recorded_at moment",
        own: None,
    },
    Table {
        name: "funds",
        title: "Your funds",
        of: "person_id = {p}",
        columns: "id number, person_id number, council_id organisation, form code, weekly_pence pence, \
                  vat_uplift_weekly_pence pence, holder_organisation_id organisation, holder_user_id who, \
                  recovery_confirmed flag, intended_structure code, payment_frequency code, contribution_mode code, \
                  starts_on day, ended_on day, version number, recorded_by who, recorded_at moment",
        own: None,
    },
    Table {
        name: "shortlist_entries",
        title: "Services on your short list",
        of: "person_id = {p}",
        columns: "id number, person_id number, service_id number, added_by who, added_at moment",
        own: None,
    },
    Table {
        name: "saved_searches",
        title: "Searches that you keep, or that somebody keeps for your funds",
        of: "(user_id = (SELECT user_id FROM people WHERE id = {p}) OR fund_id IN (SELECT id FROM funds WHERE person_id = {p}))",
        columns: "id number, user_id who, name text by user_id, query text by user_id, fund_id number, state code, saved_at moment, checked_on day",
        own: None,
    },
    Table {
        name: "packages",
        title: "Packages that were put together for you",
        of: of_funds!(),
        columns: "id number, fund_id number, name text by created_by, version number, created_by who, created_at moment",
        own: None,
    },
    Table {
        name: "package_lines",
        title: "What is in the packages",
        of: of_funds!("package_id" of "packages"),
        columns: "id number, package_id number, service_id number, weekly_quantity quantity, declaration flag, unit code",
        own: None,
    },
    Table {
        name: "package_visits",
        title: "When they are to come, in the packages",
        of: of_funds!("package_id" of "packages"),
        columns: "id number, package_id number, service_id number, days code, start_minute number, minutes number, staff number, miles quantity",
        own: None,
    },
    Table {
        name: "rate_announcements",
        title: "Changes of prices in your packages that somebody was told of",
        of: of_funds!("package_id" of "packages"),
        columns: "id number, rate_id number, package_id number, user_id who, told_at moment",
        own: None,
    },
    Table {
        name: "quote_requests",
        title: "What providers were asked for you",
        of: of_funds!(),
        columns: "id number, fund_id number, what text by asked_by, quantity quantity, unit code, times text by asked_by, \
                  starts_on day, outcode text, answer_by day, search_document text, asked_by who, authority text, \
                  mandate_id number, asked_at moment",
        own: None,
    },
    Table {
        name: "quote_criteria",
        title: "What matters to you",
        of: of_funds!(),
        columns: "id number, request_id number, fund_id number, is_price flag, words text, weight number",
        own: None,
    },
    Table {
        name: "quote_asks",
        title: "Who was asked",
        of: of_funds!(),
        columns: "id number, request_id number, fund_id number, provider_id organisation, service_id number",
        own: None,
    },
    Table {
        name: "quote_answers",
        title: "What they answered",
        of: of_funds!(),
        columns: "id number, ask_id number, fund_id number, number number, kind code, entered_price price, basis code, \
                  net_price price, vat_class code, times text by answered_by, note text by answered_by, valid_until day, \
                  holds_until day, declined_because code, answered_by who, authority text, answered_at moment, unit code, \
                  quantity quantity",
        own: None,
    },
    Table {
        name: "quote_messages",
        title: "What was written about it",
        of: of_funds!(),
        columns: "id number, ask_id number, fund_id number, side code, is_feedback flag, text text by written_by, \
                  written_by who, authority text, mandate_id number, written_at moment, \
                  choice_id number",
        own: None,
    },
    Table {
        name: "quote_scores",
        title: "How the answers stood to what matters",
        of: of_funds!(),
        columns: "id number, answer_id number, criterion_id number, fund_id number, score number, scored_by who, \
                  scored_at moment",
        own: None,
    },
    Table {
        name: "quote_choices",
        title: "What was chosen, out of what",
        of: of_funds!(),
        columns: "id number, request_id number, number number, fund_id number, answer_id number, reason text by chosen_by, document text, \
                  sha256 code, chosen_by who, authority text, mandate_id number, chosen_at moment",
        own: None,
    },
    Table {
        name: "quote_acceptances",
        title: "What was accepted",
        of: of_funds!(),
        columns: "id number, choice_id number, fund_id number, accepted_by who, authority text, mandate_id number, \
                  accepted_at moment",
        own: None,
    },
    Table {
        name: "quote_refusals",
        title: "What was chosen and not accepted",
        of: of_funds!(),
        columns: "id number, choice_id number, fund_id number, reason text by refused_by, refused_by who, authority text, \
                  mandate_id number, refused_at moment",
        own: None,
    },
    Table {
        name: "negotiated_rates",
        title: "Prices that were agreed for you",
        of: of_funds!(),
        columns: "id number, fund_id number, service_id number, choice_id number, unit code, net_price price, from_date day, \
                  to_date day, recorded_by who, recorded_at moment",
        own: None,
    },
    Table {
        name: "orders",
        title: "What was ordered for you",
        of: of_funds!(),
        columns: "id number, package_id number, fund_id number, agreement_id number, form code, structure code, \
                  recovery_confirmed flag, starts_on day, weeks number, budget_pence pence, status code, ordered_by who, \
                  authority text, ordered_at moment, version number",
        own: None,
    },
    Table {
        name: "order_lines",
        title: "What was ordered, line by line",
        of: of_funds!("order_id" of "orders"),
        columns: "id number, order_id number, kind code, service_id number, provider_id organisation, description text, \
                  unit code, unit_price price, vat_class code, declaration flag, quantity quantity, net_pence pence, \
                  budget_pence pence",
        own: None,
    },
    Table {
        name: "order_visits",
        title: "When they were ordered to come",
        of: of_funds!("order_id" of "orders"),
        columns: "id number, order_id number, order_line_id number, days code, \
                  start_minute number, minutes number, staff number, miles quantity",
        own: None,
    },
    Table {
        name: "order_parts",
        title: "What the price of what was ordered is made of",
        of: of_funds!("order_id" of "orders"),
        columns: "id number, order_id number, order_line_id number, words text, unit code, quantity quantity, base_quantity quantity, \
                  unit_price price",
        own: None,
    },
    Table {
        name: "agreements",
        title: "Agreements",
        of: of_funds!(),
        columns: "id number, fund_id number, status code, structure code, starts_on day, weekly_pence pence, \
                  contribution_mode code, contribution_weekly_pence pence, payment_frequency code, advance_days number, \
                  fee_weekly_pence pence, fee_position code, surplus_rule code, surplus_cap_weeks number, \
                  notice_person_weeks number, notice_holder_weeks number, notice_council_weeks number, document_id number, \
                  proposed_at moment, in_force_at moment, notice_by code, notice_reason text, ends_on day, closed_at moment, \
                  drafted_by who, created_at moment, version number",
        own: None,
    },
    Table {
        name: "agreement_signatures",
        title: "Who signed",
        of: of_funds!("agreement_id" of "agreements"),
        columns: "id number, agreement_id number, party code, user_id who, signer_name text, authority text, \
                  document_sha256 code, signed_at moment, mandate_id number",
        own: None,
    },
    Table {
        name: "agreement_events",
        title: "What was done to the agreements",
        of: of_funds!("agreement_id" of "agreements"),
        columns: "id number, agreement_id number, deed code, user_id who, user_name text, authority text, detail text by user_id, \
                  happened_at moment, mandate_id number",
        own: None,
    },
    Table {
        name: "deliveries",
        title: "Support that was given to you",
        of: of_funds!(),
        columns: "id number, order_line_id number, order_id number, fund_id number, provider_id organisation, \
                  delivered_on day, quantity quantity, note text by recorded_by, status code, value_pence pence, query_reason text by decided_by, \
                  invoice_id number, recorded_by who, recorded_at moment, decided_by who, decided_authority text, \
                  decided_at moment, version number",
        own: None,
    },
    Table {
        name: "delivery_visits",
        title: "What became of planned visits",
        of: of_funds!("delivery_id" of "deliveries"),
        columns: "id number, delivery_id number, starts_at moment, minutes number, staff number, miles quantity, \
                  outcome code, cancelled_at moment, hospital_since day, percent number, reason text, rate_id number, agreed flag",
        own: None,
    },
    Table {
        name: "delivery_parts",
        title: "What the price of a visit is made of",
        of: of_funds!("delivery_id" of "deliveries"),
        columns: "id number, delivery_id number, words text, unit code, quantity quantity, base_quantity quantity, \
                  unit_price price",
        own: None,
    },
    Table {
        name: "reviews",
        title: "What you said of services that you used",
        of: "person_id = {p}",
        columns: "id number, person_id number, service_id number, number number, delivery_id number, as_agreed number, \
                  on_time number, respect number, again number, words text by written_by, written_by who, authority text, \
                  mandate_id number, written_at moment",
        own: None,
    },
    Table {
        name: "review_decisions",
        title: "Whether it is shown",
        of: "review_id IN (SELECT id FROM reviews WHERE person_id = {p})",
        columns: "id number, review_id number, shown flag, reason text by decided_by, decided_by who, authority text, \
                  decided_at moment",
        own: None,
    },
    Table {
        name: "review_replies",
        title: "What the provider answered",
        of: "review_id IN (SELECT id FROM reviews WHERE person_id = {p})",
        columns: "id number, review_id number, text text by written_by, written_by who, authority text, written_at moment",
        own: None,
    },
    Table {
        name: "review_reply_decisions",
        title: "Whether the answer is shown",
        of: "reply_id IN (SELECT r.id FROM review_replies r JOIN reviews v ON v.id = r.review_id WHERE v.person_id = {p})",
        columns: "id number, reply_id number, shown flag, reason text by decided_by, decided_by who, authority text, \
                  decided_at moment",
        own: None,
    },
    Table {
        name: "review_withdrawals",
        title: "What you took back of it",
        of: "review_id IN (SELECT id FROM reviews WHERE person_id = {p})",
        columns: "id number, review_id number, withdrawn_by who, authority text, mandate_id number, withdrawn_at moment",
        own: None,
    },
    Table {
        name: "invoices",
        title: "Invoices and credit notes",
        of: of_funds!(),
        columns: "id number, kind code, number number, provider_id organisation, fund_id number, order_id number, \
                  credits_invoice_id number, credit_reason text, payer code, addressee_name text, addressee_address text, \
                  person_reference text, issued_on day, period_from day, period_to day, due_on day, net_pence pence, \
                  vat_pence pence, total_pence pence, budget_pence pence, status code, query_reason text by decided_by, decided_by who, \
                  decided_authority text, decided_at moment, paid_on day, payment_reference text, document_id number, \
                  issued_by who, issued_at moment, version number, decided_mandate_id number",
        own: None,
    },
    Table {
        name: "invoice_lines",
        title: "Invoices, line by line",
        of: of_funds!("invoice_id" of "invoices"),
        columns: "id number, invoice_id number, order_line_id number, description text, unit code, quantity quantity, \
                  unit_price price, vat_class code, vat_category code, vat_rate_basis_points number, net_pence pence, \
                  vat_pence pence, budget_pence pence, ground text, base_quantity quantity",
        own: None,
    },
    Table {
        name: "invoice_consents",
        title: "Who said yes to an invoice",
        of: of_funds!("invoice_id" of "invoices"),
        columns: "id number, invoice_id number, invoice_version number, given_by who, authority text, mandate_id number, \
                  given_at moment",
        own: None,
    },
    Table {
        name: "payment_confirmations",
        title: "Who confirmed a payment",
        of: of_funds!("invoice_id" of "invoices"),
        columns: "id number, invoice_id number, organisation_id organisation, invoice_version number, paid_on day, \
                  reference text, confirmed_by who, confirmed_at moment",
        own: None,
    },
    Table {
        name: "duty_exceptions",
        title: "When one alone approved and paid",
        of: of_funds!("invoice_id" of "invoices"),
        columns: "id number, organisation_id organisation, invoice_id number, user_id who, reason text, recorded_at moment",
        own: None,
    },
    Table {
        name: "journal_entries",
        title: "The books of your funds",
        of: of_funds!(),
        columns: "id number, fund_id number, kind code, happened_on day, description text, source_kind code, \
                  source_id number, recorded_by who, recorded_at moment, sha256 code",
        own: None,
    },
    Table {
        name: "postings",
        title: "The books of your funds, account by account",
        of: of_funds!(),
        columns: "id number, entry_id number, fund_id number, account code, party_id organisation, amount_pence pence",
        own: None,
    },
    Table {
        name: "statements",
        title: "Statements that were kept",
        of: of_funds!(),
        columns: "id number, fund_id number, document_id number, from_date day, to_date day, kept_by who, kept_at moment",
        own: None,
    },
    Table {
        name: "documents",
        title: "The papers, with their fingerprints",
        of: DOCUMENTS,
        columns: "id number, kind code, name text, body left_out, sha256 code, created_at moment",
        own: None,
    },
    Table {
        name: "complaints",
        title: "Complaints",
        of: "person_id = {p}",
        columns: "id number, person_id number, council_id organisation, about code, about_organisation_id organisation, \
                  about_user_id who, about_words text by raised_by, thing_kind code, thing_id number, thing_words text by raised_by, \
                  asked_id organisation, with_id organisation, status code, raised_by who, raised_on day, \
                  acknowledge_by day, acknowledge_at_latest day, answer_by day, version number",
        own: Some(about_them!()),
    },
    Table {
        name: "complaint_entries",
        title: "What was said in complaints",
        of: "complaint_id IN (SELECT id FROM complaints WHERE person_id = {p})",
        columns: "id number, complaint_id number, deed code, text text by by_user_id, by_user_id who, authority text, at moment",
        own: Some(concat!("complaint_id IN (SELECT id FROM complaints WHERE ", about_them!(), ")")),
    },
    Table {
        name: "audit_events",
        title: "Who looked at and changed your record, and what you did yourself",
        of: "(person_id = {p} AND what NOT LIKE 'concern%' AND what NOT LIKE 'safeguarding%' AND what NOT LIKE 'signal%' \
             AND what NOT LIKE 'hold.%') OR (person_id IS NULL AND organisation_id IS NULL \
             AND user_id IN (SELECT user_id FROM people WHERE id = {p}))",
        columns: "id number, at moment, kind code, user_id who, user_name left_out, capacity text, mandate_id number, \
                  organisation_id organisation, person_id number, what code, says text by user_id, thing_kind code, thing_id number, \
                  before_json text by user_id, after_json text by user_id, purpose text, reference code",
        own: ALL,
    },
    Table {
        name: "audit_grants",
        title: "Auditors who were let in",
        of: "person_id = {p}",
        columns: "id number, council_id organisation, user_id who, person_id number, from_date day, to_date day, \
                  purpose text, granted_by who, granted_at moment, ended_by who, ended_at moment",
        own: ALL,
    },
    Table {
        name: "audit_break_glass",
        title: "Looks by the operator of this service",
        of: "person_id = {p}",
        columns: "id number, user_id who, person_id number, reason text, began_at moment, ends_at moment",
        own: ALL,
    },
    Table {
        name: "exports",
        title: "Copies that were asked for",
        of: "person_id = {p}",
        columns: "id number, person_id number, purpose code, asked_by who, authority text, received_on day, asked_at moment, \
                  status code, steps_done number, ready_at moment, held_back number",
        own: Some("asked_by <> {u}"),
    },
    Table {
        name: "retention_due",
        title: "That the time of your record is over",
        of: "person_id = {p}",
        columns: "id number, person_id number, rule code, due_on day, listed_at moment",
        own: None,
    },
    Table {
        name: "erasures",
        title: "Erasures of your record",
        of: "person_id = {p}",
        columns: "id number, person_id number, ground code, reason text, authority text, decided_by who, decided_at moment",
        own: None,
    },
];

/// The rows of the person's own sign-in.
const OWN_SIGN_IN: &str = "user_id IN (SELECT user_id FROM people WHERE id = {p})";

/// The files that somebody sent about the person.
pub const FILES: &str = evidence_of!(of_mandates!("mandate_id"), "person_id = {p}");

/// The papers of the person.
pub const DOCUMENTS: &str = concat!(
    "id IN (SELECT document_id FROM agreements WHERE ",
    of_funds!(),
    " UNION SELECT document_id FROM invoices WHERE ",
    of_funds!(),
    " UNION SELECT document_id FROM statements WHERE ",
    of_funds!(),
    ")"
);

/// Every other table, each with the reason why nothing of it is in anybody's copy.
pub const NOT_EXPORTED: &[(&str, &str)] = &[
    // Of the person, and kept from them or of no use to them.
    ("export_files", "the copies themselves"),
    ("export_findings", "which texts an officer has to look at; the texts themselves are in the copy"),
    (
        "export_withholdings",
        "what is held back on a ground of the Data Protection Act; the copy says that something is",
    ),
    ("erased_documents", "which papers were erased: those have no text in the copy"),
    ("erased_files", "which files were erased: those have nothing in the copy"),
    ("legal_holds", "why a record must stay; the reason may tell of an inquiry that it would harm"),
    ("legal_hold_lifts", "as legal_holds"),
    ("done_once", "which form was sent already: a technical record without content"),
    ("mailed_links", "fingerprints of links that were mailed; the mails themselves are in the copy"),
    ("sign_in_tries", "how often somebody failed to sign in, by a fingerprint that leads back to nobody"),
    // Safeguarding: for safeguarding people alone, whoever asks. A concern can be about somebody who acts for the person.
    ("safeguarding_concerns", "for the council's safeguarding people alone; they decide whom they tell"),
    ("safeguarding_entries", "as safeguarding_concerns"),
    ("safeguarding_signals", "as safeguarding_concerns"),
    ("safeguarding_judgements", "as safeguarding_concerns"),
    ("safeguarding_looks", "as safeguarding_concerns"),
    // About organisations and what they offer.
    ("organisations", "who an organisation is: no person's; their names stand beside what they did"),
    ("organisation_policies", "how an organisation divides its work with money"),
    ("vat_registrations", "an organisation's"),
    ("provider_documents", "what an organisation shows of itself"),
    ("provider_document_checks", "as provider_documents"),
    ("provider_document_reminders", "as provider_documents"),
    ("vat_class_overrides", "as vat_registrations"),
    ("vat_alerts", "as vat_registrations"),
    ("vat_alert_endings", "as vat_registrations"),
    ("vat_alert_councils", "which councils were told of an alert"),
    ("bank_changes", "where an organisation is paid, sealed"),
    ("bank_change_steps", "as bank_changes"),
    ("register_claims", "whose an entry of the register is: an organisation's"),
    ("claim_events", "as register_claims"),
    ("claim_letters", "as register_claims, with the fingerprint of a secret"),
    ("council_contacts", "how a council is reached"),
    ("services", "what an organisation offers to everybody"),
    ("service_former_words", "as services"),
    ("service_rates", "as services"),
    ("rate_prices", "as services"),
    ("rate_notices", "as services"),
    ("council_rules", "what a council has decided about providers: a council’s"),
    ("council_rule_endings", "as council_rules"),
    ("service_files", "as services: what a provider shows with them"),
    ("saved_search_hits", "as search_entries: what is known to fit a saved search"),
    ("search_entries", "as services, for the search"),
    ("service_changes", "as services, for the open feed"),
    ("feed_identity", "the installation's own code"),
    ("bulk_sheets", "what a provider lists"),
    ("read_files", "files of the operator's"),
    ("imported_feeds", "what others publish"),
    ("imported_listings", "what others publish of services; nobody who is contacted is kept of it"),
    ("invoice_series", "the last number of each provider's invoices"),
    ("register_locations", "the regulator's register, which is published"),
    ("postcodes", "published by the state"),
    // How the service works.
    ("jobs", "what is to be done, by number"),
    ("audit_seals", "fingerprints over the record of who did what, which is in the copy"),
    ("audit_leases", "which server seals at present"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_kind_that_is_known() {
        for table in TABLES {
            let columns = table.columns();
            for pair in table.columns.split(',') {
                let words: Vec<&str> = pair.split_whitespace().collect();
                assert!(Kind::from_code(words[1]).is_some(), "{}: {pair:?}", table.name);
                let Some(written) = words.get(2..).filter(|rest| !rest.is_empty()) else { continue };
                assert!(words[1] == "text" && written.len() == 2 && written[0] == "by", "{}: {pair:?}", table.name);
                let by = columns.iter().find(|column| column.name == written[1]);
                assert_eq!(by.map(|column| column.kind), Some(Kind::Who), "{}: {pair:?}", table.name);
            }
            assert!(table.of.contains("{p}"), "{}", table.name);
        }
    }
}
