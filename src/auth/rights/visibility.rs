//! Who sees what of a person (domain reference 1.3): one table, which pages ask and `docs/visibility.md` prints.

use super::{Actor, Authority, Role};
use crate::ids::{OrganisationId, PersonId};
use crate::vocabulary;

vocabulary! {
    /// As what somebody looks at what concerns a person.
    Viewer {
        /// The person, or somebody who decides for them; a mandate's scopes and hidden items narrow it further.
        Person = "person", "Person, or whoever decides for them";
        /// A broker with a mandate.
        Broker = "broker", "Broker (mandated)";
        /// The organisation that holds the fund.
        Holder = "holder", "Holder of the fund";
        /// A provider with a part in the person's support.
        SubProvider = "sub_provider", "Provider with a part in it";
        /// An officer of the person's council.
        SocialWorker = "social_worker", "Council officer";
        /// Whoever handles the council's money.
        CouncilFinance = "council_finance", "Council finance";
        /// An advocate.
        Advocate = "advocate", "Advocate";
        /// An auditor, as far as their grant reaches.
        Auditor = "auditor", "Auditor (granted)";
    }
}

vocabulary! {
    /// What there is to see of a person.
    Data {
        /// Who they are, where, how they want to be spoken to.
        Identity = "identity", "Identity, contact, communication needs";
        /// What they need and plan.
        Plan = "plan", "Needs, outcomes, plan";
        /// What was written about visits.
        Notes = "notes", "Visit and care notes";
        /// The budget and the terms of agreements.
        Budget = "budget", "Personal budget, agreement terms";
        /// What the person pays themself.
        Contribution = "contribution", "Contribution amount";
        /// Capital, benefits.
        Assessment = "assessment", "Financial assessment detail";
        /// The fund's books.
        Fund = "fund", "Fund ledger, balance";
        /// What services cost.
        Quotes = "quotes", "Quotes and rates";
        /// What was billed.
        Invoices = "invoices", "Invoices";
        /// Account numbers.
        Bank = "bank", "Bank details";
        /// Complaints and safeguarding.
        Concerns = "concerns", "Complaints, safeguarding";
    }
}

vocabulary! {
    /// How much of it somebody sees; what comes later is more.
    Access {
        /// Nothing.
        Nothing = "none", "-";
        /// Totals only, or only the part that concerns them.
        Masked = "masked", "masked";
        /// All of it.
        Read = "read", "reads";
        /// All of it, and acts on it.
        Write = "write", "reads, acts";
    }
}

/// What a viewer sees of a kind of data: the table.
#[must_use]
pub const fn access(viewer: Viewer, data: Data) -> Access {
    use Access::{Masked as M, Nothing as N, Read as R, Write as W};
    let row = match data {
        //                  person broker holder provider officer finance advocate auditor
        Data::Identity => [W, R, R, M, W, R, R, R],
        Data::Plan => [W, W, R, M, W, N, R, R],
        Data::Notes => [R, N, M, W, R, N, M, M],
        Data::Budget => [W, R, W, N, W, R, R, R],
        Data::Contribution => [R, M, R, N, R, W, R, R],
        Data::Assessment => [R, N, N, N, M, W, N, R],
        Data::Fund => [R, R, W, N, R, R, R, R],
        Data::Quotes => [R, R, R, W, R, R, R, R],
        Data::Invoices => [W, W, W, W, R, W, R, R],
        Data::Bank => [W, N, W, W, N, W, N, M],
        Data::Concerns => [W, N, W, W, W, N, R, R],
    };
    let column = match viewer {
        Viewer::Person => 0,
        Viewer::Broker => 1,
        Viewer::Holder => 2,
        Viewer::SubProvider => 3,
        Viewer::SocialWorker => 4,
        Viewer::CouncilFinance => 5,
        Viewer::Advocate => 6,
        Viewer::Auditor => 7,
    };
    row[column]
}

/// Around whom a thing is: whose it is, who funds it, who holds it, who gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// The person.
    pub person: PersonId,
    /// Their council.
    pub council: OrganisationId,
    /// The organisation that holds the fund.
    pub holder: Option<OrganisationId>,
    /// The provider whose part it is.
    pub provider: Option<OrganisationId>,
}

