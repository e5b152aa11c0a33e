//! The parties of the demonstration's story, every one of them fictional, each with a sign-in.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::auth::rights::{Authority, Role};
use crate::auth::rules::codes::Secret;
use crate::auth::store as auth_store;
use crate::db::Tx;
use crate::directory::DocumentKind;
use crate::error::Error;
use crate::fingerprint::sha256_of;
use crate::ids::{OrganisationId, PersonId, UserId};
use crate::mandates::{NewMandate, store as mandates_store};
use crate::paper::store as papers;
use crate::people::{Address, NewOrganisation, NewPerson, OrganisationKind, store as people_store};
use crate::provider_documents::{self, NewDocument};
use crate::vat::CharityStatus;
use crate::web::token::Keys;
use crate::web::upload::{FileKind, Uploaded};

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "tailormade demo";

/// Who signs in with which address.
pub struct Party {
    /// The e-mail address.
    pub email: &'static str,
    /// The name.
    pub name: &'static str,
    /// Who they are, in words.
    pub who: &'static str,
    /// The secret of their second factor: who handles an organisation's money has one. The demonstration's sign-in page shows its
    /// codes, as it shows the password, so that it protects nothing here.
    pub second_factor: Option<[u8; 20]>,
}

/// A person who has a budget.
pub const PERSON: Party = Party {
    email: "mary@demo.example",
    name: "Mary Whitlow",
    who: "Mary, who has a personal budget",
    second_factor: None,
};
/// A second person, who holds a direct payment.
pub const NEIGHBOUR: Party =
    Party { email: "tom@demo.example", name: "Tom Ashdown", who: "Tom, who has a direct payment", second_factor: None };
/// A support broker with a mandate.
pub const BROKER: Party = Party {
    email: "broker@demo.example",
    name: "Bea Larkin",
    who: "Bea, support broker for Mary and Tom",
    second_factor: None,
};
/// Works at the day-care provider.
pub const DAY_CLUB: Party = Party {
    email: "dayclub@demo.example",
    name: "Dan Fairley",
    who: "Dan, at a day club (company, VAT-registered)",
    second_factor: Some(*b"demo day club 2nd fa"),
};
/// Works at the home-care agency that also holds funds.
pub const AGENCY: Party = Party {
    email: "agency@demo.example",
    name: "Hana Quill",
    who: "Hana, at a regulated home-care agency that holds Mary's fund",
    second_factor: Some(*b"demo agency 2nd fact"),
};
/// Teaches art.
pub const ART: Party = Party {
    email: "art@demo.example",
    name: "Ines Marlowe",
    who: "Ines, art teacher (not VAT-registered)",
    second_factor: Some(*b"demo art class 2nd f"),
};
/// Works at the charity.
pub const CHARITY: Party = Party {
    email: "charity@demo.example",
    name: "Carl Penrose",
    who: "Carl, at a VAT-registered charity",
    second_factor: Some(*b"demo charity 2nd fac"),
};
/// Works at the council.
pub const OFFICER: Party = Party {
    email: "council@demo.example",
    name: "Olive Marsh",
    who: "Olive, officer of the council",
    second_factor: Some(*b"demo council 2nd fac"),
};

/// Handles the council's money.
pub const FINANCE: Party = Party {
    email: "finance@demo.example",
    name: "Farid Lowe",
    who: "Farid, who handles the council's money",
    second_factor: Some(*b"demo finance 2nd fac"),
};

/// Keeps the council's people safe.
pub const SAFEGUARDING: Party = Party {
    email: "safeguarding@demo.example",
    name: "Sadia Noor",
    who: "Sadia, in the council's safeguarding team",
    second_factor: Some(*b"demo safeguarding 2f"),
};

/// Everybody, in the order of the sign-in page.
pub const PARTIES: [&Party; 10] =
    [&PERSON, &NEIGHBOUR, &BROKER, &DAY_CLUB, &AGENCY, &ART, &CHARITY, &OFFICER, &FINANCE, &SAFEGUARDING];

/// What somebody does who is all the staff that an organisation has.
pub const ALL_WORK: [Role; 3] = [Role::Coordinator, Role::Finance, Role::Admin];

