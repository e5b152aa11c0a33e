//! What the pages of organisations receive, worded.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Member, Policy, RoleEvent, SetPolicy, rules};
use crate::auth::rights::{Membership, Role};
use crate::calendar;
use crate::ids::UserId;
use crate::people::{Organisation, OrganisationKind};
use crate::web::parts::{Choice, Fact, Happened};

/// An organisation in somebody's list.
#[derive(Serialize, ToSchema)]
pub struct Own {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What the actor does there.
    pub roles: String,
}

/// The organisations that somebody belongs to; template `organisations/list.html`.
#[derive(Serialize, ToSchema)]
pub struct ListPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// The organisations.
    pub organisations: Vec<Own>,
}

/// The list of somebody's organisations.
#[must_use]
pub fn list(memberships: &[Membership]) -> ListPage {
    let own = |place: &Membership| Own {
        name: place.name.clone(),
        href: format!("/organisations/{}", place.organisation),
        roles: place.roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", "),
    };
    let state = match memberships.len() {
        0 => "You belong to no organisation.".to_owned(),
        1 => "You belong to 1 organisation.".to_owned(),
        many => format!("You belong to {many} organisations."),
    };
    ListPage { state, organisations: memberships.iter().map(own).collect() }
}

/// A member as the page shows them.
#[derive(Serialize, ToSchema)]
pub struct MemberRow {
    /// Who.
    pub user: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they do, with since when.
    pub roles: Vec<Fact>,
    /// The roles that they have, to be sent back with a change.
    pub seen: String,
    /// Every role of this organisation, with whether they have it.
    pub choices: Vec<Choice>,
    /// The name of the form that changes their roles.
    pub form: String,
    /// Whether it is the one who looks.
    pub is_you: bool,
}

/// An organisation from the inside; template `organisations/show.html`.
#[derive(Serialize, ToSchema)]
pub struct ShowPage {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// What it is.
    pub facts: Vec<Fact>,
    /// Whether its money is held by trustees.
    pub is_trust: bool,
    /// The members.
    pub members: Vec<MemberRow>,
    /// The roles that a new member may have.
    pub roles: Vec<Choice>,
    /// Whether the actor says who belongs here.
    pub may_manage: bool,
    /// What holds for payments, in sentences.
    pub policy: Vec<String>,
    /// Whether somebody else than who approved records the payment.
    pub separate_payments: bool,
    /// How many trustees must say that a payment was made.
    pub quorum: i64,
    /// How often a policy was set.
    pub policy_number: i64,
    /// What was given, taken and set, the newest first.
    pub events: Vec<Happened>,
}

/// What the page of an organisation is made of.
pub struct Inside<'a> {
    /// The organisation.
    pub organisation: &'a Organisation,
    /// Who belongs to it.
    pub members: &'a [Member],
    /// What holds for payments.
    pub policy: Policy,
    /// How often that was set.
    pub policy_number: i64,
    /// What was given and taken.
    pub role_events: &'a [RoleEvent],
    /// What was set.
    pub policies: &'a [SetPolicy],
    /// Who looks.
    pub user: UserId,
    /// Whether they say who belongs here.
    pub may_manage: bool,
}

/// The page of an organisation.
#[must_use]
pub fn show(inside: &Inside<'_>) -> ShowPage {
    let organisation = inside.organisation;
    let kind = organisation.kind;
    let is_trust = kind == OrganisationKind::Trust;
    let choice = |role: Role| Choice::new(role.code(), rules::role_words(kind, role)).hint(role_hint(kind, role));
    ShowPage {
        id: organisation.id.number(),
        name: organisation.name.clone(),
        state: state(inside),
        facts: facts(organisation),
        is_trust,
        members: inside.members.iter().map(|member| row(inside, member)).collect(),
        roles: rules::roles_of(kind).into_iter().map(choice).collect(),
        may_manage: inside.may_manage,
        policy: policy_words(inside.members, kind, inside.policy),
        separate_payments: inside.policy.separate_payments,
        quorum: inside.policy.quorum,
        policy_number: inside.policy_number,
        events: events(inside, kind),
    }
}

fn state(inside: &Inside<'_>) -> String {
    let trust = inside.organisation.kind == OrganisationKind::Trust;
    let (who, finance) = if trust { ("trustees", "trustee") } else { ("people", "person") };
    let money = inside.members.iter().filter(|member| member.does(Role::Finance)).count();
    let belong = match inside.members.len() {
        1 => "1 person belongs to it.".to_owned(),
        many => format!("{many} people belong to it."),
    };
    let handles = match money {
        0 if trust => "It has no trustee yet.".to_owned(),
        0 => "Nobody handles its money.".to_owned(),
        1 => format!("1 {finance} handles its money."),
        many => format!("{many} {who} handle its money."),
    };
    format!("{belong} {handles}")
}

