//! The page on which the demonstration's mails lie.

use super::{pages, store};
use crate::error::Error;
use crate::web::page::{Answer, Visit};

/// The mails of the demonstration; anywhere else there is no such page.
pub async fn demo_mails(visit: Visit) -> Answer {
    if !visit.app.is_demo() {
        return Err(Error::NotFound.into());
    }
    let keys = visit.app.keys.clone();
    let mails = visit.app.db.read(move |tx| store::newest(tx, &keys)).await?;
    visit.show("mail/demo.html", &pages::demo_mails(mails, &visit.app.config.public_url))
}
