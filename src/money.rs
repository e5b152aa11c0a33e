//! Money, prices, quantities and percentages: exact, checked and signed.
//!
//! An amount is a whole number of pence, a unit price a whole number of hundredths of a penny, a quantity a whole number
//! of hundredths, a percentage a whole number of basis points. Products are taken in 128 bits and rounded once, by
//! [`round_half_away`], so no penny is lost on the way and none is invented.
//!
//! What people type is bounded (an amount by ten million pounds), so sums of 64 bits cannot overflow in practice; should
//! they ever, the program stops (overflow checks are on in every profile) instead of wrapping round.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The minus sign of a shown amount (U+2212): as wide as a digit, and read out as "minus" by screen readers.
const MINUS: char = '\u{2212}';

/// The largest amount or price that may be typed, in pounds.
const MOST_POUNDS: i64 = 10_000_000;

/// The largest quantity that may be typed, in whole units.
const MOST_UNITS: i64 = 1_000_000;

/// The largest value, in the smallest unit of its kind, that is read back from a stored decimal.
const MOST_STORED: i128 = 1_000_000_000_000_000;

/// Divides and rounds to the nearest whole number, a half away from zero: the one rounding rule of the house.
///
/// A denominator of zero is a programming error and stops the program, as any division by zero does.
pub const fn round_half_away(numerator: i128, denominator: i128) -> i128 {
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    if remainder.unsigned_abs() * 2 < denominator.unsigned_abs() {
        return quotient;
    }
    if (numerator < 0) == (denominator < 0) { quotient + 1 } else { quotient - 1 }
}

/// Brings a product back to 64 bits. Values outside cannot come from bounded input; they stay at the end of the range,
/// where the next addition stops the program, rather than wrap into a believable wrong amount.
fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// What a typed number was meant to be; decides how the refusal of it is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// An amount in pounds and pence.
    Amount,
    /// A price for one unit, in pounds with up to four decimals.
    UnitPrice,
    /// A number of hours, visits, days, miles or items.
    Quantity,
    /// A percentage with up to two decimals.
    Percentage,
}

impl Measure {
    /// How many decimals may be typed.
    const fn places(self) -> usize {
        match self {
            Measure::UnitPrice => 4,
            Measure::Amount | Measure::Quantity | Measure::Percentage => 2,
        }
    }

    /// The largest that may be typed, in the smallest unit of this kind.
    const fn most(self) -> i128 {
        match self {
            Measure::Amount => MOST_POUNDS as i128 * 100,
            Measure::UnitPrice => MOST_POUNDS as i128 * 10_000,
            Measure::Quantity => MOST_UNITS as i128 * 100,
            Measure::Percentage => 100 * 100,
        }
    }
}

/// Why a typed amount, price, quantity or percentage was refused. Its Display is the sentence to show beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// It is not a number written in the usual way.
    NotANumber(Measure),
    /// It has more decimals than this kind of number can carry.
    TooPrecise(Measure),
    /// It is below zero where only zero or more makes sense.
    Negative(Measure),
    /// It is larger than anything we handle.
    TooLarge(Measure),
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MoneyError::NotANumber(Measure::Amount) => "Enter an amount in pounds and pence, like 26.40",
            MoneyError::NotANumber(Measure::UnitPrice) => "Enter a price in pounds, like 26.40 or 0.4375",
            MoneyError::NotANumber(Measure::Quantity) => "Enter a number, like 10 or 1.5",
            MoneyError::NotANumber(Measure::Percentage) => "Enter a percentage, like 6 or 7.5",
            MoneyError::TooPrecise(Measure::Amount) => "Enter an amount with no more than 2 decimals, like 26.40",
            MoneyError::TooPrecise(Measure::UnitPrice) => "Enter a price with no more than 4 decimals, like 0.4375",
            MoneyError::TooPrecise(Measure::Quantity) => "Enter a number with no more than 2 decimals, like 1.5",
            MoneyError::TooPrecise(Measure::Percentage) => "Enter a percentage with no more than 2 decimals, like 7.5",
            MoneyError::Negative(Measure::Amount) => "Enter an amount of 0.00 or more",
            MoneyError::Negative(Measure::UnitPrice) => "Enter a price of 0.00 or more",
            MoneyError::Negative(Measure::Quantity) => "Enter a number of 0 or more",
            MoneyError::Negative(Measure::Percentage) => "Enter a percentage from 0 to 100",
            MoneyError::TooLarge(Measure::Amount) => "Enter an amount of 10,000,000.00 or less",
            MoneyError::TooLarge(Measure::UnitPrice) => "Enter a price of 10,000,000.00 or less",
            MoneyError::TooLarge(Measure::Quantity) => "Enter a number of 1,000,000 or less",
            MoneyError::TooLarge(Measure::Percentage) => "Enter a percentage from 0 to 100",
        })
    }
}

