//! Papers that were issued and files that were sent: kept byte for byte with their SHA-256. Knows no feature.

pub mod store;

use crate::vocabulary;

vocabulary! {
    /// What kind of paper it is.
    PaperKind {
        /// The fixed text of an agreement.
        Agreement = "agreement", "Agreement";
        /// An invoice.
        Invoice = "invoice", "Invoice";
        /// A credit note.
        CreditNote = "credit_note", "Credit note";
        /// A statement of a fund.
        Statement = "statement", "Statement";
    }
}

/// In which print a paper is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// As the template says.
    Usual,
    /// Large print of so many points, for a person who needs it.
    Points(u8),
}

impl Print {
    /// A paper in this print: nothing in it is smaller, on the screen or on paper.
    #[must_use]
    pub fn of(self, html: &str) -> String {
        let Self::Points(points) = self else {
            return html.to_owned();
        };
        // Comes last in the head, so it wins over the paper's own style; a narrow page wraps instead of shrinking.
        let style = format!(
            "<style>:root, body {{ font-size: {points}pt !important; }} \
             body * {{ font-size: max(1em, {points}pt) !important; }} \
             h1 {{ font-size: 1.5em !important; }} h2 {{ font-size: 1.25em !important; }} \
             body {{ max-width: 60rem !important; background: #fff; color: #000; line-height: 1.6; }} \
             dl {{ display: block !important; }} th, td {{ overflow-wrap: anywhere; }}</style>\n</head>"
        );
        html.replacen("</head>", &style, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_print_is_said_last_in_the_head() {
        let html = "<html><head><style>body { font-size: 12pt }</style></head><body></head></body></html>";
        assert_eq!(Print::Usual.of(html), html);
        let large = Print::Points(18).of(html);
        assert!(large.contains("font-size: 18pt !important"), "{large}");
        assert!(large.find("18pt") > large.find("12pt") && large.matches("18pt").count() == 2, "{large}");
    }
}
