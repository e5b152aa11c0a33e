//! The text of an agreement: ten lines of plain words and the numbered clauses, made from the terms alone; and back from
//! the paper on which it was fixed, so that what is shown later is what was signed.

use super::super::{Clause, FeePosition, NoticeWeeks, Parties, Party, SurplusRule, Terms, Text};
use super::terms::{weekly_parts, weeks_paid};
use crate::budgets::{ContributionMode, Fund, Payer, PaymentFrequency, rules::payer};
use crate::calendar;
use crate::vat::{Arrangement, Cost, Form, Recovery, Structure};

/// Everything that the words are made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Who the three are.
    pub parties: &'a Parties,
    /// The fund.
    pub fund: &'a Fund,
    /// The terms.
    pub terms: &'a Terms,
    /// What the fee costs each week.
    pub fee: &'a Cost,
}

/// Writes the text.
#[must_use]
pub fn text(source: Source) -> Text {
    Text { lines: source.lines(), clauses: numbered(source.clauses()) }
}

/// Gives each clause its number.
fn numbered(clauses: Vec<(&str, Vec<String>)>) -> Vec<Clause> {
    let clause = |(number, (heading, sentences)): (usize, (&str, Vec<String>))| Clause {
        heading: format!("{}. {heading}", number + 1),
        sentences,
    };
    clauses.into_iter().enumerate().map(clause).collect()
}

/// "1 week", "4 weeks".
fn weeks(count: i64) -> String {
    if count == 1 { "1 week".to_owned() } else { format!("{count} weeks") }
}

/// "1 day", "14 days".
fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// "on the day", "4 weeks before".
fn before(count: i64) -> String {
    if count == 0 { "on the day".to_owned() } else { format!("{} before", weeks(count)) }
}

