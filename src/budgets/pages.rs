//! What the pages of people, budgets and funds receive, worded and formatted.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{
    Books, ContributionMode, Fund, Payer, PaymentFrequency, PersonalBudget, explained, explained_to_person, rules,
    structure_explained, structure_explained_to_person,
};
use crate::auth::rights::visibility::{self, Access, Around, Data, Viewer};
use crate::auth::rights::{Actor, Approve, Choose};
use crate::calendar;
use crate::communication::Flag;
use crate::ids::{FundId, OrganisationId, PersonId};
use crate::ledger::{Account, Balances};
use crate::mandates::GivenMandate;
use crate::money::Pence;
use crate::people::{Organisation, Person, whose};
use crate::record::rules::may_read;
use crate::users::Link;
use crate::vat::{Form, Recovery, Structure};
use crate::vocabulary::capital;
use crate::web::parts::{Choice, Fact};

/// A council's people; template `budgets/people.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PeoplePage {
    /// The people, by name.
    pub people: Vec<PersonRow>,
    /// Whether there are more than are shown.
    pub more: bool,
    /// How many there are and what waits, in a sentence.
    pub state: String,
    /// Whether the visitor records people and decides when their records end.
    pub may_record: bool,
}

/// One person in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonRow {
    /// Their page.
    pub href: String,
    /// Their name.
    pub name: String,
    /// The reference that stands for them.
    pub reference: String,
    /// Their budget per week, once there is one.
    #[schema(value_type = Option<String>)]
    pub weekly: Option<Pence>,
    /// Their funds, in words.
    pub funds: Vec<String>,
    /// What is free in those of their funds that go on.
    #[schema(value_type = String)]
    pub free: Pence,
    /// What waits.
    pub waits: Vec<String>,
}

/// How many people the list shows at most.
pub const MOST_PEOPLE: usize = 500;

/// The list of a council's people.
#[must_use]
pub fn people(
    people: &[Person],
    budgets: &BTreeMap<PersonId, PersonalBudget>,
    funds: &BTreeMap<PersonId, Vec<Fund>>,
    books: &BTreeMap<FundId, Books>,
) -> PeoplePage {
    let none = Books::default();
    let row = |person: &Person| {
        let theirs: &[Fund] = funds.get(&person.id).map_or(&[], Vec::as_slice);
        let books = |fund: &Fund| books.get(&fund.id).unwrap_or(&none);
        let budget = budgets.get(&person.id);
        let mut waits: Vec<String> = vec![];
        match budget {
            None => waits.push("No personal budget is recorded.".to_owned()),
            Some(_) if theirs.is_empty() => waits.push("The budget has no fund yet.".to_owned()),
            Some(_) => {}
        }
        waits.extend(theirs.iter().flat_map(|fund| rules::waits(fund, books(fund))).map(|waiting| waiting.sentence));
        PersonRow {
            href: format!("/people/{}", person.id),
            name: person.name.clone(),
            reference: person.reference.clone(),
            weekly: budget.map(|budget| budget.weekly),
            funds: theirs.iter().map(fund_in_words).collect(),
            free: theirs.iter().filter(|fund| fund.ended_on.is_none()).map(|fund| books(fund).free).sum(),
            waits,
        }
    };
    let rows: Vec<PersonRow> = people.iter().map(row).collect();
    let waiting = rows.iter().filter(|row| !row.waits.is_empty()).count();
    let more = people.len() >= MOST_PEOPLE;
    PeoplePage { state: people_state(rows.len(), waiting, more), people: rows, more, may_record: false }
}

fn people_state(count: usize, waiting: usize, more: bool) -> String {
    let people = match count {
        0 => return "There is nobody here yet.".to_owned(),
        1 => "One person.".to_owned(),
        count if more => format!("The first {count} people."),
        count => format!("{count} people."),
    };
    match waiting {
        0 => format!("{people} Nothing waits."),
        1 if count == 1 => format!("{people} Something waits for them."),
        1 => format!("{people} Something waits for one of them."),
        count => format!("{people} Something waits for {count} of them."),
    }
}

/// A fund in a few words: its amount and its form.
fn fund_in_words(fund: &Fund) -> String {
    let ended = if fund.ended_on.is_some() { ", ended" } else { "" };
    format!("{}: {} per week{ended}", fund.form, fund.weekly)
}

/// The form for a new person; template `budgets/new_person.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewPersonPage {
    /// The council that owes the support.
    pub council: String,
}

