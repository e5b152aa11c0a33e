//! Services and rates from a sheet, and as a sheet.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::audit::Act;
use crate::auth::rights::{Actor, ProviderMember};
use crate::db::Tx;
use crate::directory::bulk::{self, Plan, Sheet, pages, reading, writing};
use crate::directory::store::{bulk as store, services};
use crate::error::{Error, Invalid};
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::upload::SheetUpload;

const FORM: &str = "directory/bulk.html";
const SHEET: &str = "directory/bulk_sheet.html";

/// The form for a sheet, and the sheets to take.
pub async fn form(visit: Visit, actor: Actor) -> Answer {
    actor.provider_member()?;
    visit.show(FORM, &pages::form())
}

/// Takes a sheet and shows what it would change; nothing is changed yet.
pub async fn send(visit: Visit, actor: Actor, upload: SheetUpload) -> Answer {
    let (provider, now) = (actor.provider_member()?, visit.app.clock.now());
    let bytes = upload.bytes.map_err(str::to_owned).and_then(|bytes| bytes.ok_or_else(|| "Choose a file.".to_owned()));
    let read = match bytes {
        // Off the request's thread: a spreadsheet takes its time.
        Ok(bytes) => actix_web::web::block(move || reading::sheet(&bytes))
            .await
            .map_err(|cause| Error::internal("reading a sheet", cause))?,
        Err(why) => Err(why),
    };
    let sheet = match read {
        Ok(sheet) => serde_json::to_string(&sheet).map_err(|cause| Error::internal("a sheet", cause))?,
        Err(why) => return visit.show_again(Invalid::field("sheet", why).into(), FORM, &pages::form()),
    };
    let member = provider.clone();
    let save = move |tx: &mut Tx| {
        let id = store::keep(tx, &member, &sheet, now)?;
        let act = Act::new("sheet.sent", "sent a sheet of services and prices", member.provider());
        Ok(Done::new(format!("/provider/bulk/{id}"), act.on_behalf_of(member.provider())))
    };
    let outcome = visit.write_once(provider.user(), &upload.sent, save).await;
    visit
        .done_or_again(outcome, "The sheet was read. Look at what it would change.", FORM, async { Ok(pages::form()) })
        .await
}

/// What a sheet would change.
pub async fn sheet(visit: Visit, actor: Actor, path: Path<i64>) -> Answer {
    let page = sheet_page(&visit, actor.provider_member()?, *path).await?;
    visit.show(SHEET, &page)
}

async fn sheet_page(visit: &Visit, provider: ProviderMember, id: i64) -> Result<pages::BulkSheetPage, Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| {
        let (plan, is_done) = planned(tx, &provider, id, today)?;
        Ok(pages::sheet(id, &plan, is_done))
    };
    visit.app.db.read_long(read).await
}

fn planned(tx: &mut Tx, provider: &ProviderMember, id: i64, today: chrono::NaiveDate) -> Result<(Plan, bool), Error> {
    let (sheet, done_at) = store::sheet(tx, provider, id)?;
    let sheet: Sheet = serde_json::from_str(&sheet).map_err(|cause| Error::internal("a kept sheet", cause))?;
    Ok((bulk::plan(tx, provider, &sheet, today)?, done_at.is_some()))
}

/// Does what was shown, in one transaction, if it still would do the same.
pub async fn confirm(visit: Visit, actor: Actor, path: Path<i64>, sent: Submitted) -> Answer {
    let (id, now, today, provider) = (*path, visit.app.clock.now(), visit.app.clock.today(), actor.provider_member()?);
    let (member, fields) = (provider.clone(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let (plan, _) = planned(tx, &member, id, today)?;
        if fields.get("plan").is_none() {
            return Err(Invalid::field("plan", "Say which plan you saw: it stands on the page of the sheet.").into());
        }
        if fields.get("plan") != Some(plan.fingerprint().as_str()) {
            return Err(Error::changed_since("What the sheet would change"));
        }
        store::done(tx, id, now)?;
        let done = bulk::carry_out(tx, &member, &plan, (now, today))?;
        let sheet =
            Act::new("sheet.done", format!("did what a sheet says: {} services", done.len()), member.provider());
        let sheet = Done::new("/provider", sheet.on_behalf_of(member.provider()));
        Ok(done.into_iter().fold(sheet, |all, (service, says)| {
            all.and(Act::new("service.changed", says, service).on_behalf_of(member.provider()))
        }))
    };
    let outcome = visit.write_once(provider.user(), &sent, save).await;
    visit
        .done_or_again(
            outcome,
            "Done. New services wait for you to publish them.",
            SHEET,
            sheet_page(&visit, provider, id),
        )
        .await
}

/// Everything that is listed, as CSV.
pub async fn csv(visit: Visit, actor: Actor) -> Answer {
    written(visit, actor, "csv", "text/csv; charset=utf-8", writing::csv).await
}

/// The same as a spreadsheet.
pub async fn xlsx(visit: Visit, actor: Actor) -> Answer {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    written(visit, actor, "xlsx", kind, writing::xlsx).await
}

/// The same as an OpenDocument spreadsheet.
pub async fn ods(visit: Visit, actor: Actor) -> Answer {
    written(visit, actor, "ods", writing::ODS_KIND, writing::ods).await
}

/// Writes rows as a file.
type Write = fn(&[Vec<String>]) -> Result<Vec<u8>, Error>;

async fn written(
    visit: Visit,
    actor: Actor,
    ending: &str,
    kind: &'static str,
    write: Write,
) -> Result<HttpResponse, crate::web::page::Failure> {
    let (provider, today) = (actor.provider_member()?, visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let listings = services::listings(tx, provider.provider(), today)?;
        write(&writing::rows(&listings, today))
    };
    let bytes = visit.app.db.read_long(read).await?;
    Ok(visit.file(&writing::file_name(today, ending), kind, bytes))
}