/// What the story needs to know of what was seeded.
#[derive(Clone, Copy, Debug)]
pub struct Seeded {
    /// The person.
    pub person: PersonId,
    /// The second person.
    pub neighbour: PersonId,
    /// The agency that holds funds.
    pub agency: OrganisationId,
    /// The day club and its only member.
    pub day_club: Option<(OrganisationId, UserId)>,
}

/// An address in the story's place.
fn address(line: &str, postcode: &str) -> Address {
    Address { line: line.to_owned(), town: "Dorchester".to_owned(), postcode: postcode.to_owned() }
}

/// What everybody's sign-in is made with.
#[derive(Clone)]
pub struct SignIns {
    /// The hash of the password.
    pub hash: String,
    /// The key that seals second factors.
    pub keys: Arc<Keys>,
}

fn user(tx: &mut Tx, party: &Party, with: &SignIns, now: DateTime<Utc>) -> Result<UserId, Error> {
    let user = auth_store::add_user(tx, party.email, party.name, &with.hash, now)?;
    if let Some(secret) = party.second_factor {
        auth_store::factors::begin(tx, &with.keys, user, &Secret::of(secret), now)?;
        auth_store::factors::confirm(tx, user, now)?;
    }
    Ok(user)
}

/// An organisation of the story.
struct Seed {
    name: &'static str,
    kind: OrganisationKind,
    provider: bool,
    holder: bool,
    broker: bool,
    regulated: bool,
    about: &'static str,
    line: &'static str,
    postcode: &'static str,
}

impl Seed {
    /// Records it with one member.
    fn with_member(
        &self,
        tx: &mut Tx,
        member: UserId,
        roles: &[Role],
        now: DateTime<Utc>,
    ) -> Result<OrganisationId, Error> {
        let is_charity = self.kind == OrganisationKind::Charity;
        let new = NewOrganisation {
            name: self.name.to_owned(),
            kind: self.kind,
            is_provider: self.provider,
            is_holder: self.holder,
            is_broker: self.broker,
            address: address(self.line, self.postcode),
            about: self.about.to_owned(),
            la_code: (self.kind == OrganisationKind::Council).then(|| "E06000059".to_owned()),
            charity_status: if is_charity { CharityStatus::Registered } else { CharityStatus::NotACharity },
            charity_number: is_charity.then(|| "0000000".to_owned()),
            regulated: self.regulated,
            fictional: true,
        };
        let id = people_store::add_organisation(tx, &new, now)?;
        for role in roles {
            auth_store::add_membership(tx, member, id, *role, now)?;
        }
        Ok(id)
    }
}

/// Records the parties: organisations with their members, two people, and the broker's mandates.
///
/// # Errors
/// When the database fails.
pub fn seed(tx: &mut Tx, with: &SignIns, now: DateTime<Utc>, today: NaiveDate) -> Result<Seeded, Error> {
    let officer = user(tx, &OFFICER, with, now)?;
    let council = COUNCIL.with_member(tx, officer, &[Role::Officer, Role::Admin], now)?;
    let finance = user(tx, &FINANCE, with, now)?;
    auth_store::add_membership(tx, finance, council, Role::Finance, now)?;
    let safeguarding = user(tx, &SAFEGUARDING, with, now)?;
    auth_store::add_membership(tx, safeguarding, council, Role::Safeguarding, now)?;
    let agent = user(tx, &AGENCY, with, now)?;
    let agency = HOME_CARE.with_member(tx, agent, &ALL_WORK, now)?;
    let mut day_club = None;
    for (party, organisation) in [(&DAY_CLUB, &DAY_CARE), (&ART, &ART_CLASSES), (&CHARITY, &BEFRIENDING)] {
        let member = user(tx, party, with, now)?;
        let organisation = organisation.with_member(tx, member, &ALL_WORK, now)?;
        if party.email == DAY_CLUB.email {
            day_club = Some((organisation, member));
        }
    }
    let broker = user(tx, &BROKER, with, now)?;
    let brokerage = BROKERAGE.with_member(tx, broker, &ALL_WORK, now)?;
    let person = person(tx, &PERSON, "7 Mill Lane", council, with, now)?;
    let neighbour = self::person(tx, &NEIGHBOUR, "9 Mill Lane", council, with, now)?;
    for whom in [person, neighbour] {
        let mandate = NewMandate {
            person: whom,
            user: broker,
            organisation: Some(brokerage),
            authority: Authority::Broker,
            scopes: Authority::Broker.usual(),
            from: today,
            to: None,
        };
        let mandate = mandates_store::add(tx, &mandate, now)?;
        let note = "Asked for at the review; the signed form is with the council.";
        mandates_store::add_evidence(tx, mandate, note, None, officer, now)?;
    }
    Ok(Seeded { person, neighbour, agency, day_club })
}

