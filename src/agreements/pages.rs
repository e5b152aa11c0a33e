//! What the templates and the JSON of agreements receive.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Able, Agreement, Cause, Choices, Deed, Event, FeePosition, FinalAccount, Ground, NoticeWeeks, Parties, Party,
    Signature, Status, SurplusRule, Terms, Text, Whole,
};
use crate::budgets::{Fund, PaymentFrequency};
use crate::calendar;
use crate::communication::Flag;
use crate::money::Pence;
use crate::vat::Structure;
use crate::vocabulary::capital;

/// A choice of a list of radios.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A few words more.
    pub hint: Option<String>,
    /// Whether it is chosen.
    pub checked: bool,
}

/// A label and its value.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
    /// Where to read more.
    pub href: Option<String>,
    /// A few words more.
    pub note: Option<String>,
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into(), href: None, note: None }
}

/// The terms as a form; template `agreements/terms.html`.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TermsPage {
    /// The heading.
    pub title: String,
    /// Whose money it is.
    pub whose: String,
    /// Where the form goes.
    pub action: String,
    /// Where one can go back to.
    pub back: String,
    /// The version that is changed; nothing for a new agreement.
    pub version: Option<i64>,
    /// The facts that follow from the fund and the budget.
    pub facts: Vec<Fact>,
    /// What the holder may be in law; empty where nobody has to choose.
    pub structures: Vec<Choice>,
    /// What the council intended, in words.
    pub intended: Option<String>,
    /// The first day, as it is typed.
    pub starts_on: String,
    /// How often the council pays.
    pub frequencies: Vec<Choice>,
    /// How many days ahead.
    pub advance_days: i64,
    /// Whether there can be a fee.
    pub fee_possible: bool,
    /// The fee per week without VAT.
    #[schema(value_type = String)]
    pub fee_weekly: Pence,
    /// Where it comes from.
    pub fee_positions: Vec<Choice>,
    /// To whom goes what is left.
    pub surplus_rules: Vec<Choice>,
    /// How many weeks' money may be kept.
    pub surplus_cap_weeks: i64,
    /// The person's notice.
    pub notice_person_weeks: i64,
    /// The holder's notice.
    pub notice_holder_weeks: i64,
    /// The council's notice.
    pub notice_council_weeks: i64,
    /// The three parties' names: person, holder, council.
    pub names: Vec<String>,
}

/// What a form for terms begins with (domain reference 3.2, the defaults).
struct Beginning {
    structure: Option<Structure>,
    choices: Choices,
}

fn beginning(ground: &Ground) -> Beginning {
    if let Some(Terms { choices, .. }) = ground.earlier {
        return Beginning { structure: choices.structure, choices };
    }
    let choices = Choices {
        structure: None,
        starts_on: ground.fund.starts_on,
        payment_frequency: ground.fund.payment_frequency,
        advance_days: 14,
        fee_weekly: Pence::ZERO,
        fee_position: FeePosition::FromBudget,
        surplus_rule: SurplusRule::ProRata,
        surplus_cap_weeks: 4,
        notice: NoticeWeeks { person: 4, holder: 8, council: 4 },
    };
    Beginning { structure: None, choices }
}

/// The form for a new agreement.
#[must_use]
pub fn new_terms(ground: &Ground) -> TermsPage {
    let path = format!("/funds/{}/agreements", ground.fund.id);
    let back = format!("/funds/{}", ground.fund.id);
    let title = "Draw up an agreement".to_owned();
    form(title, (path, back), None, &ground.fund, &ground.parties, beginning(ground))
}

/// The form for the terms of a draft.
#[must_use]
pub fn changed_terms(agreement: &Agreement, fund: &Fund, parties: &Parties) -> TermsPage {
    let back = format!("/agreements/{}", agreement.id);
    let begin = Beginning { structure: agreement.terms.choices.structure, choices: agreement.terms.choices };
    let title = format!("Terms of agreement {}", agreement.id);
    form(title, (format!("{back}/terms"), back), Some(agreement.version), fund, parties, begin)
}

