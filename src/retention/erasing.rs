//! The erasure itself: each feature takes out its own words. What stays is the financial skeleton: amounts, dates, the
//! pseudonymous reference, the fingerprints of the papers and files, the books; the record of who did what, which is
//! sealed; and what safeguarding people keep, whose clock is theirs (an open concern stops the erasure).

use chrono::{DateTime, NaiveDate, Utc};

use super::{Ground, rules, store};
use crate::auth::rights::CouncilOfficer;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, PersonId};
use crate::people::Person;
use crate::web::App;
use crate::{
    agreements, auth, budgets, calendar, communication, concerns, deliveries, invoices, lost_factors, mail, mandates,
    packages, paper, people, personal_data, quotes, reports, reviews, saved_searches, shortlists, users,
};

/// The kind of the job that lists whose time is over.
pub const JOB: &str = "retention";
/// How many people one write of the job looks at.
const AT_ONCE: i64 = 100;

/// Erases what tells of a person. The caller has seen that it may be done.
///
/// # Errors
/// When the database fails.
pub fn erase(
    tx: &mut Tx,
    officer: &CouncilOfficer,
    person: &Person,
    why: (Ground, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let erasure = store::record_erasure(tx, officer, person.id, why, now)?;
    let funds: Vec<FundId> = budgets::store::funds_of_person(tx, person.id)?.iter().map(|fund| fund.id).collect();
    let today = calendar::london(now).date();
    let kept = kept_invoices(tx, &funds, today)?;
    // An invoice that the law wants kept whole keeps its paper; every other paper goes.
    let mut papers = agreements::store::papers_of(tx, &funds)?;
    papers.extend(reports::store::papers_of(tx, &funds)?);
    papers.extend(kept.iter().filter(|(_, _, needed)| !needed).map(|(_, document, _)| *document));
    paper::store::erase(tx, &papers, erasure)?;
    let sent = mandates::store::files_of(tx, person.id)?;
    paper::store::erase_files(tx, &sent, erasure)?;
    mandates::store::erase(tx, person.id, officer.user(), now)?;
    concerns::store::complaints::erase_words(tx, person.id)?;
    let gone: Vec<_> = kept.into_iter().filter(|(_, _, needed)| !needed).map(|(invoice, ..)| invoice).collect();
    invoices::store::erase_words(tx, &gone)?;
    agreements::store::erase_words(tx, &funds, person.user)?;
    deliveries::store::erase_words(tx, &funds)?;
    packages::store::erase_words(tx, &funds)?;
    shortlists::store::erase(tx, person.id)?;
    saved_searches::store::erase(tx, person.user, &funds)?;
    quotes::store::erase_words(tx, &funds)?;
    reviews::store::erase_words(tx, person.id)?;
    budgets::store::erase_words(tx, person.id)?;
    communication::store::erase(tx, person.id)?;
    personal_data::store::erase(tx, person.id, now)?;
    lost_factors::store::erase_words(tx, person.id)?;
    if let Some(user) = person.user {
        let address = auth::store::email_of(tx, user)?;
        mail::store::forget_to(tx, &address)?;
        users::store::forget_links(tx, user, &address)?;
        auth::store::erase_person(tx, user, now)?;
    }
    for address in users::store::forget_to_record(tx, person.id)? {
        // Who signs in with it is somebody else, whose mails are theirs.
        if auth::store::user_by_email(tx, &address)?.is_none() {
            mail::store::forget_to(tx, &address)?;
        }
    }
    people::store::erase(tx, person.id)
}

type Kept = Vec<(crate::ids::InvoiceId, crate::ids::DocumentId, bool)>;

/// The invoices of some funds with their papers, and whether the law still wants each kept whole.
fn kept_invoices(tx: &mut Tx, funds: &[FundId], today: NaiveDate) -> Result<Kept, Error> {
    let found = invoices::store::papers_of(tx, funds)?;
    let kept = |(id, document, issued_on)| (id, document, rules::accounting_needs(issued_on, today));
    Ok(found.into_iter().map(kept).collect())
}

/// Brings the list of those whose time is over to today. It only lists: an officer decides.
///
/// # Errors
/// When the database fails.
pub async fn list_due(app: &App) -> Result<(), Error> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut after = PersonId::new(0);
    loop {
        let look = move |tx: &mut Tx| {
            let some = store::not_erased(tx, after, AT_ONCE)?;
            for person in &some {
                let due = rules::due(&store::facts(tx, *person)?).filter(|(_, day)| *day <= today);
                store::list(tx, *person, due, now)?;
            }
            Ok(some.last().copied())
        };
        match app.db.write(look).await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}
