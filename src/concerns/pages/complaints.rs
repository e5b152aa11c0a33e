//! Complaints, worded: a list, the form, one complaint with its thread, clock and ways outside.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::concerns::rules::limits::{self, Step};
use crate::concerns::rules::{complaints as rules, outside};
use crate::concerns::{Complaint, ComplaintStatus, Contacts, Entry, Named, Offered};
use crate::people::Person;
use crate::web::parts::{Choice, Fact};

/// The complaints that somebody sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// What is not settled, the oldest first.
    pub open: Vec<Row>,
    /// What is settled, the newest first.
    pub settled: Vec<Row>,
    /// For whom the actor can complain.
    pub raise: Vec<ForWhom>,
    /// Whether they may record how their council is reached.
    pub may_record_contacts: bool,
}

/// One complaint of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Whom it is about, in words.
    pub about: String,
    /// Whose it is.
    pub whose: String,
    /// Who must answer now.
    pub with: String,
    /// How far it has come, in words.
    pub status_words: &'static str,
    /// The tone of the tag.
    pub tone: &'static str,
    /// On which day it was raised.
    pub raised: String,
    /// What comes next, in a sentence.
    pub next: String,
}

/// Somebody for whom one can complain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForWhom {
    /// "Raise a complaint", "Raise a complaint for ...".
    pub label: String,
    /// The form.
    pub href: String,
}

/// The form for a complaint, or where to go from here without one.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct NewPage {
    /// Whose complaint it would be; nothing when that must be chosen first, or when there is nobody.
    pub person: Option<i64>,
    /// For whom, in words; empty for oneself.
    pub whose: String,
    /// The thing that is named, as it is sent; empty when none is.
    pub about: String,
    /// That thing in words.
    pub about_words: String,
    /// That thing's page.
    pub about_href: String,
    /// Whom it can be about.
    pub whom: Vec<Choice>,
    /// For whom one can complain, where it must be chosen.
    pub choose: Vec<ForWhom>,
    /// What happens next, each with its time.
    pub steps: Vec<String>,
}

/// One complaint.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintPage {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub whose: String,
    /// How things stand, in a sentence or two.
    pub state: String,
    /// How far it has come, in words.
    pub status_words: &'static str,
    /// The tone of the tag.
    pub tone: &'static str,
    /// What it is about, who must answer, by when.
    pub facts: Vec<Fact>,
    /// What is late, in a sentence; empty when nothing is.
    pub late: String,
    /// Who said and did what.
    pub thread: Vec<Said>,
    /// What the actor may do.
    pub may: May,
    /// The name of who must answer now.
    pub with: String,
    /// How the council's complaints team is reached.
    pub council: String,
    /// To whom one can turn outside.
    pub outside: Vec<OutsidePart>,
    /// Where the times come from.
    pub sources: Vec<Fact>,
    /// The version, for what is done next.
    pub version: i64,
}

/// One entry of the thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Said {
    /// When.
    pub when: String,
    /// What was done.
    pub what: &'static str,
    /// Who, by what authority.
    pub who: String,
    /// What was written.
    pub detail: String,
}

/// What somebody may do with a complaint.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct May {
    /// Say that it was received.
    pub acknowledge: bool,
    /// Answer.
    pub answer: bool,
    /// Write.
    pub write: bool,
    /// Say that it is settled.
    pub settle: bool,
    /// Take it on to the council.
    pub take_on: bool,
    /// Take it outside.
    pub go_outside: bool,
}

/// Somebody outside.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutsidePart {
    /// The official name.
    pub name: &'static str,
    /// What it does, and what it does not.
    pub what: &'static str,
    /// Telephone and post.
    pub reached: &'static str,
    /// Its site.
    pub href: &'static str,
    /// The site as it is read.
    pub site: &'static str,
}

/// The form for how a council is reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactsPage {
    /// The council.
    pub council: String,
    /// Its complaints team.
    pub complaints_team: String,
    /// The telephone of adult social care.
    pub care_line: String,
}

/// The tone of a status.
#[must_use]
pub const fn tone(status: ComplaintStatus) -> &'static str {
    match status {
        ComplaintStatus::Raised | ComplaintStatus::Acknowledged => "waiting",
        ComplaintStatus::Escalated | ComplaintStatus::Outside => "warning",
        ComplaintStatus::Answered | ComplaintStatus::Settled => "good",
    }
}

/// What comes next, in a sentence.
#[must_use]
pub fn next(complaint: &Complaint, with: &str) -> String {
    let last = &complaint.deadlines;
    match complaint.status {
        ComplaintStatus::Raised | ComplaintStatus::Escalated => format!(
            "{with} should say by {} that it was received, and answer by {}.",
            calendar::full(last.acknowledge_by),
            calendar::full(last.answer_by)
        ),
        ComplaintStatus::Acknowledged => {
            format!("{with} should answer by {}.", calendar::full(last.answer_by))
        }
        ComplaintStatus::Answered if complaint.is_with_council() => {
            format!("{with} has answered. It can be settled, or taken outside.")
        }
        ComplaintStatus::Answered => format!("{with} has answered. It can be settled, or taken on to the council."),
        ComplaintStatus::Outside => "Somebody outside is asked to look into it.".to_owned(),
        ComplaintStatus::Settled => "It is settled. Nothing more is to be done.".to_owned(),
    }
}