fn form(
    title: String,
    (action, back): (String, String),
    version: Option<i64>,
    fund: &Fund,
    parties: &Parties,
    begin: Beginning,
) -> TermsPage {
    let choices = &begin.choices;
    TermsPage {
        title,
        whose: format!("{}’s {}", parties.person, fund.form.words()),
        action,
        back,
        version,
        facts: fund_facts(fund, parties),
        structures: if fund.form.needs_structure() { structures(begin.structure) } else { vec![] },
        intended: fund.intended_structure.map(|structure| structure.words().to_lowercase()),
        starts_on: calendar::full(choices.starts_on),
        frequencies: radios(PaymentFrequency::ALL, choices.payment_frequency, |one| (one.code(), one.words())),
        advance_days: choices.advance_days,
        fee_possible: fund.nominee.is_none(),
        fee_weekly: choices.fee_weekly,
        fee_positions: radios(FeePosition::ALL, choices.fee_position, |one| (one.code(), one.words())),
        surplus_rules: radios(SurplusRule::ALL, choices.surplus_rule, |one| (one.code(), one.words())),
        surplus_cap_weeks: choices.surplus_cap_weeks,
        notice_person_weeks: choices.notice.person,
        notice_holder_weeks: choices.notice.holder,
        notice_council_weeks: choices.notice.council,
        names: vec![parties.person.clone(), parties.holder.clone(), parties.council.clone()],
    }
}

/// What nobody types: it follows from the fund.
fn fund_facts(fund: &Fund, parties: &Parties) -> Vec<Fact> {
    vec![
        fact("The person", &parties.person),
        fact("The holder", &parties.holder),
        fact("The council", &parties.council),
        fact("Form of the fund", fund.form.words()),
        fact("Amount", format!("{} per week", fund.weekly)),
        fact("The person’s contribution", capital(fund.contribution_mode.words())),
    ]
}

fn radios<T: Copy + PartialEq>(all: &[T], chosen: T, words: impl Fn(T) -> (&'static str, &'static str)) -> Vec<Choice> {
    let choice = |one: &T| {
        let (value, label) = words(*one);
        Choice { value: value.to_owned(), label: capital(label), hint: None, checked: *one == chosen }
    };
    all.iter().map(choice).collect()
}

/// What a holder may be in law, always in the same order and with the same kind of words: none is proposed.
fn structures(chosen: Option<Structure>) -> Vec<Choice> {
    let choice = |structure: &Structure| Choice {
        value: structure.code().to_owned(),
        label: structure.words().to_owned(),
        hint: Some(consequence(*structure).to_owned()),
        checked: Some(*structure) == chosen,
    };
    Structure::ALL.iter().map(choice).collect()
}

const fn consequence(structure: Structure) -> &'static str {
    match structure {
        Structure::AgentOfPerson => "It buys in the person’s name. Invoices are addressed to the person.",
        Structure::AgentOfCouncil => "It buys in the council’s name. Invoices are addressed to the council.",
        Structure::PrincipalExempt => {
            "It buys in its own name and charges no VAT (value added tax) on. Invoices are addressed to the holder."
        }
        Structure::PrincipalTaxable => {
            "It buys in its own name and charges VAT (value added tax) on. Invoices are addressed to the holder."
        }
    }
}

/// One of the three, and whether they have signed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PartyRow {
    /// Which: person, holder or council.
    pub party: String,
    /// The same in words.
    pub party_words: String,
    /// Their name.
    pub name: String,
    /// Who signed, and by what authority; nothing when nobody has.
    pub signed_by: Option<String>,
    /// When.
    pub signed_at: Option<String>,
    /// "Signed" or "Has not signed".
    pub words: String,
    /// The colour of the words.
    pub tone: String,
}