fn facts(organisation: &Organisation) -> Vec<Fact> {
    let plays = [
        (organisation.is_provider, "provides services"),
        (organisation.is_holder, "holds funds"),
        (organisation.is_broker, "arranges support"),
    ];
    let plays: Vec<&str> = plays.iter().filter(|(does, _)| *does).map(|(_, words)| *words).collect();
    let mut facts = vec![Fact::new("In law", organisation.kind.words())];
    if !plays.is_empty() {
        facts.push(Fact::new("What it does", plays.join(", ")));
    }
    let address = organisation.address.on_one_line();
    if !address.is_empty() {
        facts.push(Fact::new("Address", address));
    }
    facts
}

fn row(inside: &Inside<'_>, member: &Member) -> MemberRow {
    let kind = inside.organisation.kind;
    let choice = |role: Role| Choice::new(role.code(), rules::role_words(kind, role)).checked(member.does(role));
    let role = |held: &super::Held| {
        let since = calendar::full(calendar::london(held.since).date());
        Fact::new(rules::role_words(kind, held.role), format!("since {since}"))
    };
    MemberRow {
        user: member.user.number(),
        name: member.name.clone(),
        email: member.email.clone(),
        roles: member.roles.iter().map(role).collect(),
        seen: member.seen(),
        choices: rules::roles_of(kind).into_iter().map(choice).collect(),
        form: roles_form(member.user),
        is_you: member.user == inside.user,
    }
}

/// The name of the form that changes somebody's roles.
#[must_use]
pub fn roles_form(user: UserId) -> String {
    format!("roles-{user}")
}

/// What a role lets somebody do, in a sentence.
fn role_hint(kind: OrganisationKind, role: Role) -> &'static str {
    match (kind, role) {
        (OrganisationKind::Trust, Role::Finance) => "Decides on payments of the trust, together with others",
        (_, Role::Officer) => "Records people, budgets, funds and mandates, and signs",
        (_, Role::Finance) => "Approves, pays and bills",
        (_, Role::Coordinator) => "Runs the daily work: services, deliveries, agreements",
        (_, Role::Admin) => "Says who belongs here and in which role",
        (_, Role::Safeguarding) => "Reads and answers safeguarding concerns",
        (_, Role::Auditor) => "Reads what a grant names, for its time",
        (_, Role::Reader) => "Reads, and changes nothing",
    }
}

/// What holds for payments, in sentences.
fn policy_words(members: &[Member], kind: OrganisationKind, policy: Policy) -> Vec<String> {
    if kind == OrganisationKind::Trust {
        let trustees = members.iter().filter(|member| member.does(Role::Finance)).count();
        let of =
            format!("{} of its {trustees} trustees must say that a payment was made before it counts.", policy.quorum);
        let few = i64::try_from(trustees).is_ok_and(|trustees| trustees < policy.quorum);
        let missing = few.then(|| "It has fewer trustees than that, so nothing can be paid.".to_owned());
        return std::iter::once(of).chain(missing).collect();
    }
    let money = members.iter().filter(|member| member.does(Role::Finance)).count();
    let rule = match (policy.separate_payments, money) {
        (true, 0 | 1) => {
            "Whoever approves an invoice also records its payment, because nobody else here handles money. Each time is recorded."
        }
        (true, _) => "Whoever approved an invoice does not record its payment: somebody else here does.",
        (false, _) => "The same person may approve an invoice and record its payment. Each time is recorded.",
    };
    vec![rule.to_owned(), "Nobody decides on an invoice that this organisation sent.".to_owned()]
}

fn events(inside: &Inside<'_>, kind: OrganisationKind) -> Vec<Happened> {
    let role = |event: &RoleEvent| {
        let what = format!(
            "{}: {} {}",
            event.name,
            rules::role_words(kind, event.role),
            if event.given { "given" } else { "taken" }
        );
        (event.at, what, event.by.clone(), event.note.clone())
    };
    let set = |set: &SetPolicy| {
        let what = if kind == OrganisationKind::Trust {
            format!("Payments need {} trustees", set.policy.quorum)
        } else if set.policy.separate_payments {
            "Two people approve and pay".to_owned()
        } else {
            "The same person may approve and pay".to_owned()
        };
        (set.at, what, set.by.clone(), set.reason.clone())
    };
    let mut all: Vec<_> = inside.role_events.iter().map(role).chain(inside.policies.iter().map(set)).collect();
    all.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let happened = |(at, what, who, detail)| Happened { when: calendar::moment(at), what, who, detail };
    all.into_iter().map(happened).collect()
}
