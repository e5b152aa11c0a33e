//! `organisation add`, `user add` and `user remove-second-factor`: how a real installation begins, and the way out when
//! nobody in it can help.

use std::io::{BufRead, IsTerminal};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::{Done, Failure, event, open, open_existing, say, seal};
use crate::audit::{self, Act};
use crate::auth::rights::Role;
use crate::auth::{SHORTEST, password, store};
use crate::calendar::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::ids::OrganisationId;
use crate::lost_factors::store as lost_factors;
use crate::mail::desk::Desk;
use crate::people::{self, Address, OrganisationKind};
use crate::places::adult_social_care_council;
use crate::render::Renderer;
use crate::users::rules::passwords;
use crate::vat::CharityStatus;
use crate::web::form::LINE;

/// What `user add` is told.
#[derive(Args, Debug)]
pub(super) struct NewUser {
    /// The e-mail address to sign in with.
    #[arg(value_parser = email)]
    email: String,
    /// The name that others see.
    #[arg(long, value_parser = line)]
    name: String,
    /// The number of a council that they are an officer of; may be given more than once.
    #[arg(long = "council", value_name = "NUMBER")]
    councils: Vec<OrganisationId>,
    /// The number of an organisation that they work for; needs --role.
    #[arg(long, value_name = "NUMBER", requires = "role")]
    organisation: Option<OrganisationId>,
    /// They run the installation. That shows them nobody’s record, until they say why.
    #[arg(long)]
    operator: bool,
    /// What they do in that organisation.
    #[arg(long, requires = "organisation", value_parser = role())]
    role: Option<Role>,
}

/// What `user remove-second-factor` is told.
#[derive(Args, Debug)]
pub(super) struct LostFactor {
    /// The e-mail address with which they sign in.
    #[arg(value_parser = email)]
    email: String,
    /// Why, and how you saw that it is really them. It is recorded.
    #[arg(long, value_parser = line)]
    because: String,
}

/// What `organisation add` is told.
#[derive(Args, Debug)]
pub(super) struct NewOrganisation {
    /// The name.
    #[arg(value_parser = line)]
    name: String,
    /// What it is in law.
    #[arg(long, value_parser = kind())]
    kind: OrganisationKind,
    /// It sells services.
    #[arg(long)]
    provider: bool,
    /// It may hold funds for people.
    #[arg(long)]
    holder: bool,
    /// It arranges support for people.
    #[arg(long)]
    broker: bool,
    /// A council's area: the code of the Office for National Statistics, like E06000059.
    #[arg(long, value_name = "CODE", value_parser = area)]
    area: Option<String>,
    /// House and street.
    #[arg(long, default_value = "", value_parser = optional_line)]
    address: String,
    /// Town.
    #[arg(long, default_value = "", value_parser = optional_line)]
    town: String,
    /// Postcode.
    #[arg(long, default_value = "", value_parser = optional_line)]
    postcode: String,
}

/// The codes of a closed list as possible values, with their words as help.
fn codes(of: impl Iterator<Item = (&'static str, &'static str)>) -> PossibleValuesParser {
    PossibleValuesParser::new(of.map(|(code, words)| PossibleValue::new(code).help(words)))
}

fn role() -> impl TypedValueParser<Value = Role> {
    let codes = codes(Role::ALL.iter().map(|role| (role.code(), role.words())));
    codes.try_map(|code| Role::from_code(&code).ok_or("no such role"))
}

fn kind() -> impl TypedValueParser<Value = OrganisationKind> {
    let codes = codes(OrganisationKind::ALL.iter().map(|kind| (kind.code(), kind.words())));
    codes.try_map(|code| OrganisationKind::from_code(&code).ok_or("no such kind"))
}

fn email(text: &str) -> Result<String, String> {
    let text = line(text)?;
    match text.split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace) => Ok(text),
        _ => Err("write an e-mail address, like officer@example.org".to_owned()),
    }
}

fn line(text: &str) -> Result<String, String> {
    match optional_line(text)? {
        empty if empty.is_empty() => Err("write at least one character".to_owned()),
        line => Ok(line),
    }
}

fn optional_line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > LINE || text.chars().any(char::is_control) {
        return Err(format!("write at most {LINE} characters on one line"));
    }
    Ok(text.to_owned())
}

fn area(code: &str) -> Result<String, String> {
    let council = adult_social_care_council(code.trim());
    council.map(|council| council.code.clone()).ok_or_else(|| {
        "this is no code of a council in England with the duty of adult social care; it looks like E06000059".to_owned()
    })
}

/// Adds an organisation.
pub(super) fn add_organisation(config: &Config, new: &NewOrganisation) -> Done {
    let is_council = new.kind == OrganisationKind::Council;
    if is_council != new.area.is_some() {
        let why = if is_council { "a council needs --area" } else { "--area is for a council only" };
        return Err(Failure::WrongUsage(format!("{why}.")));
    }
    let is_charity = new.kind == OrganisationKind::Charity;
    let row = people::NewOrganisation {
        name: new.name.clone(),
        kind: new.kind,
        is_provider: new.provider,
        is_holder: new.holder,
        is_broker: new.broker,
        address: Address { line: new.address.clone(), town: new.town.clone(), postcode: new.postcode.clone() },
        about: String::new(),
        la_code: new.area.clone(),
        charity_status: if is_charity { CharityStatus::Unknown } else { CharityStatus::NotACharity },
        charity_number: None,
        regulated: false,
        fictional: false,
    };
    let now = Clock::system().now();
    let db = open(config)?;
    let id = db.write_now(move |tx| {
        let id = people::store::add_organisation(tx, &row, now)?;
        let added = Act::new("organisation.added", format!("added the organisation {}", row.name), id);
        audit::store::append(tx, &event("organisation add", added)).map(|()| id)
    })?;
    seal(&db)?;
    say(&format!("Organisation {id} was added: {}.", new.name))
}