impl Source<'_> {
    fn lines(&self) -> Vec<String> {
        let Parties { person, holder, council, .. } = self.parties;
        let Terms { choices, weekly, .. } = self.terms;
        let from = calendar::long(choices.starts_on);
        vec![
            format!("{person}, {holder} and {council} make this agreement with one another."),
            format!("It is about {weekly} each week for {person}’s support, from {from}."),
            format!("{holder} looks after this money for {person}. It is for {person}’s support and for nothing else."),
            self.who_buys(),
            self.payments(),
            self.contribution(),
            self.fee_line(),
            format!("{} {}", self.kept_for_later(), self.what_is_left()),
            self.notice(),
            "No money moves before all three have signed. After that, no word changes unless all three sign again."
                .to_owned(),
        ]
    }

    fn who_buys(&self) -> String {
        let Parties { person, holder, council, .. } = self.parties;
        let buys = match self.terms.choices.structure {
            Some(Structure::AgentOfPerson) => format!("{holder} orders it and pays for it in {person}’s name"),
            Some(Structure::AgentOfCouncil) => format!("{holder} orders it and pays for it in {council}’s name"),
            Some(Structure::PrincipalExempt | Structure::PrincipalTaxable) => {
                format!("{holder} buys it in its own name and passes it on to {person}")
            }
            None => format!("{holder} pays for it out of this money"),
        };
        format!("{person} chooses the support. {buys}.")
    }

    /// What the council pays in, how often and how early.
    fn payments(&self) -> String {
        let council = &self.parties.council;
        let choices = &self.terms.choices;
        let (from_council, _) = weekly_parts(self.terms);
        let early = match choices.advance_days {
            0 => "on the first day".to_owned(),
            count => format!("{} before the first day", days(count)),
        };
        let often = choices.payment_frequency.words();
        match weeks_paid(choices.payment_frequency) {
            Some(1) => format!("{council} pays {from_council} {often}, {early} of the week that it is for."),
            Some(count) => {
                let amount = from_council.times(count);
                format!("{council} pays {amount} {often}, {early} of the {} that it is for.", weeks(count))
            }
            None => format!(
                "{council} pays {often}, {early} of the month that it is for: for each day a seventh of {from_council}."
            ),
        }
    }

    fn contribution(&self) -> String {
        let Parties { person, holder, council, .. } = self.parties;
        let part = self.terms.contribution_weekly;
        if part.is_zero() {
            return format!("{person} pays nothing towards it.");
        }
        match self.terms.contribution_mode {
            ContributionMode::CouncilInvoices => format!(
                "{person}’s own part (the contribution) is {part} each week. {council} pays the whole and sends {person} a \
                 bill for this part."
            ),
            ContributionMode::HolderCollects => format!(
                "{person}’s own part (the contribution) is {part} each week. {holder} collects it and adds it to the money."
            ),
            ContributionMode::PersonPaysIn => format!(
                "{person}’s own part (the contribution) is {part} each week. {person} pays it into the account with this money."
            ),
        }
    }

    fn fee_line(&self) -> String {
        let Parties { holder, council, .. } = self.parties;
        let choices = &self.terms.choices;
        if choices.fee_weekly.is_zero() {
            return format!("{holder} takes no fee for this.");
        }
        let vat = match self.fee.vat_charged {
            none if none.is_zero() => String::new(),
            vat => format!(" and {vat} VAT (value added tax)"),
        };
        let source = match choices.fee_position {
            FeePosition::FromBudget => format!("It comes out of the {}.", self.terms.weekly),
            FeePosition::OnTop => format!("{council} pays it on top of the {}.", self.terms.weekly),
        };
        format!("{holder} takes a fee of {}{vat} each week for this. {source}", choices.fee_weekly)
    }

    fn kept_for_later(&self) -> String {
        let cap = self.terms.choices.surplus_cap_weeks;
        if cap == 0 {
            return "Money that is not used is not kept for later.".to_owned();
        }
        let most = self.terms.weekly.times(cap);
        format!("Money that is not used is kept for later, up to {most} ({} of money).", weeks(cap))
    }

    fn what_is_left(&self) -> String {
        let Parties { person, council, .. } = self.parties;
        match self.terms.choices.surplus_rule {
            SurplusRule::ProRata => format!(
                "What is left at the end goes back to {council} and {person}, in proportion to what each paid in."
            ),
            SurplusRule::CouncilFirst => format!(
                "What is left at the end goes back to {council} first, up to what it paid in. The rest goes to {person}."
            ),
        }
    }

    fn notice(&self) -> String {
        let NoticeWeeks { person, holder, council } = self.terms.choices.notice;
        let Parties { person: name, holder: keeper, council: funder, .. } = self.parties;
        format!(
            "Each of the three can end this. {name} says so {}, {keeper} {}, {funder} {}.",
            before(person),
            before(holder),
            before(council)
        )
    }

    fn clauses(&self) -> Vec<(&'static str, Vec<String>)> {
        vec![
            ("Who agrees", self.who_agrees()),
            ("The fund", self.the_fund()),
            ("What the holder is in law", self.in_law()),
            ("What the council pays", self.paying_in()),
            ("The person’s contribution", vec![self.contribution()]),
            ("Choosing support", self.choosing()),
            ("Paying for support", self.paying_out()),
            ("The holder’s fee", self.the_fee()),
            ("Money that is not used", self.not_used()),
            ("Accounts", self.accounts()),
            ("Changes", changes()),
            ("Ending", self.ending()),
            ("The final account", self.final_account()),
            ("When something is wrong", self.complaints()),
            ("Signatures", signatures()),
        ]
    }

    fn who_agrees(&self) -> Vec<String> {
        let Parties { person, reference, holder, holder_address, council, council_address, .. } = self.parties;
        let at = |address: &str| if address.is_empty() { String::new() } else { format!(", {address}") };
        let holder_at = at(holder_address.as_deref().unwrap_or_default());
        vec![
            format!("The person: {person} (reference {reference}), for whom the money is."),
            format!("The holder: {holder}{holder_at}, who holds the money."),
            format!(
                "The council: {council}{}, which has the duty to meet the person’s needs and funds this.",
                at(council_address)
            ),
        ]
    }

    fn the_fund(&self) -> Vec<String> {
        let (weekly, uplift) = (self.terms.weekly, self.fund.vat_uplift_weekly);
        let council = &self.parties.council;
        let mut sentences = vec![
            format!("The fund is a part of the person’s personal budget. Its form is: {}.", self.fund.form.words()),
            format!(
                "It is {weekly} per week, the person’s contribution included, from {}. It goes on until somebody ends it.",
                calendar::full(self.terms.choices.starts_on)
            ),
            "Where a part of a week counts, each day is a seventh of the weekly amount.".to_owned(),
        ];
        if !uplift.is_zero() {
            sentences.push(format!(
                "{council} gives {uplift} per week besides, so that VAT (value added tax) that nobody gets back does not \
                 shrink the support."
            ));
        }
        sentences.push("The holder keeps it apart from its own money and from other people’s.".to_owned());
        sentences
    }

    fn in_law(&self) -> Vec<String> {
        let structure = self.terms.choices.structure;
        let is = match structure {
            Some(Structure::AgentOfPerson) => {
                "The holder is the agent of the person: it buys in the person’s name, and providers supply the person."
            }
            Some(Structure::AgentOfCouncil) => {
                "The holder is the agent of the council: it buys in the council’s name, and providers supply the council."
            }
            Some(Structure::PrincipalExempt) => {
                "The holder is a principal: it buys in its own name. What it supplies to the person is exempt from VAT."
            }
            Some(Structure::PrincipalTaxable) => {
                "The holder is a principal: it buys in its own name. It charges VAT on what it supplies."
            }
            None => "The holder stands in for the person: what is bought is supplied to the person.",
        };
        let addressed = Arrangement::new(self.fund.form, structure).map_or("the holder", |found| match payer(found) {
            Payer::Person => "the person, in the holder’s care",
            Payer::Council => "the council, in the holder’s care",
            Payer::Nominee | Payer::Trust => "the holder, for the person",
            Payer::Holder => "the holder",
        });
        vec![is.to_owned(), format!("Invoices are addressed to {addressed}."), self.who_recovers().to_owned()]
    }

    /// Who gets VAT back (domain reference 4.4).
    fn who_recovers(&self) -> &'static str {
        match (self.terms.choices.structure, self.fund.recovery) {
            (Some(Structure::AgentOfCouncil), Recovery::Confirmed) => {
                "The council gets VAT (value added tax) on them back."
            }
            (Some(Structure::PrincipalTaxable), Recovery::Confirmed) => {
                "The holder gets VAT (value added tax) on them back, and the council what the holder charges."
            }
            (Some(Structure::AgentOfCouncil | Structure::PrincipalTaxable), Recovery::NotConfirmed) => {
                "Nobody has confirmed yet that VAT (value added tax) on them comes back. Until then it is counted as lost."
            }
            _ => "Nobody gets VAT (value added tax) on them back.",
        }
    }

    fn paying_in(&self) -> Vec<String> {
        let mut sentences =
            vec![self.payments(), "The council pays for the first time when all three have signed.".to_owned()];
        if self.terms.choices.payment_frequency == PaymentFrequency::FourWeekly {
            sentences
                .push("Four weeks are 28 days, not a month: there are thirteen such payments in 52 weeks.".to_owned());
        }
        sentences
    }

    fn choosing(&self) -> Vec<String> {
        let mut sentences =
            vec!["The person chooses what is bought and from whom, with the help that they want.".to_owned()];
        if self.fund.form == Form::IndividualServiceFund {
            sentences.push("The holder may offer its own services. The person may buy from others instead.".to_owned());
        }
        sentences.push("Nothing is ordered beyond what is free in the fund.".to_owned());
        sentences
    }

    fn paying_out(&self) -> Vec<String> {
        vec![
            "Providers are paid for what was delivered, and only when their invoice was approved.".to_owned(),
            "Silence approves nothing.".to_owned(),
            "A wrong invoice is put right with a credit note. It is never changed.".to_owned(),
        ]
    }

    fn the_fee(&self) -> Vec<String> {
        let mut sentences = vec![self.fee_line()];
        if !self.terms.choices.fee_weekly.is_zero() {
            let Cost { net, vat_charged, budget_pays, .. } = *self.fee;
            sentences.push(format!(
                "The fee is {net} without VAT, the VAT on it {vat_charged}, and the fund bears {budget_pays} each week."
            ));
        }
        sentences.push("There is no other charge for holding the money.".to_owned());
        sentences
    }

    fn not_used(&self) -> Vec<String> {
        vec![
            self.kept_for_later(),
            "The council may ask back what is more than that.".to_owned(),
            "Money that is not used never becomes the holder’s.".to_owned(),
        ]
    }

    fn accounts(&self) -> Vec<String> {
        vec![
            "Each movement of money is recorded when it happens. A mistake is put right with a new record.".to_owned(),
            "The person sees everything about this money that the holder and the council see.".to_owned(),
        ]
    }

    fn ending(&self) -> Vec<String> {
        let notice = self.terms.choices.notice;
        let by = |party: Party| match notice.of(party) {
            0 => "no notice".to_owned(),
            count => format!("{} of notice", weeks(count)),
        };
        vec![
            format!(
                "The person ends this with {}, the holder with {}, the council with {}.",
                by(Party::Person),
                by(Party::Holder),
                by(Party::Council)
            ),
            "Any of them may end it at once when somebody is not safe (safeguarding), for fraud, when the holder cannot pay \
             its debts (insolvency), or when the person has died. They say why."
                .to_owned(),
            "The council’s duty to meet the person’s needs goes on.".to_owned(),
        ]
    }

    fn final_account(&self) -> Vec<String> {
        let rule = match self.terms.choices.surplus_rule {
            SurplusRule::ProRata => {
                "What is left goes back to the council and the person in proportion to what each paid in, to the penny."
            }
            SurplusRule::CouncilFirst => {
                "What is left goes back to the council first, up to what it paid in. The rest goes to the person."
            }
        };
        vec![
            "After the last day, what was delivered is billed and paid.".to_owned(),
            "Then the holder or the council makes the final account, which shows what came in, what was spent and what went \
             back."
                .to_owned(),
            rule.to_owned(),
            "When the person has died, their share goes to their estate.".to_owned(),
        ]
    }

    fn complaints(&self) -> Vec<String> {
        vec![
            "The person can say so to the holder or to the council at any time, and gets an answer.".to_owned(),
            "When that does not help, the Local Government and Social Care Ombudsman looks at it free of charge."
                .to_owned(),
        ]
    }
}

