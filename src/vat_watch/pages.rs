//! What the pages of alerts receive.

use serde::Serialize;
use utoipa::ToSchema;

use super::Alert;
use crate::calendar;

/// An alert in a list.
#[derive(Serialize, ToSchema)]
pub struct AlertRow {
    /// Where it is read.
    pub href: String,
    /// What it is about.
    pub title: &'static str,
    /// Whose VAT it is.
    pub provider: String,
    /// Since when.
    pub since: String,
    /// How it stands.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
}

/// What somebody should look at about VAT; template `vat_watch/list.html`.
#[derive(Serialize, ToSchema)]
pub struct AlertsPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// The alerts, the newest first.
    pub alerts: Vec<AlertRow>,
}

/// The list of alerts.
#[must_use]
pub fn list(alerts: &[Alert]) -> AlertsPage {
    let state = match alerts.iter().filter(|alert| alert.ended.is_none()).count() {
        0 => "There is nothing to look at.".to_owned(),
        1 => "There is one thing to look at.".to_owned(),
        many => format!("There are {many} things to look at."),
    };
    AlertsPage { state, alerts: alerts.iter().map(row).collect() }
}

fn row(alert: &Alert) -> AlertRow {
    let (state, tone) = standing(alert);
    AlertRow {
        href: format!("/vat-alerts/{}", alert.id),
        title: alert.kind.words(),
        provider: alert.provider.1.clone(),
        since: calendar::full(calendar::london(alert.at).date()),
        state,
        tone,
    }
}

fn standing(alert: &Alert) -> (String, &'static str) {
    let day = |at| calendar::full(calendar::london(at).date());
    match &alert.ended {
        None => ("To look at".to_owned(), "warning"),
        Some((None, at)) => (format!("Gone since {}", day(*at)), "good"),
        Some((Some(_), at)) => (format!("Ended with a reason on {}", day(*at)), "plain"),
    }
}

/// One alert; template `vat_watch/show.html`.
#[derive(Serialize, ToSchema)]
pub struct AlertPage {
    /// Its id.
    pub id: i64,
    /// What it is about.
    pub title: &'static str,
    /// Whose VAT it is.
    pub provider: String,
    /// What is so and what to do.
    pub says: String,
    /// Since when.
    pub since: String,
    /// How it stands.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// The reason that the provider gave.
    pub reason: Option<String>,
    /// Who gave it.
    pub by: Option<String>,
    /// Where the invoice is that it is about.
    pub invoice_href: Option<String>,
    /// Where the VAT class of the service is that it is about.
    pub service_href: Option<String>,
    /// Whether the actor may end it.
    pub may_end: bool,
}

/// The page of an alert.
#[must_use]
pub fn show(alert: &Alert, may_end: bool) -> AlertPage {
    let (state, tone) = standing(alert);
    let given = alert.ended.as_ref().and_then(|(given, _)| given.clone());
    AlertPage {
        id: alert.id.number(),
        title: alert.kind.words(),
        provider: alert.provider.1.clone(),
        says: alert.says.clone(),
        since: calendar::full(calendar::london(alert.at).date()),
        state,
        tone,
        reason: given.as_ref().map(|(reason, _)| reason.clone()),
        by: given.map(|(_, by)| by),
        invoice_href: alert.invoice.map(|invoice| format!("/invoices/{invoice}")),
        service_href: alert.service.map(|service| format!("/services/{service}/vat-class")),
        may_end,
    }
}
