//! What the page of an offer of a mandate and its line in the list receive, worded and formatted.

use chrono::NaiveDate;
use serde::Serialize;

use super::time;
use crate::auth::rights::{Actor, Approval, Authority, Scopes};
use crate::calendar;
use crate::mandates::rules::offers::{self as rules, Standing};
use crate::mandates::{Offer, Outcome, Recorder};
use crate::people::Person;
use crate::vocabulary::capital;
use crate::web::parts::Fact;

/// An offer in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OfferShown {
    /// Its number.
    pub id: i64,
    /// Its page; none for whoever does not open it.
    pub href: Option<String>,
    /// To which address.
    pub email: String,
    /// To whom, and how it stands, in words.
    pub title: String,
    /// By what authority.
    pub authority: String,
    /// What it would let them do.
    pub scopes: Vec<String>,
    /// From when to when.
    pub time: String,
    /// How it stands, in words.
    pub state: String,
    /// The tone of that state's tag.
    pub tone: String,
    /// Whether the visitor may take it back.
    pub may_withdraw: bool,
}

impl OfferShown {
    /// An offer as the list shows it: what became a mandate is shown as that, and what was taken back is gone.
    #[must_use]
    pub fn new(offer: &Offer, opens: bool, today: NaiveDate) -> Option<Self> {
        let (state, tone) = match rules::standing(offer, today) {
            Standing::Open => (format!("Can say yes until {}", calendar::full(rules::last_day(offer))), "waiting"),
            Standing::TooLate => ("Nobody said yes in time".to_owned(), "plain"),
            Standing::Settled(Outcome::Declined) => ("They said no".to_owned(), "plain"),
            Standing::Settled(Outcome::Accepted | Outcome::Withdrawn) => return None,
        };
        let waits = if rules::standing(offer, today) == Standing::Open { ": waits for their yes" } else { "" };
        Some(Self {
            id: offer.id.number(),
            href: opens.then(|| format!("/mandate-offers/{}", offer.id)),
            email: offer.email.clone(),
            title: format!("Offered to {}{waits}", offer.email),
            authority: capital(offer.authority.words()),
            scopes: offer.scopes.words(),
            time: time(offer.from, offer.to),
            state,
            tone: tone.to_owned(),
            may_withdraw: opens && offer.answer.is_none(),
        })
    }
}

/// An offer; template `mandates/offer.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OfferPage {
    /// Which.
    pub id: i64,
    /// What it is, as a heading.
    pub title: String,
    /// How it stands, in a sentence.
    pub state: String,
    /// What such an authority is, in a sentence.
    pub meaning: String,
    /// What it would let whoever is asked do.
    pub lets: Vec<String>,
    /// What it would not.
    pub lets_not: Vec<String>,
    /// How it would end.
    pub endings: Vec<String>,
    /// Everything else.
    pub facts: Vec<Fact>,
    /// Whether the visitor may say yes or no.
    pub may_answer: bool,
    /// Whether it is too late to say yes.
    pub too_late: bool,
    /// Whether the visitor may take it back.
    pub may_withdraw: bool,
    /// Where all mandates of the person are, for those who see them.
    pub list_href: Option<String>,
    /// The mandate that came of it.
    pub mandate_href: Option<String>,
}

/// The page of an offer. To whoever is asked the name is told while they can say yes, and when they did: never after the offer
/// was taken back or is over, so that a wrong address that was seen in time learns nothing.
#[must_use]
pub fn show(person: &Person, offer: &Offer, actor: &Actor, address: &str, today: NaiveDate) -> OfferPage {
    let standing = rules::standing(offer, today);
    let records = super::rules::recorder(actor, person).is_ok();
    let asked = rules::is_to(offer, address);
    let named = records || matches!(standing, Standing::Open | Standing::Settled(Outcome::Accepted));
    let name = if named { person.name.clone() } else { rules::initials(&person.name) };
    let authority = offer.authority.words();
    let title = match asked {
        true => format!("Will you act for {name}, as {authority}?"),
        false => format!("Offered to {}: to act for {name}, as {authority}", offer.email),
    };
    OfferPage {
        id: offer.id.number(),
        title,
        state: state(offer, standing, asked),
        meaning: meaning(offer.authority).to_owned(),
        lets: offer.scopes.words(),
        lets_not: lets_not(&offer.scopes),
        endings: endings(offer, &name),
        facts: facts(offer, (asked, records), &name),
        may_answer: rules::may_answer(offer, address).is_ok(),
        too_late: standing == Standing::TooLate,
        may_withdraw: rules::may_withdraw(actor, person, offer).is_ok(),
        list_href: records.then(|| format!("/people/{}/mandates", person.id)),
        mandate_href: offer.answer.as_ref().and_then(|one| one.mandate).map(|id| format!("/mandates/{id}")),
    }
}

