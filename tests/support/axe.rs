//! The accessibility judge: axe-core, run inside the page that a [`Browser`] shows, against the rules
//! of WCAG 2.2 at level AA that a machine can check.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::browser::Browser;
use super::parts;

/// axe-core's names for the success criteria of WCAG 2.0, 2.1 and 2.2 at levels A and AA.
const TAGS: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Runs inside the page. The page's content security policy does not bind what WebDriver executes.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: { type: 'tag', values: arguments[0] }, resultTypes: ['violations'] })
        .then(found => done({ rules: found.passes.length + found.violations.length, violations: found.violations }))
        .catch(error => done({ error: String(error) }));";

/// The judge, with the text of its script.
pub struct Axe {
    script: String,
}

impl Axe {
    /// The judge; `None` where axe-core is not installed and not required.
    pub fn for_tests() -> Option<Axe> {
        parts::take("axe", Axe::find())
    }

    /// The script that `TAILORMADE_TEST_AXE` names, else the one that `.ci/run` installs.
    pub fn find() -> Result<Axe, String> {
        let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/ci/node_modules/axe-core/axe.min.js");
        let path = std::env::var_os("TAILORMADE_TEST_AXE").map_or_else(|| PathBuf::from(installed), PathBuf::from);
        let script = std::fs::read_to_string(&path).map_err(|error| why_not(&path, &error))?;
        Ok(Axe { script })
    }

    /// Every violation on the page that the browser shows, in words; empty when there is none.
    /// Panics when axe could not run, or found nothing at all to judge.
    pub fn violations(&self, browser: &Browser) -> Vec<String> {
        // In the page's own scope, so that the next call finds it.
        let load = format!("{}\nwindow.axe = window.axe || axe;", self.script);
        browser.script(&load, json!([]));
        let found = browser.script_later(RUN, json!([TAGS]));
        assert!(found["error"].is_null(), "axe could not judge the page: {}", found["error"]);
        assert!(found["rules"].as_u64() > Some(0), "axe found nothing to judge: {found}");
        let violations = found["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
        violations.iter().map(in_words).collect()
    }

    /// Panics with every violation on the page, if there is one.
    pub fn must_pass(&self, browser: &Browser) {
        let violations = self.violations(browser);
        assert!(violations.is_empty(), "{} fails axe:\n{}", browser.path(), violations.join("\n"));
    }
}

fn why_not(path: &Path, error: &std::io::Error) -> String {
    format!("axe-core was not found: {}: {error}", path.display())
}

/// The rule, then each place that breaks it with what to do about it.
fn in_words(violation: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words =
        format!("{} ({}): {}", word(&violation["id"]), word(&violation["impact"]), word(&violation["help"]));
    for node in violation["nodes"].as_array().into_iter().flatten() {
        let summary = word(&node["failureSummary"]).replace('\n', " ");
        // Writing to a String cannot fail.
        let _ = write!(words, "\n  {}\n    {summary}", word(&node["html"]));
    }
    words
}