/// As what an actor looks at a thing; several, where they are several.
#[must_use]
pub fn viewers(actor: &Actor, around: &Around) -> Vec<Viewer> {
    let mut found = vec![];
    if actor.person() == Some(around.person) {
        found.push(Viewer::Person);
    }
    for mandate in actor.mandates().iter().filter(|mandate| mandate.person == around.person) {
        found.push(match mandate.authority {
            Authority::Broker => Viewer::Broker,
            Authority::Advocate => Viewer::Advocate,
            _ => Viewer::Person,
        });
    }
    for place in actor.memberships().iter().filter(|place| place.reads()) {
        let here = |organisation: Option<OrganisationId>| organisation == Some(place.organisation);
        found.extend((place.is_holder && here(around.holder)).then_some(Viewer::Holder));
        found.extend((place.is_provider && here(around.provider)).then_some(Viewer::SubProvider));
        if place.is_council && here(Some(around.council)) {
            // Who only reads for a council sees what its officers see.
            let money_only =
                place.does(&[Role::Finance]) && !place.does(&[Role::Officer, Role::Safeguarding, Role::Reader]);
            found.push(if money_only { Viewer::CouncilFinance } else { Viewer::SocialWorker });
        }
    }
    found
}

/// The most that an actor sees of a kind of data, as anything that they are.
#[must_use]
pub fn sees(actor: &Actor, around: &Around, data: Data) -> Access {
    viewers(actor, around).into_iter().map(|viewer| access(viewer, data)).max().unwrap_or(Access::Nothing)
}

/// The table as a page of words.
#[must_use]
pub fn table() -> String {
    let cells = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = "# Who sees what of a person\n\nWritten by `tests/visibility.rs` from the table that the pages ask \
                    (`src/auth/rights/visibility.rs`). A mandate shows at most what its scopes say, and never what the \
                    person keeps from it. “Masked” means totals only, or only the part that concerns them.\n\n"
        .to_owned();
    text.push_str(&cells(["Data"].into_iter().chain(Viewer::ALL.iter().map(|viewer| viewer.words())).collect()));
    text.push_str(&cells(vec!["---"; Viewer::ALL.len() + 1]));
    for data in Data::ALL.iter().copied() {
        let row = Viewer::ALL.iter().map(|viewer| access(*viewer, data).words());
        text.push_str(&cells([data.words()].into_iter().chain(row).collect()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::{Mandate, Membership};
    use crate::ids::MandateId;

    const AROUND: Around = Around {
        person: PersonId::new(7),
        council: OrganisationId::new(1),
        holder: Some(OrganisationId::new(2)),
        provider: Some(OrganisationId::new(3)),
    };

    fn member(organisation: i64, role: Role) -> Actor {
        let membership = Membership {
            organisation: OrganisationId::new(organisation),
            name: String::new(),
            roles: vec![role],
            is_council: organisation == 1,
            is_provider: organisation != 1,
            is_holder: organisation == 2,
            is_broker: false,
        };
        Actor::for_test(None, vec![membership], vec![])
    }

    fn mandated(authority: Authority) -> Actor {
        let mandate = Mandate {
            id: MandateId::new(1),
            person: PersonId::new(7),
            person_name: String::new(),
            organisation: None,
            authority,
            scopes: authority.usual(),
            until: None,
            hidden: vec![],
        };
        Actor::for_test(None, vec![], vec![mandate])
    }

    #[test]
    fn each_sees_what_the_table_says() {
        let person = Actor::for_test(Some(PersonId::new(7)), vec![], vec![]);
        for (actor, notes, contribution, fund) in [
            (person, Access::Read, Access::Read, Access::Read),
            (mandated(Authority::Attorney), Access::Read, Access::Read, Access::Read),
            (mandated(Authority::Broker), Access::Nothing, Access::Masked, Access::Read),
            (mandated(Authority::Advocate), Access::Masked, Access::Read, Access::Read),
            (member(1, Role::Officer), Access::Read, Access::Read, Access::Read),
            (member(1, Role::Finance), Access::Nothing, Access::Write, Access::Read),
            (member(2, Role::Finance), Access::Masked, Access::Read, Access::Write),
            (member(3, Role::Coordinator), Access::Write, Access::Nothing, Access::Nothing),
            (member(4, Role::Coordinator), Access::Nothing, Access::Nothing, Access::Nothing),
            (member(1, Role::Auditor), Access::Nothing, Access::Nothing, Access::Nothing),
        ] {
            let seen = [Data::Notes, Data::Contribution, Data::Fund].map(|data| sees(&actor, &AROUND, data));
            assert_eq!(seen, [notes, contribution, fund], "{actor:?}");
        }
    }
}