fn person(
    tx: &mut Tx,
    party: &Party,
    line: &str,
    council: OrganisationId,
    with: &SignIns,
    now: DateTime<Utc>,
) -> Result<PersonId, Error> {
    let user = Some(user(tx, party, with, now)?);
    let address = address(line, "DT1 1XJ");
    let new = NewPerson { user, name: party.name.to_owned(), address, council, fictional: true };
    people_store::add_person(tx, &new, now)
}

const COUNCIL: Seed = Seed {
    name: "Example Vale Council",
    kind: OrganisationKind::Council,
    provider: false,
    holder: false,
    broker: false,
    regulated: false,
    about: "A council of the demonstration.",
    line: "County Hall",
    postcode: "DT1 1XJ",
};
const HOME_CARE: Seed = Seed {
    name: "Harbour Home Care Ltd",
    kind: OrganisationKind::Company,
    provider: true,
    holder: true,
    broker: false,
    regulated: true,
    about: "Care at home, seven days a week. Holds Individual Service Funds for people who ask it to.",
    line: "12 Quay Street",
    postcode: "DT4 8BG",
};
const DAY_CARE: Seed = Seed {
    name: "Sunrise Day Club Ltd",
    kind: OrganisationKind::Company,
    provider: true,
    holder: false,
    broker: false,
    regulated: false,
    about: "A day club with a garden, a kitchen and outings.",
    line: "3 Station Approach",
    postcode: "DT1 1XJ",
};
const ART_CLASSES: Seed = Seed {
    name: "Willow Art Classes",
    kind: OrganisationKind::SoleTrader,
    provider: true,
    holder: false,
    broker: false,
    regulated: false,
    about: "Painting and print making in small groups.",
    line: "The Old Forge",
    postcode: "DT2 8QF",
};
const BEFRIENDING: Seed = Seed {
    name: "Vale Befriending",
    kind: OrganisationKind::Charity,
    provider: true,
    holder: false,
    broker: false,
    regulated: false,
    about: "Company at home or on a walk, by trained befrienders.",
    line: "1 Church Walk",
    postcode: "DT1 1XJ",
};
const BROKERAGE: Seed = Seed {
    name: "Open Door Brokerage",
    kind: OrganisationKind::Company,
    provider: false,
    holder: false,
    broker: true,
    regulated: false,
    about: "Helps people plan and arrange their support. Takes no commission.",
    line: "5 High Street",
    postcode: "DT1 1XJ",
};

/// VAT registration numbers of the story: right by their algorithm, given to nobody.
pub const AGENCY_VAT: &str = "900001120";
/// The day club's.
pub const DAY_CLUB_VAT: &str = "900002215";
/// The charity's.
pub const CHARITY_VAT: &str = "900003310";
/// The VAT registration number that the fictional art teacher once had.
pub const ART_FORMER_VAT: &str = "900004405";

/// The day club shows its insurance, which ends soon.
///
/// # Errors
/// When the database fails.
pub fn insurance(
    tx: &mut Tx,
    (organisation, member): (OrganisationId, UserId),
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<(), Error> {
    let bytes = b"%PDF-1.4\n% The certificate of the demonstration\n".to_vec();
    let file = Uploaded {
        name: "certificate-of-insurance.pdf".to_owned(),
        kind: FileKind::Pdf,
        sha256: sha256_of(&bytes),
        bytes,
    };
    let file = papers::keep_file(tx, &file, member, now)?;
    let until = today + Days::new(20);
    let new = NewDocument { kind: DocumentKind::Insurance, from: until - Days::new(364), until: Some(until) };
    provider_documents::store::add(tx, organisation, &new, file, member, now).map(|_| ())
}