/// A person, their budget and funds; template `budgets/person.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonPage {
    /// The person.
    #[schema(value_type = i64)]
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Whose money this is, for the visitor.
    pub whose: String,
    /// How it stands, in a sentence or two.
    pub state: String,
    /// Whether the visitor sees the money.
    pub sees_money: bool,
    /// Who and where they are.
    pub facts: Vec<Fact>,
    /// How they need to be spoken and written to.
    pub communication: Option<Flag>,
    /// Where that is recorded.
    pub communication_href: String,
    /// Whether the visitor may record budgets, funds and mandates.
    pub may_record: bool,
    /// Whether the visitor is the person, or acts for them.
    pub acts: bool,
    /// Where copies of everything are asked for, for whoever sees everything or answers for it.
    pub copies_href: Option<String>,
    /// Where the visitor reads who looked at all this and who changed it, if they may.
    pub record_href: Option<String>,
    /// Where an officer asks for a lost second factor to be taken away, where the person signs in.
    pub second_factor_href: Option<String>,
    /// Whether the person can be invited to sign in: nobody does yet.
    pub may_invite: bool,
    /// The newest invitation to sign in, and what became of it, in a sentence.
    pub invited: Option<String>,
    /// Whether one waits that can be taken back.
    pub invitation_waits: bool,
    /// The budget per week that holds today.
    #[schema(value_type = Option<String>)]
    pub weekly: Option<Pence>,
    /// Every version of the budget, the newest first.
    pub budgets: Vec<BudgetShown>,
    /// The funds.
    pub funds: Vec<FundShown>,
    /// Who acts for the person today, as far as the visitor may know.
    pub mandates: Vec<Fact>,
    /// Where mandates are seen, recorded and taken back.
    pub mandates_href: String,
    /// Where it is said when the person is asked before an invoice is approved.
    pub consent_href: String,
    /// The day on which the person died, in words: what is in their funds is to be settled.
    pub died_on: Option<String>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// One version of a budget.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BudgetShown {
    /// Per week, the person's part included.
    #[schema(value_type = String)]
    pub weekly: Pence,
    /// The most that the person contributes per week; nothing for who sees the total alone.
    #[schema(value_type = Option<String>)]
    pub contribution_weekly: Option<Pence>,
    /// From which day.
    #[schema(value_type = String)]
    pub starts_on: NaiveDate,
    /// The same in words.
    pub starts_on_words: String,
    /// Who agreed it.
    pub agreed_note: String,
    /// Whether it holds today, will hold, or held.
    pub state: String,
    /// The tone of that state's tag.
    pub tone: String,
}

/// One fund, as its person's page shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FundShown {
    /// The fund.
    #[schema(value_type = i64)]
    pub id: FundId,
    /// Its page.
    pub href: String,
    /// Its form, in words.
    pub form_words: String,
    /// Who holds it.
    pub holder: String,
    /// Per week.
    #[schema(value_type = String)]
    pub weekly: Pence,
    /// What is free.
    #[schema(value_type = String)]
    pub free: Pence,
    /// The five states of its money; not where they would tell what is kept from the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<StateShown>>,
    /// What was granted: the sum of the five.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub granted: Option<Pence>,
    /// What stands in place of both, where they are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// What waits.
    pub waits: Vec<WaitingShown>,
    /// Since when it has ended.
    pub ended: Option<String>,
}

/// One of the five states of a fund's money.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StateShown {
    /// free, reserved, delivered, invoiced or paid.
    pub key: String,
    /// In words.
    pub label: String,
    /// The amount as it is read.
    pub amount_text: String,
    /// The amount in pence, for the picture.
    pub amount_pence: i64,
}

/// Something that waits, and the link by which the visitor can do it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WaitingShown {
    /// What waits.
    pub sentence: String,
    /// The verb.
    pub action: Option<String>,
    /// Where.
    pub href: Option<String>,
}