/// A thing that happened.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineEvent {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// Who, and by what authority.
    pub who: Option<String>,
    /// More about it.
    pub detail: Option<String>,
}

/// Somebody for whom the visitor may sign.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SignFor {
    /// Which party.
    pub party: String,
    /// The words on the button's heading.
    pub heading: String,
    /// The id of the box to tick: one page may have two.
    pub read_id: String,
}

/// An agreement; template `agreements/show.html`.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ShowPage {
    /// Its id.
    pub id: String,
    /// The version that is shown.
    pub version: i64,
    /// The id of its fund.
    pub fund: String,
    /// How the person needs to be spoken and written to.
    pub communication: Option<Flag>,
    /// In which forms the paper is owed and not made here.
    pub owed: Option<String>,
    /// How far it has come.
    pub status: String,
    /// The same in words.
    pub status_words: String,
    /// The colour of the words.
    pub tone: String,
    /// The heading.
    pub title: String,
    /// Whose money it is.
    pub whose: String,
    /// The state in one line.
    pub state: String,
    /// What happens next.
    pub next: String,
    /// Whether money may flow under it.
    pub in_force: bool,
    /// The text: as it was fixed, or as it would be.
    pub text: Text,
    /// The SHA-256 of the fixed text.
    pub sha256: Option<String>,
    /// Where the fixed paper lies.
    pub paper: Option<String>,
    /// The three.
    pub parties: Vec<PartyRow>,
    /// What was done, oldest first.
    pub events: Vec<TimelineEvent>,
    /// Its last day.
    #[schema(value_type = Option<String>)]
    pub ends_on: Option<NaiveDate>,
    /// What is still open in the books, in sentences, while it is ending.
    pub unsettled: Vec<String>,
    /// The final account.
    pub account: Option<FinalAccount>,
    /// Whether the visitor may change the terms and fix the text.
    pub may_draw_up: bool,
    /// Whether the visitor may give it up.
    pub may_withdraw: bool,
    /// For whom the visitor may sign.
    pub sign_for: Vec<SignFor>,
    /// Whether the visitor may end it.
    pub may_end: bool,
    /// Whether the visitor may make the final account now.
    pub may_close: bool,
}

/// The page of an agreement for somebody who may do so much.
#[must_use]
pub fn show(whole: &Whole, text: Text, able: &Able) -> ShowPage {
    let Whole { agreement, fund, parties, signatures, events, fixed, account, unsettled, .. } = whole;
    let id = agreement.id;
    ShowPage {
        id: id.to_string(),
        version: agreement.version,
        fund: fund.id.to_string(),
        communication: whole.communication.clone(),
        owed: whole.owed.clone(),
        status: agreement.status.code().to_owned(),
        status_words: agreement.status.words().to_owned(),
        tone: tone(agreement.status).to_owned(),
        title: format!("Agreement {id}"),
        whose: format!("{}’s {}", parties.person, fund.form.words()),
        state: state(agreement, parties, signatures),
        next: next(whole),
        in_force: agreement.status.is_in_force(),
        text,
        sha256: fixed.as_ref().map(|fixed| fixed.sha256.clone()),
        paper: fixed.as_ref().map(|_| format!("/agreements/{id}/paper")),
        parties: Party::ALL.iter().map(|party| party_row(*party, parties, signatures)).collect(),
        events: timeline(events, signatures, parties),
        ends_on: agreement.ends_on,
        unsettled: unsettled.clone(),
        account: account.clone(),
        may_draw_up: able.draw_up,
        may_withdraw: able.withdraw,
        sign_for: able.sign_for.iter().map(|party| sign_for(*party, parties)).collect(),
        may_end: !able.end_for.is_empty(),
        may_close: able.close,
    }
}

const fn tone(status: Status) -> &'static str {
    match status {
        Status::Drafting | Status::Withdrawn | Status::Closed => "plain",
        Status::AwaitingSignatures => "waiting",
        Status::InForce => "good",
        Status::Notice => "warning",
    }
}

