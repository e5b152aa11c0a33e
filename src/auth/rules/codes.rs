//! The codes of a second factor: six digits that change every thirty seconds (RFC 6238, SHA-1, as every app on a telephone
//! has it), and recovery codes for whoever has lost the telephone.

use chrono::{DateTime, Utc};
use qrcode::{Color, QrCode};
use totp_rs::{Builder, Totp};

use crate::error::Error;

/// For how many seconds a code stands.
const STEP: i64 = 30;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
/// How many of them a recovery code has: 60 bits, more than anybody can try.
pub const RECOVERY_LENGTH: usize = 12;

/// A second factor's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl Secret {
    /// The secret of these bytes.
    #[must_use]
    pub const fn of(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    fn totp(&self, whose: &str) -> Result<Totp, Error> {
        // A colon would end the name inside the address that a telephone reads.
        let whose = whose.replace(':', " ");
        let builder = Builder::new().with_secret(self.0.to_vec()).with_account_name(whose);
        let built = builder.with_issuer(Some("Tailormade")).build();
        built.map_err(|cause| Error::internal("a second factor", cause))
    }

    /// The thirty seconds whose code this is: the present ones, those before or those after. They must come after the last
    /// ones that were used, because a code is good once.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn step_of(&self, code: &str, last_step: i64, now: DateTime<Utc>) -> Result<Option<i64>, Error> {
        let found = self.totp("")?.check(code, seconds(now)).and_then(|step| i64::try_from(step).ok());
        Ok(found.filter(|step| *step > last_step))
    }

    /// A code that can still be used: the present one, or the one after it when the present one was used.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn usable_code(&self, last_step: i64, now: DateTime<Utc>) -> Result<String, Error> {
        let step = (now.timestamp() / STEP).max(last_step + 1);
        Ok(self.totp("")?.generate(u64::try_from(step * STEP).unwrap_or_default()).to_string())
    }

    /// The secret for typing, in groups of four letters.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn words(&self) -> Result<String, Error> {
        let text = self.totp("")?.secret().to_base32();
        let groups: Vec<&str> =
            (0..text.len()).step_by(4).filter_map(|at| text.get(at..(at + 4).min(text.len()))).collect();
        Ok(groups.join(" "))
    }

    /// The address that a telephone reads.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn address(&self, whose: &str) -> Result<String, Error> {
        self.totp(whose)?.to_url().map_err(|cause| Error::internal("a second factor", cause))
    }
}

fn seconds(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp()).unwrap_or_default()
}

/// A QR code as the path of an SVG element, one unit for each field, with the quiet border that readers need.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Picture {
    /// Width and height.
    pub size: usize,
    /// The dark fields.
    pub path: String,
}

/// Draws a text as a QR code.
///
/// # Errors
/// When the text is too long for one.
pub fn picture(text: &str) -> Result<Picture, Error> {
    const BORDER: usize = 4;
    let code = QrCode::new(text).map_err(|cause| Error::internal("a QR code", cause))?;
    let width = code.width();
    let dark = code.into_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark);
    let field = |(at, _): (usize, Color)| format!("M{} {}h1v1h-1z", at % width + BORDER, at / width + BORDER);
    Ok(Picture { size: width + 2 * BORDER, path: dark.map(field).collect() })
}

/// A recovery code made of random bytes, as it is shown once.
#[must_use]
pub fn recovery_code(random: [u8; RECOVERY_LENGTH]) -> String {
    let letters: Vec<char> = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What somebody typed as a code, without the spaces and dashes that make it readable.
#[must_use]
pub fn plain(typed: &str) -> String {
    typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let secret = Secret::of(*b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(secret.usable_code(0, at(seconds)).unwrap(), code);
            assert_eq!(secret.step_of(code, 0, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_before_and_after_and_once() {
        let secret = Secret::of([7; 20]);
        let (now, step) = (at(1_800_000_000), 60_000_000);
        let code = secret.usable_code(0, now).unwrap();
        for drift in [-30, 0, 30] {
            assert_eq!(secret.step_of(&code, 0, at(1_800_000_000 + drift)).unwrap(), Some(step), "{drift}");
        }
        for drift in [-60, 60] {
            assert_eq!(secret.step_of(&code, 0, at(1_800_000_000 + drift)).unwrap(), None, "{drift}");
        }
        assert_eq!(secret.step_of(&code, step, now).unwrap(), None, "used already");
        let next = secret.usable_code(step, now).unwrap();
        assert_eq!(secret.step_of(&next, step, now).unwrap(), Some(step + 1));
        for wrong in ["", "12345", "1234567", "+12345", "abcdef"] {
            assert_eq!(secret.step_of(wrong, 0, now).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn a_telephone_reads_the_address_and_a_person_the_letters() {
        let secret = Secret::of(*b"12345678901234567890");
        let address = secret.address("mary@demo.example").unwrap();
        assert_eq!(
            address,
            "otpauth://totp/Tailormade:mary%40demo.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tailormade"
        );
        assert_eq!(secret.words().unwrap(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let picture = picture(&address).unwrap();
        assert!(picture.size > 30 && picture.path.starts_with("M4 4h1v1h-1z"), "{picture:?}");
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = recovery_code([0, 1, 2, 30, 31, 32, 33, 64, 255, 7, 8, 9]);
        assert_eq!(code, "abc9-0aba-0hjk");
        assert_eq!(plain(" ABC9 0aba-0HJK "), "abc90aba0hjk");
    }
}