/// What a person's page is made from.
pub struct PersonData {
    /// The person.
    pub person: Person,
    /// Their council.
    pub council: Organisation,
    /// Whether the visitor sees their money at all.
    pub sees_money: bool,
    /// Every version of their budget, oldest first; none for who does not see their money.
    pub budgets: Vec<PersonalBudget>,
    /// Their funds, as far as the visitor sees them.
    pub funds: Vec<Fund>,
    /// The books of the funds, as far as the visitor may see them.
    pub books: BTreeMap<FundId, Books>,
    /// The organisations that hold them.
    pub holders: Vec<Organisation>,
    /// Who may act for them, as far as the visitor may know.
    pub mandates: Vec<GivenMandate>,
    /// How they need to be spoken and written to.
    pub communication: Option<Flag>,
    /// The day on which they died.
    pub died_on: Option<NaiveDate>,
    /// Whether they sign in with a second factor, which can be lost.
    pub has_factor: bool,
    /// The invitations to sign in as them, the newest first; for their officer, as long as nobody does.
    pub invitations: Vec<Link>,
}

impl PersonData {
    fn books(&self, fund: &Fund) -> Books {
        self.books.get(&fund.id).cloned().unwrap_or_default()
    }

    /// The organisation of the actor that holds one of the funds.
    fn holding(&self, actor: &Actor) -> Option<OrganisationId> {
        let own = actor.holders();
        self.funds.iter().filter_map(|fund| fund.holder).find(|holder| own.contains(holder))
    }

    fn budget_today(&self, today: NaiveDate) -> Option<&PersonalBudget> {
        self.budgets.iter().rfind(|budget| budget.starts_on <= today)
    }
}

/// The page of a person.
#[must_use]
pub fn person(data: &PersonData, actor: &Actor, now: DateTime<Utc>) -> PersonPage {
    let (person, today) = (&data.person, calendar::london(now).date());
    let may_record = actor.council_officer().is_ok_and(|officer| officer.council() == person.council);
    let acts = actor.stands_for(person.id);
    let in_force = data.budget_today(today);
    let around = Around { person: person.id, council: person.council, holder: data.holding(actor), provider: None };
    let sees_as_person = |data| visibility::viewers(actor, &around, data).contains(&Viewer::Person);
    let decides = sees_as_person(Data::Notes) && sees_as_person(Data::Fund) && !actor.is_kept_from(person.id);
    let contribution = visibility::sees(actor, &around, Data::Contribution) >= Access::Read;
    let budget = |budget: &PersonalBudget| {
        let (state, tone) = match in_force {
            Some(now) if now.id == budget.id => ("Holds now", "good"),
            _ if budget.starts_on > today => ("Not begun", "waiting"),
            _ => ("Replaced", "plain"),
        };
        budget_shown(budget, contribution, state, tone)
    };
    let funds: Vec<FundShown> = data.funds.iter().map(|fund| fund_shown(fund, data, actor)).collect();
    PersonPage {
        id: person.id,
        name: person.name.clone(),
        whose: whose(actor, person),
        state: if data.sees_money {
            person_state(in_force, &funds)
        } else {
            "Your mandate does not show the money.".to_owned()
        },
        sees_money: data.sees_money,
        facts: person_facts(person, &data.council, actor.person() == Some(person.id)),
        second_factor_href: (may_record && data.has_factor).then(|| format!("/people/{}/second-factor", person.id)),
        communication: data.communication.clone(),
        communication_href: format!("/people/{}/communication", person.id),
        may_record,
        acts,
        copies_href: (may_record || decides).then(|| format!("/people/{}/exports", person.id)),
        record_href: may_read(actor, person.id, person.council)
            .is_ok()
            .then(|| format!("/people/{}/record", person.id)),
        may_invite: may_record && person.user.is_none() && data.died_on.is_none() && actor.has_second_factor(),
        invited: data.invitations.first().map(|link| invited_words(link, now)),
        invitation_waits: data.invitations.iter().any(|link| link.is_open(now)),
        weekly: in_force.map(|budget| budget.weekly),
        budgets: data.budgets.iter().rev().map(budget).collect(),
        funds,
        mandates: data.mandates.iter().filter(|given| given.holds_on(today)).map(acts_shown).collect(),
        mandates_href: format!("/people/{}/mandates", person.id),
        consent_href: format!("/people/{}/consent", person.id),
        died_on: data.died_on.map(calendar::full),
        today: calendar::full(today),
    }
}

/// What became of an invitation to sign in.
fn invited_words(link: &Link, now: DateTime<Utc>) -> String {
    let sent = format!("Invited on {} at {}", calendar::full(calendar::london(link.created_at).date()), link.email);
    match link {
        Link { withdrawn: true, .. } => format!("{sent}; it was taken back."),
        link if link.is_open(now) => {
            format!("{sent}; it waits until {}.", calendar::full(calendar::london(link.expires_at).date()))
        }
        _ => format!("{sent}; nobody took it up in time."),
    }
}

