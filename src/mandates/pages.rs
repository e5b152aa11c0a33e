//! What the pages about mandates receive, worded and formatted.

pub mod offers;

use chrono::NaiveDate;
use serde::Serialize;

use self::offers::OfferShown;
use super::{CapacityDecision, Evidence, GivenMandate, Matter, NamedItem, Offer, Recorder, rules};
use crate::auth::rights::{Actor, Authority, Item};
use crate::calendar;
use crate::people::{Organisation, Person};
use crate::vocabulary::capital;
use crate::web::parts::{Choice, Fact, Happened};

/// Who may act for a person; template `mandates/list.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListPage {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Whether the visitor is the person.
    pub own: bool,
    /// Whether the visitor is somebody who acts for them, and sees their own part alone.
    pub acts: bool,
    /// How it stands, in a sentence.
    pub state: String,
    /// Every mandate that the visitor may see, those that hold first.
    pub mandates: Vec<MandateShown>,
    /// Who was asked to act and has not said yes, the newest first.
    pub offers: Vec<OfferShown>,
    /// Whether the visitor may offer one.
    pub may_record: bool,
    /// Whether the visitor is an officer of the person's council.
    pub is_officer: bool,
    /// By what authority somebody can act, as far as the visitor offers it.
    pub authorities: Vec<Choice>,
    /// The brokers and trusts that can hold a mandate.
    pub organisations: Vec<Choice>,
    /// Which bills somebody can approve.
    pub approvals: Vec<Choice>,
    /// What was found about the person's capacity, the newest first; only for the person and their council.
    pub capacity: Vec<Happened>,
    /// About what somebody can decide.
    pub matters: Vec<Choice>,
    /// What can be found.
    pub outcomes: Vec<Choice>,
    /// The day on which the person died, in words.
    pub died_on: Option<String>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// A mandate in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MandateShown {
    /// Its page.
    pub href: String,
    /// Who acts.
    pub name: String,
    /// By what authority.
    pub authority: String,
    /// What it lets them do.
    pub scopes: Vec<String>,
    /// From when to when.
    pub time: String,
    /// Whether it holds today, in words.
    pub state: String,
    /// The tone of that state's tag.
    pub tone: String,
}

impl MandateShown {
    /// A mandate as a list shows it.
    #[must_use]
    pub fn new(given: &GivenMandate, today: NaiveDate) -> Self {
        let (state, tone) = rules::state(given, today);
        Self {
            href: format!("/mandates/{}", given.id),
            name: given.who(),
            authority: capital(given.authority.words()),
            scopes: given.scopes.words(),
            time: time(given.from, given.to),
            state,
            tone: tone.to_owned(),
        }
    }
}

fn time(from: NaiveDate, to: Option<NaiveDate>) -> String {
    match to {
        Some(to) => calendar::range(from, to),
        None => format!("from {}", calendar::long(from)),
    }
}

impl Happened {
    fn new(decision: &CapacityDecision, own: bool) -> Self {
        let can = if decision.has_capacity { "can" } else { "cannot" };
        let (who, themself) = if own { ("You", "yourself") } else { ("The person", "themself") };
        Self {
            when: calendar::full(decision.decided_on),
            what: format!("{who} {can} decide about {} {themself}.", decision.about.words()),
            who: format!("Decided by {}, recorded by {}", decision.decided_by, decision.recorded_by),
            detail: decision.note.clone(),
        }
    }
}

/// What the list is made from.
pub struct ListData {
    /// The person.
    pub person: Person,
    /// The mandates that the visitor may see.
    pub mandates: Vec<GivenMandate>,
    /// The offers that were made; nothing for those who may not see them.
    pub offers: Vec<Offer>,
    /// The brokers and trusts.
    pub agents: Vec<Organisation>,
    /// What was found about the person's capacity; nothing for those who may not see it.
    pub capacity: Vec<CapacityDecision>,
    /// The day of their death.
    pub died_on: Option<NaiveDate>,
}

