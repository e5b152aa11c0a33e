//! A letter becomes a mail: plain text and HTML, each from one template.

use super::{EmailAddress, Letter, NewMail, Subject};
use crate::error::Error;
use crate::render::{RenderError, Renderer};

/// Lays a letter out in both forms.
///
/// # Errors
/// When a template does not fit, which is a fault of the program.
pub fn lay_out(
    renderer: &Renderer,
    to: EmailAddress,
    subject: Subject,
    letter: &Letter,
    link_nonce: Option<String>,
) -> Result<NewMail, Error> {
    let failed = |cause: RenderError| Error::internal("a mail", cause);
    let text = renderer.render_plain("mail/letter.txt", letter).map_err(failed)?;
    let html = renderer.render_plain("mail/letter.html", letter).map_err(failed)?;
    Ok(NewMail { to, subject, text, html, link_nonce })
}

#[cfg(test)]
mod tests {
    use super::super::{Action, TOKEN};
    use super::*;

    #[test]
    fn a_letter_is_laid_out_as_text_as_it_is_and_as_html_escaped() {
        let letter = Letter {
            greeting: "Dear <b>Anna</b>".to_owned(),
            paragraphs: vec!["Tom & Mary ask you.".to_owned()],
            action: Some(Action { label: "Go on".to_owned(), href: format!("https://x.example/y/{TOKEN}") }),
            afterwards: vec!["It is good for a day.".to_owned()],
        };
        let to = EmailAddress::parse("anna@example.org").unwrap();
        let subject = Subject::new("Hello").unwrap();
        let mail = lay_out(&Renderer::load().unwrap(), to, subject, &letter, None).unwrap();
        assert!(mail.text.contains("Dear <b>Anna</b>") && mail.text.contains("Tom & Mary"), "{}", mail.text);
        assert!(mail.html.contains("&lt;b&gt;Anna") && mail.html.contains("Tom &amp; Mary"), "{}", mail.html);
        for body in [&mail.text, &mail.html] {
            assert!(body.contains(TOKEN) && body.contains("It is good for a day."), "{body}");
        }
    }
}
