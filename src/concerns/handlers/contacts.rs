//! How a council is reached when something is wrong: recorded by its officers, shown wherever somebody may need it.

use crate::audit::Act;
use crate::auth::rights::{Actor, CouncilOfficer};
use crate::concerns::pages::complaints::ContactsPage;
use crate::concerns::{forms, store};
use crate::error::Error;
use crate::people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const TEMPLATE: &str = "concerns/contacts.html";

/// The form.
pub async fn show(visit: Visit, actor: Actor) -> Answer {
    let officer = actor.council_officer()?;
    visit.show(TEMPLATE, &page(&visit, officer).await?)
}

async fn page(visit: &Visit, officer: CouncilOfficer) -> Result<ContactsPage, Error> {
    visit
        .app
        .db
        .read(move |tx| {
            let contacts = store::contacts::of_council(tx, officer.council())?.unwrap_or_default();
            let council = people::store::organisation(tx, officer.council())?.name;
            Ok(ContactsPage { council, complaints_team: contacts.complaints_team, care_line: contacts.care_line })
        })
        .await
}

/// Records it.
pub async fn record(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (officer, now) = (actor.council_officer()?, visit.app.clock.now());
    let right = officer.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::contacts(&sent.fields), move |tx, new| {
            store::contacts::record(tx, &right, new, now)?;
            let council = right.council();
            let act = Act::new("contacts.recorded", "recorded how the council is reached", council);
            Ok(Done::new("/concerns", act.on_behalf_of(council)))
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "It is recorded. It is shown wherever somebody may need it.")),
        Err(error) => visit.show_again(error, TEMPLATE, &page(&visit, officer).await?),
    }
}
