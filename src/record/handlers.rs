//! Who looked at a person's record, and who changed it.

use actix_web::web::Path;

use super::pages::{self, ON_A_PAGE, Reader};
use super::{Show, forms, rules};
use crate::audit::store::{self, Kept};
use crate::audit::{Kind, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::ids::PersonId;
use crate::people;
use crate::web::page::{Answer, Visit};

/// What nobody but the person reads in their record: what they keep from whom, what they complain about, what they say was
/// not as it should be. Who may see more of it sees the thing itself.
const KEPT: Kept = Kept { acts: &["mandate.item%", "delivery.queried"], things: &[ThingKind::Complaint] };

/// The events of a person's record.
pub async fn show(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let (id, asked) = (*path, forms::asked(&visit.query()?));
    // What this server has shown a moment ago is on the page too.
    visit.app.looks.flush(&visit.app.db).await?;
    let kinds: &[Kind] = match asked.show {
        Show::All => &[Kind::View, Kind::Act, Kind::Refused],
        Show::Looked => &[Kind::View],
        Show::Changed => &[Kind::Act],
    };
    let read = move |tx: &mut Tx| {
        let person = people::store::person(tx, &actor, id)?;
        rules::may_read(&actor, id, person.council)?;
        let most = i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX);
        let own = actor.person() == Some(id);
        let without = if own { Kept::default() } else { KEPT };
        let events = store::concerning(tx, id, kinds, (asked.before, most), &without)?;
        let reader = Reader { user: actor.user(), own };
        Ok(pages::page(id, &person.name, asked, events, reader))
    };
    let page = visit.app.db.read(read).await?;
    visit.seen(id, Thing::of(ThingKind::Record, id)).await?;
    visit.show("record/show.html", &page)
}
