//! Turns a page's struct and its template into text.
//!
//! Templates lie in `templates/`, travel inside the binary and are compiled once, at start. A template sees exactly two
//! names: `page`, the struct of that page, and `frame`, what surrounds it. Values are escaped in every `.html` template.
//! This is the only module that knows the template engine.

use std::error::Error as _;

use rust_embed::Embed;
use serde::Serialize;
use tera::{Context, Tera, Value};
use thiserror::Error;

use crate::error::Invalid;

#[derive(Embed)]
#[folder = "templates/"]
struct Templates;

/// Why a page could not be rendered; always a fault of the program, never of the visitor.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The templates could not be compiled, which is found out at start.
    #[error("the templates cannot be compiled: {reason}")]
    Templates {
        /// The file, the line and what is wrong with it, for a developer.
        reason: String,
    },
    /// A template and the struct that was given to it do not fit together.
    #[error("{template} cannot be rendered: {reason}")]
    Page {
        /// The path of the template below `templates/`.
        template: String,
        /// What is missing or wrong, for a developer.
        reason: String,
    },
}

/// One entry of the navigation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Link {
    /// The words to read.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the visitor is there now.
    pub current: bool,
}

/// What surrounds every page of the site. Pure data: whoever handles the request fills it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Frame {
    /// The signed-in user's name; without one the page offers to sign in instead of out.
    pub user_name: Option<String>,
    /// The places that this user can go to, without signing in and out, which the layout adds.
    pub nav: Vec<Link>,
    /// The one-time token that every form of this page carries.
    pub form_token: String,
    /// What has just been done, in one sentence, after a redirect.
    pub notice: Option<String>,
    /// Whether this is the demonstration, whose story is fictional.
    pub demo: bool,
    /// Where the stylesheet lies, with its content hash.
    pub style_href: String,
    /// Where the script lies, with its content hash.
    pub script_href: String,
    /// Where the site's icon lies, with its content hash.
    pub icon_href: String,
    /// The path of this page, to come back to after signing in.
    pub path: String,
}

/// The compiled templates.
#[derive(Debug)]
pub struct Renderer {
    tera: Tera,
}

impl Renderer {
    /// Compiles all templates.
    ///
    /// # Errors
    /// [`RenderError::Templates`] when one of them is not UTF-8, does not parse, or names a part that does not exist.
    pub fn load() -> Result<Self, RenderError> {
        let mut sources = Vec::new();
        for name in Templates::iter() {
            let Some(file) = Templates::get(&name) else {
                continue;
            };
            let source = String::from_utf8(file.data.into_owned())
                .map_err(|error| RenderError::Templates { reason: format!("{name}: {error}") })?;
            sources.push((name.into_owned(), source));
        }
        let mut tera = Tera::new();
        tera.add_raw_templates(sources).map_err(|error| RenderError::Templates { reason: whole_reason(&error) })?;
        Ok(Self { tera })
    }

    /// Renders a page of the site inside its frame.
    ///
    /// # Errors
    /// [`RenderError::Page`] when the template is not there or asks for what the page does not have.
    pub fn render(&self, template: &str, page: &impl Serialize, frame: &Frame) -> Result<String, RenderError> {
        let mut context = page_context(template, page)?;
        context.insert_value("frame", value_of(template, frame)?);
        self.fill(template, &context)
    }

    /// Renders a page with a form: what was typed (`page.typed`) and what was wrong with it (`page.errors`) are always
    /// there, empty when the form is new.
    ///
    /// # Errors
    /// [`RenderError::Page`] when the template is not there or asks for what the page does not have.
    pub fn render_form(
        &self,
        template: &str,
        page: &impl Serialize,
        frame: &Frame,
        invalid: Option<&Invalid>,
    ) -> Result<String, RenderError> {
        let none = Invalid::default();
        let invalid = invalid.unwrap_or(&none);
        let value = value_of(template, page)?;
        let value = match value.into_map() {
            None => return Err(RenderError::Page { template: template.to_owned(), reason: "no struct".to_owned() }),
            Some(mut map) => {
                map.insert("errors".into(), value_of(template, &invalid.errors)?);
                map.insert("typed".into(), value_of(template, &invalid.typed)?);
                Value::from(map)
            }
        };
        let mut context = Context::new();
        context.insert_value("page", value);
        context.insert_value("frame", value_of(template, frame)?);
        self.fill(template, &context)
    }

    /// Renders a paper or a message that stands alone, without the site's frame.
    ///
    /// # Errors
    /// [`RenderError::Page`] when the template is not there or asks for what the page does not have.
    pub fn render_plain(&self, template: &str, page: &impl Serialize) -> Result<String, RenderError> {
        let context = page_context(template, page)?;
        self.fill(template, &context)
    }

    /// The paths of all templates below `templates/`, sorted.
    pub fn template_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.tera.get_template_names().map(str::to_owned).collect();
        names.sort();
        names
    }

    fn fill(&self, template: &str, context: &Context) -> Result<String, RenderError> {
        self.tera.render(template, context).map_err(|error| page_error(template, &error))
    }
}

fn page_context(template: &str, page: &impl Serialize) -> Result<Context, RenderError> {
    let mut context = Context::new();
    context.insert_value("page", value_of(template, page)?);
    Ok(context)
}

fn value_of(template: &str, data: &impl Serialize) -> Result<Value, RenderError> {
    Value::try_from_serializable(data).map_err(|error| page_error(template, &error))
}

fn page_error(template: &str, error: &tera::Error) -> RenderError {
    RenderError::Page { template: template.to_owned(), reason: whole_reason(error) }
}

/// The engine's message with all its causes: the outermost alone seldom says which line is wrong.
fn whole_reason(error: &tera::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        reason.push_str(": ");
        reason.push_str(&inner.to_string());
        cause = inner.source();
    }
    reason
}
