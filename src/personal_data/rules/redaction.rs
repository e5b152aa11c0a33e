//! Takes other people out of what is written: their names, references, e-mail addresses and postcodes, found as words
//! wherever they stand, in a note as in a whole paper. Pure.

use std::collections::HashMap;

/// A surname shorter than this is too often a word.
const SHORTEST_SURNAME: usize = 4;

/// What stands in the place of another person.
pub const SOMEBODY: &str = "[somebody else]";
/// What stands in the place of somebody who works for an organisation.
pub const STAFF: &str = "[a member of staff]";

/// Words that are looked for, and what becomes of them.
#[derive(Clone, Debug)]
struct Term {
    words: Vec<String>,
    /// A single name counts only when it is written as one.
    capital: bool,
    /// What stands in its place; nothing, when it stays.
    instead: Option<&'static str>,
}

/// Everybody who must not be in a text.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    by_first: HashMap<String, Vec<Term>>,
}

/// A word of a text and where it stands.
struct Word {
    lower: String,
    capital: bool,
    from: usize,
    to: usize,
}

/// The words of a text. A character that a page had to write as `&...;` separates words as the character itself does.
fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = vec![];
    let mut chars = text.char_indices().peekable();
    while let Some((at, letter)) = chars.next() {
        if letter == '&' {
            let end = text[at..].char_indices().take(9).find(|(_, found)| *found == ';').map(|(end, _)| at + end);
            while end.is_some_and(|end| chars.peek().is_some_and(|(next, _)| *next <= end)) {
                chars.next();
            }
        }
        if letter == '<' {
            let end = at + tag(&text[at..]);
            while chars.peek().is_some_and(|(next, _)| *next < end) {
                chars.next();
            }
        }
        if !letter.is_alphanumeric() {
            continue;
        }
        let mut to = at + letter.len_utf8();
        while let Some((next, more)) = chars.peek().copied().filter(|(_, more)| more.is_alphanumeric()) {
            to = next + more.len_utf8();
            chars.next();
        }
        found.push(Word { lower: text[at..to].to_lowercase(), capital: letter.is_uppercase(), from: at, to });
    }
    found
}

/// How long a tag is with which a text goes on, if it is one that can stand within a name and says nothing itself: a closed
/// list, so that no name hides between the angle brackets of a note.
fn tag(text: &str) -> usize {
    const WITHIN: [&str; 6] = ["b", "i", "em", "strong", "span", "small"];
    let is_one = |end: &usize| WITHIN.contains(&text[1..*end].trim_start_matches('/'));
    text.find('>').filter(is_one).map_or(0, |end| end + 1)
}

impl Redactor {
    /// Words that stay, whoever else is called the same: the person's own, an organisation's name.
    pub fn keep(&mut self, text: &str) {
        self.add(text, None);
    }

    /// A name, reference, address or number of somebody that is taken out.
    pub fn take_out(&mut self, text: &str, instead: &'static str) {
        self.add(text, Some(instead));
    }

    /// A name that somebody gave themselves: the whole of it, and only when it has more than one word. Whoever calls
    /// themselves "Support" must not take that word out of everybody's copy.
    pub fn take_out_full_name(&mut self, name: &str, instead: &'static str) {
        if words(name).len() > 1 {
            self.take_out(name, instead);
        }
    }

    /// The name of another person as their council recorded it: the whole of it, and the surname alone where it is written
    /// as a name.
    pub fn take_out_name(&mut self, name: &str) {
        self.take_out_full_name(name, SOMEBODY);
        let parts = words(name);
        if let [_, .., last] = parts.as_slice()
            && last.lower.chars().count() >= SHORTEST_SURNAME
        {
            self.insert(Term { words: vec![last.lower.clone()], capital: true, instead: Some(SOMEBODY) });
        }
    }

    fn add(&mut self, text: &str, instead: Option<&'static str>) {
        let words: Vec<String> = words(text).into_iter().map(|word| word.lower).collect();
        self.insert(Term { capital: words.len() == 1, words, instead });
    }