fn budget_shown(budget: &PersonalBudget, contribution: bool, state: &str, tone: &str) -> BudgetShown {
    BudgetShown {
        weekly: budget.weekly,
        contribution_weekly: contribution.then_some(budget.contribution_weekly),
        starts_on: budget.starts_on,
        starts_on_words: calendar::long(budget.starts_on),
        agreed_note: budget.agreed_note.clone(),
        state: state.to_owned(),
        tone: tone.to_owned(),
    }
}

fn person_state(budget: Option<&PersonalBudget>, funds: &[FundShown]) -> String {
    if budget.is_none() {
        return "No personal budget is recorded yet.".to_owned();
    }
    if funds.is_empty() {
        return "The personal budget is recorded. It has no fund yet.".to_owned();
    }
    // As on the first page: what is left in an ended fund is nobody's to use.
    let free: Pence = funds.iter().filter(|fund| fund.ended.is_none()).map(|fund| fund.free).sum();
    let things: usize = funds.iter().map(|fund| fund.waits.len()).sum();
    let waits = match things {
        0 => "Nothing waits.".to_owned(),
        1 => "One thing about the money waits.".to_owned(),
        things => format!("{things} things about the money wait."),
    };
    format!("{free} is free to use. {waits}")
}

fn person_facts(person: &Person, council: &Organisation, own: bool) -> Vec<Fact> {
    let stands =
        if own { "Stands for you on papers that travel." } else { "Stands for the person on papers that travel." };
    vec![
        Fact::new("Lives at", person.address.on_one_line()),
        Fact::new("Council", &council.name),
        Fact::new("Reference", &person.reference).note(stands),
        Fact::new("Signs in", if person.user.is_some() { "Yes" } else { "No" }),
    ]
}

/// Who acts, as what, how far.
fn acts_shown(given: &GivenMandate) -> Fact {
    let fact = Fact::new(capital(given.authority.words()), given.who()).note(capital(&given.scopes.words().join(", ")));
    fact.href(format!("/mandates/{}", given.id))
}

fn fund_shown(fund: &Fund, data: &PersonData, actor: &Actor) -> FundShown {
    let books = data.books(fund);
    let holder = fund.holder.and_then(|id| data.holders.iter().find(|holder| holder.id == id));
    let nominee = fund.nominee.and_then(|id| data.mandates.iter().find(|given| given.user == id));
    FundShown {
        id: fund.id,
        href: format!("/funds/{}", fund.id),
        form_words: fund.form.words().to_owned(),
        holder: holder_words(
            fund.form,
            holder.map(|holder| holder.name.as_str()),
            nominee.map(|given| given.name.as_str()),
            &data.council.name,
            actor.person() == Some(fund.person),
        ),
        weekly: fund.weekly,
        free: books.free,
        states: books.sums.as_ref().map(states),
        granted: books.sums.as_ref().map(Balances::granted),
        not_shown: books.instead(),
        waits: waiting_shown(fund, &books, actor),
        ended: fund.ended_on.map(calendar::long),
    }
}

/// Who holds a fund's money, in words.
fn holder_words(form: Form, holder: Option<&str>, nominee: Option<&str>, council: &str, own: bool) -> String {
    match form {
        Form::DirectPayment if own => "you".to_owned(),
        Form::DirectPayment => "the person".to_owned(),
        Form::CareManaged => council.to_owned(),
        Form::IndirectPayment => nominee.unwrap_or("the nominated or authorised person").to_owned(),
        Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund => {
            holder.unwrap_or("an organisation").to_owned()
        }
    }
}

/// The five states of a fund's money.
#[must_use]
pub fn states(balances: &Balances) -> Vec<StateShown> {
    let state = |account: Account| {
        let amount = balances.credit(account);
        StateShown {
            key: account.code().rsplit(':').next().unwrap_or_default().to_owned(),
            label: account.words().to_owned(),
            amount_text: amount.to_string(),
            amount_pence: amount.pence(),
        }
    };
    Account::STATES.into_iter().map(state).collect()
}

