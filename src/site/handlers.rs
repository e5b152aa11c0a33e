//! The first page, the pages of words, and the description for programs.

use actix_web::{HttpResponse, web};

use super::pages::{HomePage, WordsPage};
use super::{ApiDescription, desk};
use crate::auth::rights::Actor;
use crate::db::dialect;
use crate::web::page::{Answer, Visit};

/// The first page: a question for a visitor, a desk for somebody who is signed in.
pub async fn home(visit: Visit, actor: Option<Actor>) -> Answer {
    let Some(actor) = actor else {
        return visit.show("site/home.html", &HomePage::default());
    };
    let today = visit.app.clock.today();
    let page = visit.app.db.read(move |tx| desk::page(tx, &actor, today)).await?;
    visit.show("site/desk.html", &page)
}

/// The words we use.
pub async fn glossary(visit: Visit) -> Answer {
    visit.show("site/glossary.html", &WordsPage { title: "Words we use" })
}

/// How far the site is accessible.
pub async fn accessibility(visit: Visit) -> Answer {
    visit.show("site/accessibility.html", &WordsPage { title: "Accessibility" })
}

/// What is kept about whom, and why.
pub async fn privacy(visit: Visit) -> Answer {
    visit.show("site/privacy.html", &WordsPage { title: "Privacy" })
}

/// Every URL for programs, as OpenAPI.
pub async fn api(description: web::Data<ApiDescription>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(description.0)
}

/// Answers when the database does, for whatever watches over the service. Not of the public site.
pub async fn health(visit: Visit) -> Answer {
    visit.app.db.read(|tx| dialect::triggers(tx).map(|_| ())).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok"))
}

/// What an operator watches. Not of the public site.
pub async fn metrics(visit: Visit) -> Answer {
    let text = visit.app.metrics.text(visit.app.db.writes_and_commits())?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
