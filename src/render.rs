//! Turns a page's struct and its template into text.
//!
//! Templates lie in `templates/`, travel inside the binary and are compiled once, at start. A template sees exactly two
//! names: `page`, the struct of that page, and `frame`, what surrounds it. Values are escaped in every `.html` template.
//! This is the only module that knows the template engine.

use std::error::Error as _;

use rust_embed::Embed;
use serde::de::value::StrDeserializer;
use serde::de::{self, IntoDeserializer};
use serde::{Deserialize, Serialize};
use tera::{Context, Kwargs, State, Tera, Value};
use thiserror::Error;

use crate::error::Invalid;
use crate::money::{Pence, UnitPrice};

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
    /// The classes for how this visitor reads best: the size of print, a plain background.
    pub reading: String,
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
        tera.register_filter("pounds", pounds);
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
            None => {
                return Err(RenderError::Page { template: template.to_owned(), reason: "no struct".to_owned() });
            }
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

/// The filter `pounds`: an amount or a price as a page's JSON has it ("1434.52") in the form that people read
/// ("£1,434.52"). What is neither is shown as it came.
fn pounds(text: &str, _: Kwargs, _: &State) -> String {
    let stored: StrDeserializer<'_, de::value::Error> = text.into_deserializer();
    Pence::deserialize(stored)
        .map(|amount| amount.to_string())
        .or_else(|_| UnitPrice::deserialize(stored).map(|price| price.to_string()))
        .unwrap_or_else(|_| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(template: &str, context: &Context) -> String {
        let mut renderer = Renderer::load().unwrap();
        renderer.tera.add_raw_template("case.html", template).unwrap();
        renderer.fill("case.html", context).unwrap()
    }

    #[test]
    fn every_template_compiles_and_a_missing_one_is_named() {
        let renderer = Renderer::load().unwrap();
        assert!(renderer.template_names().contains(&"layout.html".to_owned()));
        let error = renderer.render_plain("paper/nothing.html", &()).unwrap_err();
        assert!(error.to_string().contains("paper/nothing.html"), "{error}");
    }

    #[test]
    fn values_are_escaped_even_through_parts() {
        let mut context = Context::new();
        context.insert("page", &serde_json::json!({"name": "<b>\"&", "errors": [{"field": "name", "message": "<i>"}]}));
        let html = fixed(r#"{{ <field_text name="name" label="Name" value={page.name}/> }}"#, &context);
        assert!(html.contains(r#"value="&lt;b&gt;&quot;&amp;""#), "{html}");
        assert!(html.contains("&lt;i&gt;") && !html.contains("<i>"), "{html}");
    }

    #[test]
    fn what_was_typed_comes_before_what_is_kept() {
        let mut context = Context::new();
        context.insert("page", &serde_json::json!({"typed": {"net": "26.4x", "form": "b"}}));
        let html = fixed(r#"{{ <field_money name="net" label="Price" value="26.40"/> }}"#, &context);
        assert!(html.contains(r#"value="26.4x""#), "{html}");
        let choices = r#"[{"value": "a", "label": "A", "checked": true}, {"value": "b", "label": "B"}]"#;
        let radios = format!(r#"{{{{ <field_radios name="form" label="Form" choices={{{choices}}}/> }}}}"#);
        let html = fixed(&radios, &context);
        assert!(html.contains(r#"value="b" checked"#) && !html.contains(r#"value="a" checked"#), "{html}");
        let box_left_empty = r#"{{ <field_checkbox name="agree" label="I agree" checked={true}/> }}"#;
        assert!(!fixed(box_left_empty, &context).contains(" checked"));
    }

    #[test]
    fn pounds_reads_what_json_carries() {
        let shown = |text: &str| {
            let mut context = Context::new();
            context.insert("page", text);
            fixed("{{ page | pounds }}", &context)
        };
        assert_eq!(shown("1434.52"), "£1,434.52");
        assert_eq!(shown("-8.50"), "\u{2212}£8.50");
        assert_eq!(shown("0.4375"), "£0.4375");
        assert_eq!(shown("10000000.01"), "£10,000,000.01");
        assert_eq!(shown("free"), "free");
    }
}