fn state(offer: &Offer, standing: Standing, asked: bool) -> String {
    let last = calendar::full(rules::last_day(offer));
    match (standing, asked) {
        (Standing::Open, true) => format!("It waits for your yes or no. You can say yes until {last}."),
        (Standing::Open, false) => format!("It waits for their yes. They can say it until {last}."),
        (Standing::TooLate, _) => format!("It is too late to say yes: that could be done until {last}."),
        (Standing::Settled(Outcome::Withdrawn), _) => "It was taken back. Nothing can be done with it.".to_owned(),
        (Standing::Settled(outcome), true) => format!("You {}.", outcome.words()),
        (Standing::Settled(outcome), false) => format!("They {}.", outcome.words()),
    }
}

/// What an authority is, for somebody who hears of it for the first time (domain reference 1.2).
const fn meaning(authority: Authority) -> &'static str {
    match authority {
        Authority::Broker => "A support broker finds and arranges support for somebody, who decides about it themself.",
        Authority::NominatedPerson => {
            "A nominated person handles the money for somebody’s support. That person can decide, and chose them."
        }
        Authority::AuthorisedPerson => {
            "An authorised person handles the money for the support of somebody who cannot decide that themself. The \
             council has agreed to it."
        }
        Authority::Attorney => "An attorney acts for somebody under a lasting power of attorney.",
        Authority::Deputy => "A deputy acts for somebody because the Court of Protection appointed them.",
        Authority::Appointee => {
            "An appointee handles somebody’s benefits, because the Department for Work and Pensions appointed them. They \
             decide nothing about care."
        }
        Authority::Trustee => "A trustee holds what is in somebody’s trust, for them alone.",
        Authority::Advocate => "An advocate speaks for somebody, so that they are heard. An advocate decides nothing.",
        Authority::Carer => "A carer is family or a friend who helps somebody, without being paid.",
    }
}

/// What somebody could be let do and is not.
fn lets_not(scopes: &Scopes) -> Vec<String> {
    let rest = Scopes {
        see_plan: !scopes.see_plan,
        see_money: !scopes.see_money,
        choose: !scopes.choose,
        sign: !scopes.sign,
        approve: Approval::Nothing,
    };
    let mut words = rest.words();
    match scopes.approve {
        Approval::Nothing => words.push("approve bills".to_owned()),
        Approval::UpTo(most) => words.push(format!("approve bills above {most}")),
        Approval::AnyAmount => {}
    }
    words
}

fn endings(offer: &Offer, name: &str) -> Vec<String> {
    let mut ways = vec![
        "You can give it up at any time, on the page of the mandate.".to_owned(),
        format!("{name} can take it back at any time, and their council can end it."),
    ];
    ways.extend(offer.to.map(|to| format!("It ends by itself after {}.", calendar::full(to))));
    if !offer.authority.outlives_the_person() {
        ways.push("It ends by itself when the person dies.".to_owned());
    }
    if offer.authority.rests_on_lack_of_capacity() {
        ways.push("It ends by itself when it is found that the person can decide themself again.".to_owned());
    }
    ways
}

/// On what it rests is for those who said so: a paper may tell more of the person than whoever is asked should know yet.
fn facts(offer: &Offer, (asked, records): (bool, bool), name: &str) -> Vec<Fact> {
    let offered = calendar::full(calendar::london(offer.at).date());
    let by = match (offer.offered_as, records) {
        (Recorder::Person, false) => name.to_owned(),
        (Recorder::Officer, false) => format!("{}, {}", offer.by.1, Recorder::Officer.words()),
        (_, true) => offer.by.1.clone(),
    };
    let never = if asked { "Never before you say yes." } else { "Never before they say yes." };
    let mut facts = vec![
        Fact::new("Asked by", by),
        Fact::new("Asked on", offered),
        Fact::new("As", capital(offer.authority.words())),
        Fact::new("When", time(offer.from, offer.to)).note(never),
    ];
    if let Some((_, organisation)) = &offer.organisation {
        let note = "Everybody who does the daily work there would act under this mandate.";
        facts.push(Fact::new("For", organisation).note(note));
    }
    if records {
        facts.push(Fact::new("Rests on", if offer.note.is_empty() { "a file" } else { &offer.note }));
        let file =
            |(_, name): &(_, String)| Fact::new("File", name).href(format!("/mandate-offers/{}/evidence", offer.id));
        facts.extend(offer.file.as_ref().map(file));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Pence;

    #[test]
    fn what_is_let_and_what_is_not_are_everything_together() {
        assert_eq!(lets_not(&Authority::Carer.usual()), ["sign agreements", "approve bills"]);
        assert!(lets_not(&Authority::Attorney.most()).is_empty());
        let some = Scopes { approve: Approval::UpTo(Pence::from_pence(5_000)), ..Authority::Attorney.most() };
        assert_eq!(lets_not(&some), ["approve bills above £50.00"]);
    }
}