impl std::error::Error for MoneyError {}

/// Reads a typed number, with its sign, into the smallest unit of its kind; checks everything but the sign.
fn parse_typed(text: &str, measure: Measure) -> Result<i128, MoneyError> {
    let (negative, rest) = strip_sign(text.trim());
    let rest = match measure {
        Measure::Amount | Measure::UnitPrice => rest.strip_prefix('£').unwrap_or(rest).trim_start(),
        Measure::Percentage => rest.strip_suffix('%').unwrap_or(rest).trim_end(),
        Measure::Quantity => rest,
    };
    let (negative, rest) = if negative { (true, rest) } else { strip_sign(rest) };
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = without_thousands_commas(whole).ok_or(MoneyError::NotANumber(measure))?;
    let value = decimal_value(&whole, fraction, measure)?;
    if value > measure.most() {
        return Err(MoneyError::TooLarge(measure));
    }
    Ok(if negative { -value } else { value })
}

/// Takes off a leading minus, typed as a hyphen or as a true minus sign.
fn strip_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', MINUS]) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Commas may only part thousands: "12,50" is refused instead of being read as one thousand two hundred and fifty.
fn without_thousands_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    if whole.contains(',') && (first.is_empty() || first.len() > 3) {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// Joins the digits before and after the point into one whole number of the smallest unit.
fn decimal_value(whole: &str, fraction: Option<&str>, measure: Measure) -> Result<i128, MoneyError> {
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let decimals = fraction.unwrap_or("");
    let nothing_typed = whole.is_empty() && decimals.is_empty();
    if nothing_typed || fraction == Some("") || !digits_only(whole) || !digits_only(decimals) {
        return Err(MoneyError::NotANumber(measure));
    }
    if decimals.len() > measure.places() {
        return Err(MoneyError::TooPrecise(measure));
    }
    let significant = whole.trim_start_matches('0');
    if significant.len() > 18 {
        return Err(MoneyError::TooLarge(measure));
    }
    let all = format!("0{significant}{decimals:0<width$}", width = measure.places());
    all.parse().map_err(|_| MoneyError::TooLarge(measure))
}

/// Reads a typed number that may not be below zero.
fn parse_unsigned(text: &str, measure: Measure) -> Result<i64, MoneyError> {
    match parse_typed(text, measure)? {
        value if value < 0 => Err(MoneyError::Negative(measure)),
        value => Ok(narrow(value)),
    }
}

/// Reads back what `decimal()` wrote: a sign, digits, a point; no pound sign, no commas. Larger than what may be typed,
/// because totals are stored too, but bounded so that sums of stored amounts cannot overflow.
fn parse_stored(text: &str, measure: Measure) -> Result<i64, MoneyError> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    if whole.is_empty() {
        return Err(MoneyError::NotANumber(measure));
    }
    let value = decimal_value(whole, fraction, measure)?;
    if value > MOST_STORED {
        return Err(MoneyError::TooLarge(measure));
    }
    Ok(narrow(if negative { -value } else { value }))
}

/// Writes a whole number of small units as a plain decimal: "-8.50". Decimals beyond `least` are left out when zero.
fn plain_decimal(value: i64, places: usize, least: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    let mut decimals = decimals;
    while decimals.len() > least && decimals.ends_with('0') {
        decimals = &decimals[..decimals.len() - 1];
    }
    let sign = if value < 0 { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

/// Turns a plain decimal into what people read: a true minus sign, the prefix, commas between thousands.
fn for_reading(decimal: &str, prefix: &str) -> String {
    let (sign, unsigned) = decimal.strip_prefix('-').map_or((None, decimal), |rest| (Some(MINUS), rest));
    let whole_length = unsigned.find('.').unwrap_or(unsigned.len());
    let mut shown = String::with_capacity(decimal.len() + 8);
    shown.extend(sign);
    shown.push_str(prefix);
    for (index, character) in unsigned.char_indices() {
        if index > 0 && index < whole_length && (whole_length - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(character);
    }
    shown
}

/// Serialises a value type as its decimal string and reads it back: money in JSON is never a floating-point number.
macro_rules! as_decimal_string {
    ($kind:ident, $measure:expr) => {
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.decimal())
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                parse_stored(&text, $measure).map($kind).map_err(D::Error::custom)
            }
        }
    };
}