/// Adds a user with their places in organisations, all or nothing.
pub(super) fn add_user(config: &Config, new: &NewUser) -> Done {
    let db = open(config)?;
    let hash = password::hash(&read_password(&[&new.name, &new.email])?)?;
    let places: Vec<(OrganisationId, Role)> =
        new.councils.iter().map(|council| (*council, Role::Officer)).chain(new.organisation.zip(new.role)).collect();
    let (email, name, now) = (new.email.clone(), new.name.clone(), Clock::system().now());
    let is_operator = new.operator;
    db.write_now(move |tx| {
        let user = store::add_user(tx, &email, &name, &hash, now)?;
        for (organisation, role) in &places {
            let found = people::store::organisations_by_id(tx, &[*organisation])?;
            let found = found.first().map(|found| found.kind);
            check_place(*organisation, found, *role)?;
            store::add_membership(tx, user, *organisation, *role, now)?;
        }
        if is_operator {
            store::access::make_operator(tx, user)?;
        }
        let places: Vec<_> = places.iter().map(|(place, role)| (place.number(), role.code())).collect();
        let added = Act::new("user.added", format!("added a sign-in for {name}"), user).after(&(places, is_operator));
        audit::store::append(tx, &event("user add", added))
    })?;
    seal(&db)?;
    say(&format!("{} was added: {}.", new.name, new.email))
}

/// Takes a second factor away that its owner has lost.
pub(super) fn remove_second_factor(config: &Config, lost: &LostFactor) -> Done {
    let db = open_existing(config)?;
    let renderer = Renderer::load().map_err(|cause| Error::internal("the templates", cause))?;
    let (email, because, now) = (lost.email.clone(), lost.because.clone(), Clock::system().now());
    let public_url = config.public_url.clone();
    let name = db.write_now(move |tx| {
        let unknown = || Error::Refused(format!("Nobody signs in with {email}."));
        let user = store::user_by_email(tx, &email)?.ok_or_else(unknown)?;
        let desk = Desk { renderer: &renderer, public_url: &public_url, now };
        lost_factors::remove_now(tx, &desk, user.id)?;
        let says = format!("took the second factor of {} away", user.name);
        let act = Act::new("second_factor.removed_by_operator", says, user.id).because(&because);
        audit::store::append(tx, &event("user remove-second-factor", act)).map(|()| user.name)
    })?;
    seal(&db)?;
    say(&format!("{name} signs in with a password alone now, and is told by mail."))
}

/// An officer belongs to a council, and a council has officers, people who handle money, and readers.
fn check_place(organisation: OrganisationId, kind: Option<OrganisationKind>, role: Role) -> Result<(), Error> {
    let why = match (kind, role) {
        (None, _) => format!("There is no organisation {organisation}."),
        (Some(OrganisationKind::Council), role) if !role.fits(true) => {
            format!("Organisation {organisation} is a council, and a council has nobody in the role {}.", role.code())
        }
        (Some(kind), role) if kind != OrganisationKind::Council && !role.fits(false) => {
            format!("Organisation {organisation} is no council, and only councils have the role {}.", role.code())
        }
        _ => return Ok(()),
    };
    Err(Error::Refused(why))
}

/// The password, from the terminal without showing it, or as one line from standard input; never an argument, which
/// others on the machine could read.
fn read_password(known: &[&str]) -> Result<String, Failure> {
    let typed = if std::io::stdin().is_terminal() { ask_twice()? } else { first_line()? };
    passwords::check(&typed, known).map_err(|why| Failure::Refused(why.to_string()))?;
    Ok(typed)
}

fn first_line() -> Result<String, Failure> {
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask_twice() -> Result<String, Failure> {
    let terminal = console::Term::stderr();
    terminal.write_str(&format!("Password (at least {} characters): ", SHORTEST))?;
    let first = terminal.read_secure_line()?;
    terminal.write_str("The same again: ")?;
    if terminal.read_secure_line()? == first {
        Ok(first)
    } else {
        Err(Failure::Refused("The two passwords are not the same. Nobody was added.".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_fit_organisations() {
        let one = OrganisationId::new(1);
        assert!(check_place(one, Some(OrganisationKind::Council), Role::Officer).is_ok());
        assert!(check_place(one, Some(OrganisationKind::Company), Role::Coordinator).is_ok());
        assert!(check_place(one, Some(OrganisationKind::Company), Role::Officer).is_err());
        assert!(check_place(one, Some(OrganisationKind::Council), Role::Coordinator).is_err());
        assert!(check_place(one, None, Role::Reader).is_err());
    }

    #[test]
    fn areas_are_councils_with_the_duty() {
        assert_eq!(area("E06000059").unwrap(), "E06000059");
        assert!(area("E99999999").is_err());
        assert!(email("nobody").is_err() && email("a@b c").is_err());
    }
}