/// What waits; the link only for those who can do it.
fn waiting_shown(fund: &Fund, books: &Books, actor: &Actor) -> Vec<WaitingShown> {
    let records_money = actor.council_finance(fund.council).is_some()
        || fund.holder.is_some_and(|holder| actor.holder_finance(holder).is_some())
        || (fund.form == Form::DirectPayment && actor.may::<Approve>(fund.person));
    let hidden = fund.terms.as_ref().is_some_and(|terms| actor.hides(terms.agreement));
    let may =
        |href: &str| (!href.ends_with("/money") || records_money) && !(hidden && href.starts_with("/agreements/"));
    let shown = |waiting: super::Waiting| {
        let href = waiting.href.filter(|href| may(href));
        let action = waiting.action.filter(|_| href.is_some()).map(str::to_owned);
        WaitingShown { sentence: waiting.sentence, action, href }
    };
    rules::waits(fund, books).into_iter().map(shown).collect()
}

/// The form for a new fund; template `budgets/new_fund.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewFundPage {
    /// The person.
    #[schema(value_type = i64)]
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What of the budget is in no fund yet, in a sentence.
    pub state: String,
    /// The six forms.
    pub forms: Vec<Choice>,
    /// The organisations that may hold it.
    pub holders: Vec<Choice>,
    /// Those with a mandate who may hold it.
    pub nominees: Vec<Choice>,
    /// The structures, in the order of the vocabulary: none goes before another.
    pub structures: Vec<Choice>,
    /// How often money can be paid in.
    pub frequencies: Vec<Choice>,
    /// How the contribution can meet the fund.
    pub contributions: Vec<Choice>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// The page with the form for a new fund.
#[must_use]
pub fn new_fund(data: &PersonData, holders: &[Organisation], today: NaiveDate) -> NewFundPage {
    let form = |form: &Form| Choice::new(form.code(), form.words()).hint(explained(*form));
    let nominee =
        |given: &GivenMandate| Choice::new(given.user, format!("{}, {}", given.name, given.authority.words()));
    let none = Choice::new("", "No broker or provider holds this fund").checked(true);
    let structure = |one: &Structure| Choice::new(one.code(), one.words()).hint(structure_explained(*one));
    let nominees = data.mandates.iter().filter(|given| may_hold(given, today));
    NewFundPage {
        person: data.person.id,
        name: data.person.name.clone(),
        state: unallotted(data, today),
        forms: Form::ALL.iter().map(form).collect(),
        holders: holders.iter().map(|holder| Choice::new(holder.id, &holder.name)).collect(),
        nominees: nominees.map(nominee).collect(),
        structures: std::iter::once(none).chain(Structure::ALL.iter().map(structure)).collect(),
        frequencies: PaymentFrequency::ALL
            .iter()
            .map(|one| Choice::new(one.code(), capital(one.words())).checked(*one == PaymentFrequency::FourWeekly))
            .collect(),
        contributions: ContributionMode::ALL
            .iter()
            .map(|one| Choice::new(one.code(), capital(one.words())).checked(*one == ContributionMode::CouncilInvoices))
            .collect(),
        today: calendar::full(today),
    }
}

/// Whether somebody with a mandate may hold an indirect payment: a broker who arranges may not.
#[must_use]
pub fn may_hold(given: &GivenMandate, today: NaiveDate) -> bool {
    given.authority.may_hold_money() && given.holds_on(today)
}

/// What of the budget is in no fund yet.
fn unallotted(data: &PersonData, today: NaiveDate) -> String {
    let Some(budget) = data.budget_today(today).or(data.budgets.last()) else {
        return "No personal budget is recorded yet. Record it first.".to_owned();
    };
    let taken: Pence = data.funds.iter().filter(|fund| fund.ended_on.is_none()).map(|fund| fund.weekly).sum();
    format!("The personal budget is {} per week. {} of it is in no fund yet.", budget.weekly, budget.weekly - taken)
}