/// An amount of money in whole pence; below zero for what is owed back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(i64);

as_decimal_string!(Pence, Measure::Amount);

impl Pence {
    /// No money.
    pub const ZERO: Pence = Pence(0);

    /// An amount from its number of pence.
    pub const fn from_pence(pence: i64) -> Pence {
        Pence(pence)
    }

    /// The number of pence, as kept in the database.
    pub const fn pence(self) -> i64 {
        self.0
    }

    /// Reads a typed amount of zero or more: "1,434.52", "£8.50", "12".
    pub fn parse(text: &str) -> Result<Pence, MoneyError> {
        parse_unsigned(text, Measure::Amount).map(Pence)
    }

    /// Reads a typed amount that may be below zero: "-8.50".
    pub fn parse_signed(text: &str) -> Result<Pence, MoneyError> {
        parse_typed(text, Measure::Amount).map(|value| Pence(narrow(value)))
    }

    /// The amount as a plain decimal, for JSON and files: "1434.52", "-8.50".
    pub fn decimal(self) -> String {
        plain_decimal(self.0, 2, 2)
    }

    /// The sum, or nothing where it would not fit.
    pub fn checked_add(self, other: Pence) -> Option<Pence> {
        self.0.checked_add(other.0).map(Pence)
    }

    /// The difference, or nothing where it would not fit.
    pub fn checked_sub(self, other: Pence) -> Option<Pence> {
        self.0.checked_sub(other.0).map(Pence)
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether there is no money at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The size of the amount, without its sign.
    pub const fn abs(self) -> Pence {
        Pence(self.0.abs())
    }

    /// The amount a whole number of times: four weeks of a weekly amount.
    pub fn times(self, count: i64) -> Pence {
        Pence(narrow(i128::from(self.0) * i128::from(count)))
    }

    /// `numerator` parts of `denominator` of the amount, rounded once: three days of a weekly amount is `pro_rata(3, 7)`.
    ///
    /// A denominator of zero is a programming error and stops the program.
    pub fn pro_rata(self, numerator: i64, denominator: i64) -> Pence {
        Pence(narrow(round_half_away(i128::from(self.0) * i128::from(numerator), i128::from(denominator))))
    }

    /// A percentage of the amount, rounded once.
    pub fn share(self, percentage: BasisPoints) -> Pence {
        self.pro_rata(percentage.0, BasisPoints::WHOLE.0)
    }

    /// Splits the amount by weights into parts that always add up to it.
    ///
    /// Each part is first cut down to whole pence; the pence left over go one each to the largest fractions, the first
    /// of equals winning. Weights may be below zero (a line that takes back), and where they add up to nothing the amount
    /// is split evenly. No weights, no parts.
    pub fn split(self, weights: &[i64]) -> Vec<Pence> {
        let total: i128 = weights.iter().copied().map(i128::from).sum();
        if total == 0 && self.0 != 0 {
            return if weights.is_empty() { Vec::new() } else { self.split(&vec![1; weights.len()]) };
        }
        let (amount, sign) = (i128::from(self.0).abs(), i128::from(self.0.signum()));
        let divisor = total.abs().max(1);
        let products: Vec<i128> = weights.iter().map(|weight| amount * i128::from(*weight) * total.signum()).collect();
        let mut parts: Vec<i128> = products.iter().map(|product| product.div_euclid(divisor)).collect();
        let mut by_fraction: Vec<usize> = (0..weights.len()).collect();
        by_fraction.sort_by_key(|index| std::cmp::Reverse(products[*index].rem_euclid(divisor)));
        let left_over = amount - parts.iter().sum::<i128>();
        for (index, _) in by_fraction.into_iter().zip(0..left_over) {
            parts[index] += 1;
        }
        parts.into_iter().map(|part| Pence(narrow(part * sign))).collect()
    }
}

/// The number as a column keeps it.
macro_rules! as_number {
    ($($name:ty),*) => {$(
        impl AsRef<i64> for $name {
            fn as_ref(&self) -> &i64 {
                &self.0
            }
        }
    )*};
}
as_number!(Pence, UnitPrice, Quantity, BasisPoints);

impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&for_reading(&self.decimal(), "£"))
    }
}