    /// What stays comes before what goes, of the same words.
    fn insert(&mut self, term: Term) {
        let Some(first) = term.words.first() else {
            return;
        };
        let known = self.by_first.entry(first.clone()).or_default();
        match known.iter_mut().find(|known| known.words == term.words) {
            Some(before) if term.instead.is_none() => *before = term,
            Some(_) => {}
            None => known.push(term),
        }
    }

    /// The text without them, when there was anything to take out.
    #[must_use]
    pub fn redacted(&self, text: &str) -> Option<String> {
        let found = words(text);
        let (mut at, mut copied, mut changed) = (0, 0, String::new());
        while at < found.len() {
            let Some(term) = self.longest(&found[at..]) else {
                at += 1;
                continue;
            };
            let last = at + term.words.len() - 1;
            if let Some(instead) = term.instead {
                changed.push_str(&text[copied..found[at].from]);
                changed.push_str(instead);
                copied = found[last].to;
            }
            at = last + 1;
        }
        if copied == 0 {
            return None;
        }
        changed.push_str(&text[copied..]);
        Some(changed)
    }

    /// The longest of the terms with which a text goes on.
    fn longest(&self, text: &[Word]) -> Option<&Term> {
        let first = text.first()?;
        let terms = self.by_first.get(&first.lower)?.iter();
        let fits = |term: &&Term| {
            let same = term.words.iter().zip(text).filter(|(term, word)| **term == word.lower).count();
            same == term.words.len() && (!term.capital || first.capital)
        };
        terms.filter(fits).max_by_key(|term| term.words.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.keep("Mary Whitlow");
        redactor.keep("Ashdown Day Club");
        redactor.take_out_name("Tom Ashdown");
        redactor.take_out("TM-7KQ2-M9XA", SOMEBODY);
        redactor.take_out("tom@demo.example", SOMEBODY);
        redactor.take_out_full_name("Olive O’Marsh", STAFF);
        redactor.take_out_full_name("Support", STAFF);
        redactor.take_out_name("Visit");
        redactor.take_out_name("Paul Whitlow");
        redactor.keep("Whitlow");
        redactor
    }

    fn now(text: &str) -> String {
        redactor().redacted(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn somebody_else_is_taken_out_however_they_are_written() {
        for text in [
            "Tom Ashdown",
            "tom  ashdown",
            "TOM ASHDOWN",
            "Mr Ashdown",
            "TM-7KQ2-M9XA",
            "tm 7kq2 m9xa",
            "tom@demo.example",
        ] {
            let said = now(&format!("Mary and {text} went out."));
            assert!(said.contains(SOMEBODY) && said.ends_with(" went out."), "{text}: {said}");
            assert!(!said.to_lowercase().contains("ashdown") && !said.to_lowercase().contains("7kq2"), "{said}");
        }
        assert_eq!(now("Ashdown’s dog"), "[somebody else]’s dog");
        assert_eq!(now("by Olive O’Marsh, officer"), "by [a member of staff], officer");
        assert_eq!(now("by Olive O&#x27;Marsh, officer"), "by [a member of staff], officer");
        assert_eq!(now("<b>Tom</b> <i>Ashdown</i>!"), "<b>[somebody else]</i>!");
        assert_eq!(now("<Tom Ashdown> <tom@demo.example> <"), "<[somebody else]> <[somebody else]> <");
        assert_eq!(now("<td>Tom</td><td>Ashdown</td>"), "<td>Tom</td><td>[somebody else]</td>");
    }

    #[test]
    fn what_is_the_persons_own_or_an_organisations_stays() {
        for text in [
            "Mary Whitlow",
            "Mrs Whitlow",
            "Ashdown Day Club",
            "the ashdown road",
            "Tomorrow",
            "Tom",
            "",
            "Support",
            "Visit",
        ] {
            assert_eq!(now(text), text);
        }
        assert_eq!(redactor().redacted("nothing here"), None);
        assert_eq!(now("Paul Whitlow and Mary Whitlow"), "[somebody else] and Mary Whitlow");
    }
}