fn sign_for(party: Party, parties: &Parties) -> SignFor {
    SignFor {
        party: party.code().to_owned(),
        heading: format!("Sign for {}", parties.name(party)),
        read_id: format!("read-{}", party.code()),
    }
}

fn party_row(party: Party, parties: &Parties, signatures: &[Signature]) -> PartyRow {
    let signature = signatures.iter().find(|signature| signature.party == party);
    PartyRow {
        party: party.code().to_owned(),
        party_words: party.words().to_owned(),
        name: parties.name(party).to_owned(),
        signed_by: signature.map(|signature| who(&signature.name, &signature.authority)),
        signed_at: signature.map(|signature| calendar::moment(signature.at)),
        words: if signature.is_some() { "Signed" } else { "Has not signed" }.to_owned(),
        tone: if signature.is_some() { "good" } else { "waiting" }.to_owned(),
    }
}

fn who(name: &str, authority: &str) -> String {
    format!("{name}, {authority}")
}

/// The names of those who have not signed.
fn missing(parties: &Parties, signatures: &[Signature]) -> String {
    let unsigned = |party: &&Party| !signatures.iter().any(|signature| signature.party == **party);
    let names: Vec<&str> = Party::ALL.iter().filter(unsigned).map(|party| parties.name(*party)).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The state in one line.
fn state(agreement: &Agreement, parties: &Parties, signatures: &[Signature]) -> String {
    let last = agreement.ends_on.map(calendar::long).unwrap_or_default();
    match agreement.status {
        Status::Drafting => "The terms are being written down. Nobody is bound yet.".to_owned(),
        Status::AwaitingSignatures => {
            let verb = if signatures.len() == 2 { "has" } else { "have" };
            format!("The text is fixed. {} {verb} not signed yet.", missing(parties, signatures))
        }
        Status::InForce => "All three have signed. Money may flow.".to_owned(),
        Status::Notice => format!("It is ending. Its last day is {last}."),
        Status::Closed => format!("It ended on {last}. The final account is made, and nothing is left."),
        Status::Withdrawn => "It was withdrawn before it was in force. Nobody is bound.".to_owned(),
    }
}

/// What happens next, in words.
fn next(whole: &Whole) -> String {
    let Parties { holder, council, .. } = &whole.parties;
    match whole.agreement.status {
        Status::Drafting => {
            "Read the terms. When they are right, fix the text. Then each of the three signs it.".to_owned()
        }
        Status::AwaitingSignatures => {
            "When all three have signed, money can flow. If something is wrong, withdraw it and draw it up anew."
                .to_owned()
        }
        Status::InForce => format!(
            "{council} pays in, support is ordered and paid from the fund. It goes on until one of the three ends it."
        ),
        Status::Notice if whole.unsettled.is_empty() => {
            format!("After its last day, {holder} or {council} makes the final account. What is left goes back then.")
        }
        Status::Notice => "Before the final account can be made, these have to be settled:".to_owned(),
        Status::Closed => "Nothing. Every penny is accounted for below.".to_owned(),
        Status::Withdrawn => "A new agreement can be drawn up on the fund.".to_owned(),
    }
}

/// What was done and who signed, in the order of time.
fn timeline(events: &[Event], signatures: &[Signature], parties: &Parties) -> Vec<TimelineEvent> {
    let deeds = events.iter().map(|event| {
        let what = if event.deed == Deed::Ending { "Ended".to_owned() } else { event.deed.words().to_owned() };
        (event.at, what, who(&event.name, &event.authority), event.detail.as_str())
    });
    let signed = signatures.iter().map(|signature| {
        let what = format!("Signed for {}", parties.name(signature.party));
        (signature.at, what, who(&signature.name, &signature.authority), "")
    });
    let in_force = (signatures.len() == Party::ALL.len()).then(|| signatures.last()).flatten();
    let in_force = in_force.map(|last| (last.at, "In force: money may flow".to_owned(), String::new(), ""));
    let mut all: Vec<_> = deeds.chain(signed).chain(in_force).collect();
    all.sort_by_key(|(at, ..)| *at);
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    all.into_iter()
        .map(|(at, what, who, detail)| TimelineEvent {
            when: calendar::moment(at),
            what,
            who: filled(&who),
            detail: filled(detail),
        })
        .collect()
}

/// The page that asks once more before an agreement is ended; template `agreements/ending.html`.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct EndingPage {
    /// The agreement's id.
    pub id: String,
    /// The version that is shown.
    pub version: i64,
    /// Whose money it is.
    pub whose: String,
    /// The state in one line.
    pub state: String,
    /// As whom the visitor may end it; empty when there is nothing to choose.
    pub parties: Vec<Choice>,
    /// The party, when there is only one.
    pub party: Option<String>,
    /// The ways in which it can end.
    pub causes: Vec<Choice>,
    /// What it would mean, in sentences.
    pub consequences: Vec<String>,
}