impl Add for Pence {
    type Output = Pence;

    fn add(self, other: Pence) -> Pence {
        Pence(self.0 + other.0)
    }
}

impl Sub for Pence {
    type Output = Pence;

    fn sub(self, other: Pence) -> Pence {
        Pence(self.0 - other.0)
    }
}

impl Neg for Pence {
    type Output = Pence;

    fn neg(self) -> Pence {
        Pence(-self.0)
    }
}

impl AddAssign for Pence {
    fn add_assign(&mut self, other: Pence) {
        *self = *self + other;
    }
}

impl SubAssign for Pence {
    fn sub_assign(&mut self, other: Pence) {
        *self = *self - other;
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Pence>>(amounts: I) -> Pence {
        amounts.fold(Pence::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Pence> for Pence {
    fn sum<I: Iterator<Item = &'a Pence>>(amounts: I) -> Pence {
        amounts.copied().sum()
    }
}

/// A price for one unit, in hundredths of a penny: a minute at 26.25 an hour costs 0.4375 pounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i64);

as_decimal_string!(UnitPrice, Measure::UnitPrice);

impl UnitPrice {
    /// A price from its number of hundredths of a penny.
    pub const fn from_hundredths_of_a_penny(hundredths: i64) -> UnitPrice {
        UnitPrice(hundredths)
    }

    /// The number of hundredths of a penny, as kept in the database.
    pub const fn hundredths_of_a_penny(self) -> i64 {
        self.0
    }

    /// Reads a typed price of zero or more, with up to four decimals of a pound.
    pub fn parse(text: &str) -> Result<UnitPrice, MoneyError> {
        parse_unsigned(text, Measure::UnitPrice).map(UnitPrice)
    }

    /// The price as a plain decimal with two to four decimals: "26.40", "0.4375".
    pub fn decimal(self) -> String {
        plain_decimal(self.0, 4, 2)
    }
}

impl From<Pence> for UnitPrice {
    fn from(amount: Pence) -> UnitPrice {
        UnitPrice(amount.0 * 100)
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&for_reading(&self.decimal(), "£"))
    }
}

/// How much was supplied, in hundredths of the unit (hour, visit, day, mile, item).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

as_decimal_string!(Quantity, Measure::Quantity);

impl Quantity {
    /// One unit.
    pub const ONE: Quantity = Quantity(100);

    /// A quantity from its number of hundredths.
    pub const fn from_hundredths(hundredths: i64) -> Quantity {
        Quantity(hundredths)
    }

    /// A whole number of units.
    pub const fn whole(units: i64) -> Quantity {
        Quantity(units * 100)
    }

    /// The number of hundredths, as kept in the database.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Reads a typed quantity of zero or more, with up to two decimals: "10", "1.5".
    pub fn parse(text: &str) -> Result<Quantity, MoneyError> {
        parse_unsigned(text, Measure::Quantity).map(Quantity)
    }

    /// The quantity as a plain decimal without trailing zeros: "10", "1.5".
    pub fn decimal(self) -> String {
        plain_decimal(self.0, 2, 0)
    }
}

impl Add for Quantity {
    type Output = Quantity;

    fn add(self, other: Quantity) -> Quantity {
        Quantity(self.0 + other.0)
    }
}

impl Sub for Quantity {
    type Output = Quantity;

    fn sub(self, other: Quantity) -> Quantity {
        Quantity(self.0 - other.0)
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Quantity>>(quantities: I) -> Quantity {
        quantities.fold(Quantity(0), Add::add)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&for_reading(&self.decimal(), ""))
    }
}

/// The net amount of a document line: price times quantity, rounded once.
pub fn line_net(price: UnitPrice, quantity: Quantity) -> Pence {
    line_net_per(price, quantity, Quantity::ONE)
}

/// The net amount of a line whose price is for `base` units: 25 minutes at 26.40 for 60 minutes are 11.00.
///
/// The price is never rounded to a price per minute first. A base of zero is a programming error and stops the program.
pub fn line_net_per(price: UnitPrice, quantity: Quantity, base: Quantity) -> Pence {
    let product = i128::from(price.0) * i128::from(quantity.0);
    Pence(narrow(round_half_away(product, i128::from(base.0) * 100)))
}

/// A percentage in hundredths of a percent: 20% is 2,000 basis points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(i64);

as_decimal_string!(BasisPoints, Measure::Percentage);

impl BasisPoints {
    /// Nothing of it.
    pub const ZERO: BasisPoints = BasisPoints(0);
    /// All of it: 100%.
    pub const WHOLE: BasisPoints = BasisPoints(10_000);

    /// A percentage from its number of basis points.
    pub const fn from_basis_points(basis_points: i64) -> BasisPoints {
        BasisPoints(basis_points)
    }

    /// The number of basis points, as kept in the database.
    pub const fn basis_points(self) -> i64 {
        self.0
    }

    /// Reads a typed percentage from 0 to 100, with up to two decimals: "6", "7.5%".
    pub fn parse(text: &str) -> Result<BasisPoints, MoneyError> {
        parse_unsigned(text, Measure::Percentage).map(BasisPoints)
    }

    /// The percentage as a plain decimal without trailing zeros: "20", "17.5".
    pub fn decimal(self) -> String {
        plain_decimal(self.0, 2, 0)
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", for_reading(&self.decimal(), "")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pence(text: &str) -> Pence {
        Pence::parse_signed(text).unwrap()
    }

    #[test]
    fn rounds_a_half_away_from_zero() {
        let cases = [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (-15, 10, -2), (15, -10, -2)];
        for (numerator, denominator, rounded) in cases {
            assert_eq!(round_half_away(numerator, denominator), rounded, "{numerator}/{denominator}");
        }
        assert_eq!(round_half_away(-5, -10), 1);
        assert_eq!(round_half_away(0, 7), 0);
    }

    #[test]
    fn reads_amounts_as_people_type_them() {
        let cases = [("1,434.52", 143_452), ("£8.50", 850), ("12", 1_200), (" £ 12.5 ", 1_250), (".50", 50)];
        for (typed, expected) in cases {
            assert_eq!(Pence::parse(typed), Ok(Pence(expected)), "{typed}");
        }
        assert_eq!(Pence::parse("10,000,000.00"), Ok(Pence(1_000_000_000)));
        assert_eq!(Pence::parse("0000000000000000000012.00"), Ok(Pence(1_200)));
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for typed in
            ["", " ", "£", ".", "12.", "twelve", "12,50", "1,4345", ",123", "1234,567", "1 000", "1e3", "+5", "£-"]
        {
            assert_eq!(Pence::parse(typed), Err(MoneyError::NotANumber(Measure::Amount)), "{typed}");
        }
        assert_eq!(Pence::parse("1.001"), Err(MoneyError::TooPrecise(Measure::Amount)));
        assert_eq!(Pence::parse("-1"), Err(MoneyError::Negative(Measure::Amount)));
        assert_eq!(Pence::parse("10,000,000.01"), Err(MoneyError::TooLarge(Measure::Amount)));
        assert_eq!(Pence::parse(&"9".repeat(60)), Err(MoneyError::TooLarge(Measure::Amount)));
        let sentence = MoneyError::NotANumber(Measure::Amount).to_string();
        assert_eq!(sentence, "Enter an amount in pounds and pence, like 26.40");
    }

    #[test]
    fn reads_signed_amounts() {
        for typed in ["-8.50", "\u{2212}£8.50", "£-8.50", "- 8.5"] {
            assert_eq!(Pence::parse_signed(typed), Ok(Pence(-850)), "{typed}");
        }
        assert_eq!(Pence::parse_signed("--8.50"), Err(MoneyError::NotANumber(Measure::Amount)));
        assert_eq!(Pence::parse("-0"), Ok(Pence::ZERO));
    }

    #[test]
    fn shows_amounts_as_people_read_them() {
        let cases = [
            (143_452, "£1,434.52", "1434.52"),
            (-850, "\u{2212}£8.50", "-8.50"),
            (0, "£0.00", "0.00"),
            (5, "£0.05", "0.05"),
            (100_000_000, "£1,000,000.00", "1000000.00"),
            (-123_456, "\u{2212}£1,234.56", "-1234.56"),
        ];
        for (amount, shown, decimal) in cases {
            assert_eq!(Pence(amount).to_string(), shown);
            assert_eq!(Pence(amount).decimal(), decimal);
        }
        assert_eq!(format!("{:>8}", Pence(850)), "   £8.50");
        assert_eq!(Pence(i64::MIN).decimal(), "-92233720368547758.08");
    }

    #[test]
    fn travels_in_json_as_a_decimal_string() {
        assert_eq!(serde_json::to_string(&Pence(-850)).unwrap(), r#""-8.50""#);
        assert_eq!(serde_json::from_str::<Pence>(r#""-8.50""#).unwrap(), Pence(-850));
        assert_eq!(serde_json::from_str::<Pence>(r#""2000000000.00""#).unwrap(), Pence(200_000_000_000));
        for bad in ["8.5", r#""£8.50""#, r#""1,000.00""#, r#""""#, r#""8.505""#, r#""99999999999999999.00""#] {
            assert!(serde_json::from_str::<Pence>(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::to_string(&UnitPrice(4_375)).unwrap(), r#""0.4375""#);
        assert_eq!(serde_json::from_str::<UnitPrice>(r#""26.40""#).unwrap(), UnitPrice(264_000));
        assert_eq!(serde_json::to_string(&Quantity(150)).unwrap(), r#""1.5""#);
        assert_eq!(serde_json::from_str::<BasisPoints>(r#""20""#).unwrap(), BasisPoints(2_000));
    }

    #[test]
    fn adds_and_takes_away() {
        let mut amount = pence("10.00") + pence("0.05") - pence("20.00");
        assert_eq!(amount, pence("-9.95"));
        assert!(amount.is_negative() && !Pence::ZERO.is_negative());
        amount += pence("10.00");
        amount -= pence("0.05");
        assert!(amount.is_zero());
        assert_eq!(-pence("1.00"), pence("-1.00"));
        assert_eq!(pence("-1.00").abs(), pence("1.00"));
        assert_eq!([pence("1.10"), pence("2.20")].iter().sum::<Pence>(), pence("3.30"));
        assert_eq!(Pence(i64::MAX).checked_add(Pence(1)), None);
        assert_eq!(Pence(i64::MIN).checked_sub(Pence(1)), None);
        assert_eq!(Pence(2).checked_sub(Pence(3)), Some(Pence(-1)));
    }

    #[test]
    fn prices_have_up_to_four_decimals() {
        assert_eq!(UnitPrice::parse("0.4375"), Ok(UnitPrice(4_375)));
        assert_eq!(UnitPrice::parse("£26.40"), Ok(UnitPrice::from(pence("26.40"))));
        assert_eq!(UnitPrice::parse("0.43751"), Err(MoneyError::TooPrecise(Measure::UnitPrice)));
        for (price, shown) in [(264_000, "£26.40"), (4_375, "£0.4375"), (4_370, "£0.437"), (123_456_700, "£12,345.67")]
        {
            assert_eq!(UnitPrice(price).to_string(), shown);
        }
    }

    #[test]
    fn quantities_have_no_trailing_zeros() {
        assert_eq!(Quantity::parse("1.5"), Ok(Quantity(150)));
        assert_eq!(Quantity::parse("1.555"), Err(MoneyError::TooPrecise(Measure::Quantity)));
        assert_eq!(Quantity::parse("1000000.01"), Err(MoneyError::TooLarge(Measure::Quantity)));
        for (quantity, shown) in [(1_000, "10"), (150, "1.5"), (25, "0.25"), (-150, "\u{2212}1.5"), (120_000, "1,200")]
        {
            assert_eq!(Quantity(quantity).to_string(), shown);
        }
        assert_eq!(Quantity::whole(3) + Quantity(50) - Quantity::ONE, Quantity(250));
    }

    #[test]
    fn percentages_are_basis_points() {
        assert_eq!(BasisPoints::parse("7.5%"), Ok(BasisPoints(750)));
        assert_eq!(BasisPoints::parse("100.01"), Err(MoneyError::TooLarge(Measure::Percentage)));
        assert_eq!(BasisPoints(1_750).to_string(), "17.5%");
        assert_eq!(pence("420.00").share(BasisPoints(600)), pence("25.20"));
    }

    #[test]
    fn lines_are_rounded_once() {
        assert_eq!(line_net(UnitPrice(264_000), Quantity::whole(10)), pence("264.00"));
        assert_eq!(line_net(UnitPrice(160_000), Quantity(150)), pence("24.00"));
        assert_eq!(line_net(UnitPrice(4_375), Quantity::ONE), pence("0.44"));
        assert_eq!(line_net(UnitPrice(250_000), Quantity::whole(-2)), pence("-50.00"));
    }

    #[test]
    fn a_line_of_minutes_is_never_priced_by_a_rounded_minute() {
        let hour = Quantity::whole(60);
        let at = |price: &str, minutes| line_net_per(UnitPrice::parse(price).unwrap(), Quantity::whole(minutes), hour);
        assert_eq!(at("26.40", 25), pence("11.00"));
        assert_eq!(at("25.00", 7 * 20), pence("58.33"));
        assert_eq!(at("25.00", 20).times(7), pence("58.31"), "rounding each visit loses two pence");
        assert_eq!(at("25.00", 45), pence("18.75"));
    }

    #[test]
    fn vat_inside_a_gross_amount_is_a_sixth() {
        let vat = pence("100.00").pro_rata(1, 6);
        assert_eq!((vat, pence("100.00") - vat), (pence("16.67"), pence("83.33")));
    }

    #[test]
    fn a_month_is_not_four_weeks_and_a_year_is_not_fifty_two() {
        let week = pence("427.35");
        assert_eq!(week.times(4), pence("1709.40"));
        assert_eq!(week.pro_rata(52, 12), pence("1851.85"));
        assert_eq!(week.pro_rata(365, 7 * 12), pence("1856.94"));
        assert_eq!(week.times(52), pence("22222.20"));
        assert_eq!(week.pro_rata(365, 7), pence("22283.25"));
        assert_eq!(week.pro_rata(3, 7), pence("183.15"));
    }

    #[test]
    fn fees_depend_on_their_base_and_position() {
        let budget = pence("420.00");
        let fee = budget.share(BasisPoints(600));
        assert_eq!(fee, pence("25.20"));
        assert_eq!(budget - fee, pence("394.80"));
        assert_eq!(budget - fee - fee.share(BasisPoints(2_000)), pence("389.76"));
        assert_eq!(budget + fee, pence("445.20"));
        let fee_on_spend = budget.pro_rata(6, 106);
        assert_eq!((fee_on_spend, budget - fee_on_spend), (pence("23.77"), pence("396.23")));
        let greenwich = |a_year: &str| pence(a_year).share(BasisPoints(1_500)).min(pence("300.00"));
        assert_eq!(greenwich("1800.00"), pence("270.00"));
        assert_eq!(greenwich("12658.36"), pence("300.00"));
    }

    #[test]
    fn splits_always_add_up() {
        assert_eq!(pence("0.10").split(&[1, 1, 1]), [Pence(4), Pence(3), Pence(3)]);
        assert_eq!(pence("-0.10").split(&[1, 1, 1]), [Pence(-4), Pence(-3), Pence(-3)]);
        assert_eq!(pence("6.02").split(&[1_003, 1_003, 1_003]), [Pence(201), Pence(201), Pence(200)]);
        assert_eq!(pence("1.00").split(&[1, 2]), [Pence(33), Pence(67)]);
        assert_eq!(pence("10.00").split(&[10_000, -5_000]), [Pence(2_000), Pence(-1_000)]);
        assert_eq!(pence("-10.00").split(&[-10_000, 5_000]), [Pence(-2_000), Pence(1_000)]);
        assert_eq!(pence("0.03").split(&[0, 0]), [Pence(2), Pence(1)]);
        assert_eq!(Pence::ZERO.split(&[5, -5]), [Pence::ZERO, Pence::ZERO]);
        assert_eq!(pence("5.00").split(&[]), []);
        for amount in [-1_001, -7, 0, 1, 99, 12_345] {
            for weights in [vec![1], vec![0, 3, 5], vec![7, -2, 9, 1], vec![i64::MAX, i64::MAX], vec![-3, -4, -5]] {
                let parts = Pence(amount).split(&weights);
                assert_eq!(parts.iter().sum::<Pence>(), Pence(amount), "{amount} by {weights:?}");
            }
        }
    }

    #[test]
    fn a_part_of_no_weight_gets_nothing() {
        assert_eq!(pence("0.05").split(&[0, 1, 1])[0], Pence::ZERO);
    }
}