/// A fund; template `budgets/fund.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FundPage {
    /// The fund.
    #[schema(value_type = i64)]
    pub id: FundId,
    /// Its form, in words.
    pub title: String,
    /// The person's name.
    pub name: String,
    /// The person's page, where the visitor may see it.
    pub person_href: Option<String>,
    /// Whose money this is, for the visitor.
    pub whose: String,
    /// How it stands.
    pub state: String,
    /// direct_payment, indirect_payment, trust_fund, brokered_fund, individual_service_fund or care_managed.
    pub form: String,
    /// What that means.
    pub form_explained: String,
    /// agent_of_person, agent_of_council, principal_exempt, principal_taxable, or nothing.
    pub structure: Option<String>,
    /// The structure in words.
    pub structure_words: Option<String>,
    /// What that means.
    pub structure_explained: Option<String>,
    /// Whether the agreement in force decides the structure, or it is only intended.
    pub structure_note: Option<String>,
    /// Whether VAT recovery is confirmed.
    pub recovery_confirmed: bool,
    /// Per week, the contribution included.
    #[schema(value_type = String)]
    pub weekly: Pence,
    /// On top per week, for VAT.
    #[schema(value_type = String)]
    pub vat_uplift_weekly: Pence,
    /// Everything else worth knowing.
    pub facts: Vec<Fact>,
    /// The five states of its money; not where they would tell what is kept from the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<StateShown>>,
    /// What was granted: the sum of the five.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub granted: Option<Pence>,
    /// What stands in place of both, where they are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// What is free.
    #[schema(value_type = String)]
    pub free: Pence,
    /// What waits.
    pub waits: Vec<WaitingShown>,
    /// Where one goes from here.
    pub links: Vec<Fact>,
    /// Whether it has ended.
    pub ended: Option<String>,
}

/// What a fund's page is made from.
pub struct FundData {
    /// The fund.
    pub fund: Fund,
    /// Whose it is.
    pub person: Person,
    /// The council that funds it.
    pub council: Organisation,
    /// The organisation that holds it.
    pub holder: Option<Organisation>,
    /// The name of the nominated or authorised person who holds it.
    pub nominee: Option<String>,
    /// Its books, as far as the visitor may see them.
    pub books: Books,
}

/// The page of a fund.
#[must_use]
pub fn fund(data: &FundData, actor: &Actor) -> FundPage {
    let (fund, person, books) = (&data.fund, &data.person, &data.books);
    let sees_person = actor.stands_for(person.id) || actor.councils().contains(&person.council);
    let (structure, own) = (fund.structure(), actor.person() == Some(person.id));
    let waits = waiting_shown(fund, books, actor);
    FundPage {
        id: fund.id,
        title: fund.form.words().to_owned(),
        name: person.name.clone(),
        person_href: sees_person.then(|| format!("/people/{}", person.id)),
        whose: whose(actor, person),
        state: fund_state(fund, books, waits.len()),
        form: fund.form.code().to_owned(),
        form_explained: if own { explained_to_person(fund.form) } else { explained(fund.form) }.to_owned(),
        structure: structure.map(|structure| structure.code().to_owned()),
        structure_words: structure.map(|structure| structure.words().to_owned()),
        structure_explained: structure.map(|structure| {
            if own { structure_explained_to_person(structure) } else { structure_explained(structure) }.to_owned()
        }),
        structure_note: structure.map(|_| structure_note(fund).to_owned()),
        recovery_confirmed: fund.recovery == Recovery::Confirmed,
        weekly: fund.weekly,
        vat_uplift_weekly: fund.vat_uplift_weekly,
        facts: fund_facts(data, own),
        states: books.sums.as_ref().map(states),
        granted: books.sums.as_ref().map(Balances::granted),
        not_shown: books.instead(),
        free: books.free,
        links: fund_links(fund, actor),
        waits,
        ended: fund.ended_on.map(calendar::long),
    }
}

fn fund_state(fund: &Fund, books: &Books, waits: usize) -> String {
    if let Some(day) = fund.ended_on {
        return format!("This fund ended on {}.", calendar::long(day));
    }
    let waits = match waits {
        0 => "Nothing waits.".to_owned(),
        1 => "One thing waits.".to_owned(),
        waits => format!("{waits} things wait."),
    };
    format!("{} is free to use. {waits}", books.free)
}

const fn structure_note(fund: &Fund) -> &'static str {
    match &fund.terms {
        Some(terms) if terms.in_force => "The agreement in force says so.",
        _ => "Intended. The agreement will decide.",
    }
}

