//! The papers of the whole story, written into a folder: what the product issues, to be seen without a click.

use std::path::Path;

use serde_json::json;

use super::caller::{Someone, number};
use super::seed::{NEIGHBOUR, OFFICER, PERSON};
use super::story::Told;
use crate::error::Error;
use crate::reports::journal;
use crate::server;
use crate::web::App;

/// Writes agreements, invoices, statements and the journal; answers the names of the files.
///
/// # Errors
/// When a paper cannot be taken or a file cannot be written.
pub async fn write(app: App, told: &Told, folder: &Path) -> Result<Vec<String>, Error> {
    let journal = app.db.read_long(journal::journal).await?;
    let inside = server::inside(app).await;
    let officer = Someone::signs_in(&inside, &OFFICER).await?;
    let mut written = Writer { folder, names: vec![] };
    for agreement in &told.agreements {
        let paper = officer.takes(&format!("{agreement}/paper")).await?;
        written.file("agreements", &format!("agreement-{}.html", number(agreement)?), &paper)?;
    }
    for invoice in &told.invoices {
        let (name, page) = (format!("invoice-{}", number(invoice)?), officer.sees(invoice).await?);
        written.file("invoices", &format!("{name}.html"), &officer.takes(&format!("{invoice}/paper")).await?)?;
        let json = serde_json::to_string_pretty(&page).map_err(|cause| Error::internal("an invoice", cause))?;
        written.file("invoices", &format!("{name}.json"), &json)?;
    }
    if let (Some(from), Some(to)) = (told.starts_on, told.ends_on) {
        for (fund, party) in told.funds.iter().zip([&PERSON, &NEIGHBOUR]) {
            let owner = Someone::signs_in(&inside, party).await?;
            let asked = json!({ "from": (from - chrono::Days::new(14)).to_string(), "to": to.to_string() });
            let statement = owner.posts(&format!("{fund}/statements"), &asked).await?;
            written.file(
                "statements",
                &format!("statement-{}.html", number(fund)?),
                &owner.takes(&statement).await?,
            )?;
        }
    }
    written.file("", "journal.hledger", &journal)?;
    Ok(written.names)
}

/// Writes files below a folder and remembers their names.
struct Writer<'a> {
    folder: &'a Path,
    names: Vec<String>,
}

impl Writer<'_> {
    fn file(&mut self, below: &str, name: &str, text: &str) -> Result<(), Error> {
        let folder = self.folder.join(below);
        let file = folder.join(name);
        let failed = |cause: std::io::Error| Error::Refused(format!("{} cannot be written: {cause}.", file.display()));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        std::fs::write(&file, text).map_err(failed)?;
        self.names.push(file.display().to_string());
        Ok(())
    }
}