/// The page that asks once more; `last_days` are the last days with notice of each party that the visitor may act for.
#[must_use]
pub fn ending(whole: &Whole, causes: &[Cause], last_days: &[(Party, NaiveDate)]) -> EndingPage {
    let Whole { agreement, fund, parties, signatures, .. } = whole;
    let choice = |(party, _): &(Party, NaiveDate)| Choice {
        value: party.code().to_owned(),
        label: parties.name(*party).to_owned(),
        hint: None,
        checked: false,
    };
    let cause = |cause: &Cause| Choice {
        value: cause.code().to_owned(),
        label: cause.words().to_owned(),
        hint: (*cause == Cause::Notice).then(|| notice_hint(parties, last_days)),
        checked: false,
    };
    EndingPage {
        id: agreement.id.to_string(),
        version: agreement.version,
        whose: format!("{}’s {}", parties.person, fund.form.words()),
        state: state(agreement, parties, signatures),
        parties: if last_days.len() > 1 { last_days.iter().map(choice).collect() } else { vec![] },
        party: last_days.first().filter(|_| last_days.len() == 1).map(|(party, _)| party.code().to_owned()),
        causes: causes.iter().map(cause).collect(),
        consequences: vec![
            "Until the last day it goes on as before.".to_owned(),
            "Support that was delivered until then is billed and paid.".to_owned(),
            "Then the final account is made. What is left goes back to whom it belongs, and the fund ends.".to_owned(),
            format!("The duty of {} to meet {}’s needs goes on.", parties.council, parties.person),
        ],
    }
}

fn notice_hint(parties: &Parties, last_days: &[(Party, NaiveDate)]) -> String {
    let each = |(party, last): &(Party, NaiveDate)| {
        format!("When {} says so today, the last day is {}.", parties.name(*party), calendar::long(*last))
    };
    last_days.iter().map(each).collect::<Vec<_>>().join(" ")
}

/// The paper on which the text is fixed; template `paper/agreement.html`.
#[derive(Clone, Debug, Serialize)]
pub struct Paper {
    /// The heading.
    pub title: String,
    /// Whom it is between.
    pub between: String,
    /// When and by whom the text was fixed.
    pub fixed: String,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
    /// The text.
    pub text: Text,
}

/// The paper of an agreement whose text somebody fixes at a moment.
#[must_use]
pub fn paper(whole: &Whole, text: Text, (name, authority): (&str, &str), moment: &str) -> Paper {
    let Parties { person, holder, council, .. } = &whole.parties;
    Paper {
        title: format!("Agreement {} on a fund: {}", whole.agreement.id, whole.fund.form.words()),
        between: format!("{person}, {holder} and {council}"),
        fixed: format!("Fixed for signature on {moment} by {}.", who(name, authority)),
        fictional: whole.parties.fictional,
        text,
    }
}