fn fund_facts(data: &FundData, own: bool) -> Vec<Fact> {
    let fund = &data.fund;
    let holder = data.holder.as_ref().map(|holder| holder.name.as_str());
    let mut facts = vec![
        Fact::new("Whose money", &data.person.name),
        Fact::new(
            "Who holds it",
            capital(&holder_words(fund.form, holder, data.nominee.as_deref(), &data.council.name, own)),
        ),
        Fact::new("Paid for by", &data.council.name),
        Fact::new("Amount", format!("{} per week", fund.weekly)).note(if own {
            "Your contribution is part of it."
        } else {
            "The person’s contribution is part of it."
        }),
    ];
    if !fund.vat_uplift_weekly.is_zero() {
        let note = "The council gives it, so that VAT which nobody gets back does not shrink the support.";
        facts.push(Fact::new("On top, for VAT", format!("{} per week", fund.vat_uplift_weekly)).note(note));
    }
    if let Ok(arrangement) = fund.arrangement() {
        let payer = match rules::payer(arrangement) {
            Payer::Person if own => "you",
            payer => payer.words(),
        };
        facts.push(Fact::new("Invoices are addressed to", capital(payer)));
    }
    facts.push(recovery_fact(fund));
    if let Some(terms) = &fund.terms
        && !terms.fee_weekly.is_zero()
    {
        let from = if terms.fee_on_top { "The council pays it on top." } else { "It comes out of the budget." };
        facts.push(Fact::new("Fee of the holder", format!("{} per week and VAT", terms.fee_weekly)).note(from));
    }
    facts.push(Fact::new("Money comes in", capital(fund.payment_frequency.words())));
    let contribution = fund.contribution_mode;
    let contribution = if own { contribution.words_to_person() } else { contribution.words() };
    facts.push(Fact::new("Contribution", capital(contribution)));
    facts.push(Fact::new("Began on", calendar::long(fund.starts_on)));
    facts
}

fn recovery_fact(fund: &Fund) -> Fact {
    let (value, note) = match (fund.recovery, rules::recovery_is_open(fund)) {
        (Recovery::Confirmed, _) => ("Confirmed", "A VAT officer has confirmed who gets VAT back, and that they do."),
        (_, true) => ("Not confirmed", "The fund is costed as if no VAT came back."),
        (_, false) => ("Not confirmed", "It makes no difference here: nobody could get VAT back."),
    };
    Fact::new("VAT that comes back", value).note(note)
}

/// Where one goes from a fund.
fn fund_links(fund: &Fund, actor: &Actor) -> Vec<Fact> {
    let to = |leaf: &str| format!("/funds/{}/{leaf}", fund.id);
    let acts = actor.may::<Choose>(fund.person);
    let mut links = vec![];
    if acts && fund.ended_on.is_none() {
        links.push(
            Fact::new("Find support", "Search services with the price that this fund would pay")
                .href(format!("/search?fund={}", fund.id)),
        );
    }
    links.push(
        Fact::new("Packages and orders", "What was chosen, what it costs, what was ordered").href(to("packages")),
    );
    links.push(
        Fact::new("Quotes", "Which providers were asked, what they answered, what was chosen")
            .href(format!("/quotes?fund={}", fund.id)),
    );
    match fund.terms.as_ref().filter(|terms| !actor.hides(terms.agreement)) {
        Some(terms) => links.push(
            Fact::new("Agreement", "Who agreed what, and who has signed")
                .href(format!("/agreements/{}", terms.agreement)),
        ),
        None if fund.terms.is_none() && rules::needs_agreement(fund.form) && fund.ended_on.is_none() => {
            links.push(Fact::new("Agreement", "Draw one up").href(to("agreements/new")));
        }
        None => {}
    }
    links.push(Fact::new("Money in and out", "What came in, from whom, and what was paid").href(to("money")));
    if !actor.is_kept_from(fund.person) {
        links.push(Fact::new("Statement", "Opening, in, out, closing").href(to("statement")));
    }
    links
}

/// The organisations that hold some funds.
#[must_use]
pub fn holders_of(funds: &[Fund]) -> Vec<OrganisationId> {
    funds.iter().filter_map(|fund| fund.holder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_states_are_named_as_the_picture_names_them() {
        let mut balances = Balances::default();
        balances.add(&crate::ledger::rules::reserve(Pence::from_pence(38_100)));
        let keys: Vec<String> = states(&balances).into_iter().map(|state| state.key).collect();
        assert_eq!(keys, ["free", "reserved", "delivered", "invoiced", "paid"]);
        assert_eq!(states(&balances)[1].amount_text, "£381.00");
    }

    #[test]
    fn the_first_line_of_a_list_says_the_state() {
        assert_eq!(people_state(1, 0, false), "One person. Nothing waits.");
        assert_eq!(people_state(500, 2, true), "The first 500 people. Something waits for 2 of them.");
    }
}