/// What is late, in a sentence; empty when nothing is.
#[must_use]
pub fn late(complaint: &Complaint, with: &str, today: NaiveDate) -> String {
    if rules::is_overdue(complaint, today) {
        let onward = if complaint.is_with_council() {
            "You need not wait any longer: you can take it outside."
        } else {
            "It goes on to the council by itself."
        };
        return format!("{with} has not answered by {}. {onward}", calendar::full(complaint.deadlines.answer_by));
    }
    if rules::is_unacknowledged(complaint, today) {
        let last = &complaint.deadlines;
        return format!(
            "{with} has not said by {} that it was received. The last day for that is {}.",
            calendar::full(last.acknowledge_by),
            calendar::full(last.acknowledge_at_latest)
        );
    }
    String::new()
}

/// One complaint of a list.
#[must_use]
pub fn row(complaint: &Complaint, whose: &str, with: &str) -> Row {
    Row {
        id: complaint.id.number(),
        about: complaint.about_words.clone(),
        whose: whose.to_owned(),
        with: with.to_owned(),
        status_words: complaint.status.words(),
        tone: tone(complaint.status),
        raised: calendar::short(complaint.raised_on),
        next: next(complaint, with),
    }
}

/// The first line of the list.
#[must_use]
pub fn list_state(open: usize) -> String {
    match open {
        0 => "Nothing is open.".to_owned(),
        1 => "1 complaint is open.".to_owned(),
        many => format!("{many} complaints are open."),
    }
}

/// The form for a complaint of a person.
#[must_use]
pub fn new_page(person: &Person, own: bool, offered: &[Offered], named: Option<&Named>, today: NaiveDate) -> NewPage {
    let only = offered.len() == 1;
    let first = named.is_some_and(|named| named.providers.len() == 1);
    let choice = |(place, offered): (usize, &Offered)| {
        Choice::new(offered.whom.sent(), offered.words.clone()).checked(only || (first && place == 0))
    };
    NewPage {
        person: Some(person.id.number()),
        whose: if own { String::new() } else { person.name.clone() },
        about: named.map(|named| named.thing.to_string()).unwrap_or_default(),
        about_words: named.map(|named| named.words.clone()).unwrap_or_default(),
        about_href: named.map(|named| named.href.clone()).unwrap_or_default(),
        whom: offered.iter().enumerate().map(choice).collect(),
        choose: vec![],
        steps: steps(if own { "you" } else { &person.name }, today),
    }
}

/// What happens next, each with its time.
#[must_use]
pub fn steps(whom: &str, today: NaiveDate) -> Vec<String> {
    let time = |step| limits::limit(step, today).map_or("", |limit| limit.words);
    vec![
        format!("It goes to who must answer. The council and those who act for {whom} see it too, nobody else."),
        format!("They say that they have it within {}.", time(Step::Acknowledge)),
        format!("They answer within {}. If they do not, it goes on to the council by itself.", time(Step::Answer)),
        "You say whether it is settled, or take it further. You can go outside at any time.".to_owned(),
    ]
}

/// What a complaint is about, who must answer, by when.
#[must_use]
pub fn facts(complaint: &Complaint, thing_href: Option<&str>, asked: &str, with: &str) -> Vec<Fact> {
    let mut facts = vec![Fact::new("About", complaint.about_words.clone())];
    if complaint.thing.is_some() {
        let fact = Fact::new("It names", complaint.thing_words.clone());
        facts.push(thing_href.map_or(fact.clone(), |href| fact.href(href)));
    }
    facts.push(Fact::new("Raised on", calendar::long(complaint.raised_on)));
    facts.push(Fact::new("Asked first", asked));
    facts.push(Fact::new("With now", with));
    let last = &complaint.deadlines;
    if complaint.status.waits_to_be_acknowledged() {
        let at_latest = format!("At the very latest by {}.", calendar::full(last.acknowledge_at_latest));
        facts.push(Fact::new("Says that it was received by", calendar::long(last.acknowledge_by)).note(at_latest));
    }
    if complaint.status.waits_for_answer() {
        facts.push(Fact::new("Answers by", calendar::long(last.answer_by)));
    }
    facts
}

/// Who said and did what.
#[must_use]
pub fn thread(entries: Vec<Entry>) -> Vec<Said> {
    let said = |entry: Entry| Said {
        when: calendar::moment(entry.at),
        what: entry.deed.words(),
        who: entry.name.map(|name| format!("{name}, {}", entry.authority)).unwrap_or_default(),
        detail: entry.text,
    };
    entries.into_iter().map(said).collect()
}

/// How the council's complaints team is reached, in a sentence.
#[must_use]
pub fn council(name: &str, contacts: Option<&Contacts>) -> String {
    match contacts {
        Some(contacts) => format!("The complaints team of {name}: {}.", contacts.complaints_team.trim_end_matches('.')),
        None => format!("The complaints team of {name}: its website says how it is reached."),
    }
}

/// To whom one can turn outside.
#[must_use]
pub fn outside(complaint: &Complaint) -> Vec<OutsidePart> {
    let part = |body: outside::Body| OutsidePart {
        name: body.name,
        what: body.what,
        reached: body.reached,
        href: body.href,
        site: body.site,
    };
    outside::bodies(complaint.whom.about()).into_iter().map(part).collect()
}

/// Where the times come from.
#[must_use]
pub fn sources(came: NaiveDate) -> Vec<Fact> {
    let steps = [
        (Step::Acknowledge, "To say that it was received"),
        (Step::AcknowledgeAtLatest, "To say so at the very latest"),
        (Step::Answer, "To answer"),
    ];
    let fact = |(step, label): (Step, &str)| {
        limits::limit(step, came).map(|limit| Fact::new(label, limit.words).note(limit.source))
    };
    steps.into_iter().filter_map(fact).collect()
}