fn changes() -> Vec<String> {
    vec![
        "This text is fixed. Any change to it is a new text that all three sign.".to_owned(),
        "Which support is bought, from whom and how much, is not fixed here: the person may change it.".to_owned(),
    ]
}

fn signatures() -> Vec<String> {
    vec![
        "Each party signs under its own sign-in. Nobody signs for two parties.".to_owned(),
        "With each signature are recorded: who signed, by what authority, when, and the fingerprint (SHA-256) of this text."
            .to_owned(),
        "It is in force from the last of the three signatures.".to_owned(),
    ]
}

/// How the paper marks a line of plain words, a heading and a sentence; each stands on a line of its own.
const MARKS: [(&str, &str); 3] =
    [("<li class=\"line\">", "</li>"), ("<h3>", "</h3>"), ("<p class=\"sentence\">", "</p>")];

/// Reads the text back from the paper on which it was fixed.
#[must_use]
pub fn read_back(paper: &str) -> Text {
    let mut text = Text::default();
    for line in paper.lines().map(str::trim) {
        let found = MARKS
            .iter()
            .enumerate()
            .find_map(|(kind, (open, close))| Some((kind, unescaped(line.strip_prefix(open)?.strip_suffix(close)?))));
        match (found, text.clauses.last_mut()) {
            (Some((0, line)), _) => text.lines.push(line),
            (Some((1, heading)), _) => text.clauses.push(Clause { heading, sentences: vec![] }),
            (Some((_, sentence)), Some(clause)) => clause.sentences.push(sentence),
            _ => {}
        }
    }
    text
}

/// Undoes what the templates do to letters that mean something in HTML.
fn unescaped(html: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&#x2F;", "/")];
    let text = pairs.iter().fold(html.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter));
    text.replace("&amp;", "&")
}