/// The page with everybody who may act for a person.
#[must_use]
pub fn list(data: &ListData, actor: &Actor, today: NaiveDate) -> ListPage {
    let person = &data.person;
    let recorder = rules::recorder(actor, person);
    let holding = data.mandates.iter().filter(|given| given.holds_on(today)).count();
    let mut sorted: Vec<&GivenMandate> = data.mandates.iter().collect();
    sorted.sort_by_key(|given| (given.is_over(today), std::cmp::Reverse(given.id)));
    let by_them = |authority: &&Authority| {
        recorder.as_ref().is_ok_and(|by| rules::check_recorder(*by, **authority, person).is_ok())
    };
    let authority = |one: &Authority| Choice::new(one.code(), capital(one.words())).hint(one.most().words().join(", "));
    ListPage {
        id: person.id.number(),
        name: person.name.clone(),
        own: actor.person() == Some(person.id),
        acts: recorder.is_err(),
        state: match recorder {
            Err(_) if data.died_on.is_none() => "Your own mandate. Who else acts is not shown to you.".to_owned(),
            _ => list_state(holding, data.died_on, actor.person() == Some(person.id)),
        },
        mandates: sorted.into_iter().map(|given| MandateShown::new(given, today)).collect(),
        offers: data.offers.iter().filter_map(|offer| OfferShown::new(offer, recorder.is_ok(), today)).collect(),
        may_record: recorder.is_ok(),
        is_officer: recorder == Ok(Recorder::Officer),
        authorities: Authority::ALL.iter().filter(by_them).map(authority).collect(),
        organisations: data.agents.iter().map(|agent| Choice::new(agent.id, &agent.name)).collect(),
        approvals: vec![
            Choice::new("none", "No bills").checked(true),
            Choice::new("up_to", "Bills up to an amount"),
            Choice::new("any", "Bills of any amount"),
        ],
        capacity: data.capacity.iter().map(|one| Happened::new(one, actor.person() == Some(person.id))).collect(),
        matters: Matter::ALL.iter().map(|one| Choice::new(one.code(), capital(one.words()))).collect(),
        outcomes: vec![
            Choice::new("has_capacity", "The person can decide this themself"),
            Choice::new("lacks_capacity", "The person cannot decide this themself"),
        ],
        died_on: data.died_on.map(calendar::full),
        today: calendar::full(today),
    }
}

fn list_state(holding: usize, died_on: Option<NaiveDate>, own: bool) -> String {
    if let Some(day) = died_on {
        return format!("The person died on {}. What is in their funds is to be settled.", calendar::full(day));
    }
    match holding {
        0 if own => "Nobody but you.".to_owned(),
        0 => "Nobody but the person.".to_owned(),
        1 => "One mandate holds now.".to_owned(),
        count => format!("{count} mandates hold now."),
    }
}

/// One mandate; template `mandates/show.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ShowPage {
    /// The mandate.
    pub id: i64,
    /// For whom.
    pub person_name: String,
    /// Where all mandates of the person are.
    pub list_href: String,
    /// Who acts, as what.
    pub title: String,
    /// Whether it holds, in a sentence.
    pub state: String,
    /// What it lets them do.
    pub scopes: Vec<String>,
    /// Everything else.
    pub facts: Vec<Fact>,
    /// On what it rests.
    pub evidence: Vec<EvidenceShown>,
    /// Whether the visitor may add evidence.
    pub may_add_evidence: bool,
    /// Whether the visitor may end it.
    pub may_end: bool,
    /// What ending it would be called for the visitor.
    pub end_words: String,
    /// Whether the visitor is the person, who says what is kept from this mandate.
    pub may_hide: bool,
    /// What can be kept from it.
    pub items: Vec<Choice>,
    /// What is kept from it; only the person sees this.
    pub hidden: Vec<Choice>,
}

/// What the page of a mandate is made from.
pub struct ShowData {
    /// The person.
    pub person: Person,
    /// The mandate.
    pub given: GivenMandate,
    /// The offer from which it came; mandates that are older than offers have none.
    pub offer: Option<Offer>,
    /// On what it rests.
    pub evidence: Vec<Evidence>,
    /// What of the person could be kept from it; nothing for anybody but the person.
    pub items: Vec<NamedItem>,
    /// What is kept from it.
    pub hidden: Vec<Item>,
}

/// One piece of evidence.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EvidenceShown {
    /// When it was recorded.
    pub when: String,
    /// What was seen.
    pub what: String,
    /// Who recorded it.
    pub who: String,
    /// The file's name.
    pub file: Option<String>,
    /// Where the file is.
    pub href: Option<String>,
}

/// The page of a mandate.
#[must_use]
pub fn show(data: &ShowData, actor: &Actor, today: NaiveDate) -> ShowPage {
    let ShowData { person, given, offer, evidence, items, hidden } = data;
    let choice = |one: &NamedItem| Choice::new(one.code(), format!("{}: {}", one.item.kind.words(), one.words));
    let (kept, open): (Vec<&NamedItem>, Vec<&NamedItem>) = items.iter().partition(|one| hidden.contains(&one.item));
    let (state, _) = rules::state(given, today);
    let cause = rules::may_end(actor, person, given, today);
    ShowPage {
        id: given.id.number(),
        person_name: person.name.clone(),
        list_href: format!("/people/{}/mandates", person.id),
        title: format!("{}, {} for {}", given.who(), given.authority.words(), person.name),
        state: format!("{state}."),
        scopes: given.scopes.words(),
        facts: facts(given, offer.as_ref(), evidence),
        evidence: evidence.iter().map(|one| evidence_shown(one, given)).collect(),
        may_add_evidence: rules::recorder(actor, person).is_ok() && !given.is_over(today),
        may_end: cause.is_ok(),
        end_words: match cause {
            Ok(super::Cause::TakenBack) => "Take it back",
            Ok(super::Cause::GivenUp) => "Give it up",
            _ => "End it",
        }
        .to_owned(),
        may_hide: rules::may_hide(actor, person).is_ok() && !given.is_over(today),
        items: open.into_iter().map(choice).collect(),
        hidden: kept.into_iter().map(choice).collect(),
    }
}

fn facts(given: &GivenMandate, offer: Option<&Offer>, evidence: &[Evidence]) -> Vec<Fact> {
    let by = evidence.first().map_or("nobody knows whom: it is older than this record", |first| first.by.as_str());
    let recorded = calendar::full(calendar::london(given.recorded_at).date());
    let mut facts = vec![
        Fact::new("Who", given.who()),
        Fact::new("As", capital(given.authority.words())),
        Fact::new("When", time(given.from, given.to)),
    ];
    facts.extend(match offer {
        None => vec![Fact::new("Recorded", format!("on {recorded} by {by}"))],
        Some(offer) => {
            let offered = calendar::full(calendar::london(offer.at).date());
            let said_yes = Fact::new("Said yes", format!("on {recorded}"));
            vec![Fact::new("Offered", format!("on {offered} by {}", offer.by.1)), said_yes]
        }
    });
    if let Some((_, organisation)) = &given.organisation {
        let note = "Everybody who does the daily work there acts under this mandate.";
        facts.push(Fact::new("For", organisation).note(note));
    }
    if let Some(ending) = &given.ending {
        let day = calendar::full(calendar::london(ending.at).date());
        facts.push(Fact::new("Ended", format!("on {day} by {}: {}", ending.by, ending.cause.words())));
        if !ending.note.is_empty() {
            facts.push(Fact::new("Why", &ending.note));
        }
    }
    facts
}

fn evidence_shown(one: &Evidence, given: &GivenMandate) -> EvidenceShown {
    EvidenceShown {
        when: calendar::full(calendar::london(one.at).date()),
        what: if one.note.is_empty() { "Nothing was said about it.".to_owned() } else { one.note.clone() },
        who: format!("Recorded by {}", one.by),
        file: one.file.as_ref().map(|(_, name)| name.clone()),
        href: one.file.as_ref().map(|(file, _)| format!("/mandates/{}/evidence/{file}", given.id)),
    }
}
