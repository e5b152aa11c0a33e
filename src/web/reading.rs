//! How somebody reads best: large print and a plain background, on every page of theirs. Kept in their settings
//! (`communication`) and, for pages that they open signed out, on the device.

/// The sizes of print that the stylesheet has a class for, in points.
const SIZES: [&str; 5] = ["16", "18", "20", "24", "28"];
/// The cookie that keeps it on the device; it says nothing but a size and a word.
pub const COOKIE: &str = "tailormade_reading";

/// A size of print and a background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    size: Option<&'static str>,
    plain: bool,
}

impl Reading {
    /// What somebody's settings say; a size that is not known is the usual one.
    #[must_use]
    pub fn of(size: Option<&str>, plain: bool) -> Self {
        let size = size.and_then(|size| SIZES.into_iter().find(|known| *known == size));
        Self { size, plain }
    }

    /// What a device's cookie says: "18.plain". What cannot be read is nothing.
    #[must_use]
    pub fn from_cookie(value: &str) -> Self {
        let (size, plain) = value.split_once('.').unwrap_or((value, ""));
        Self::of(Some(size), plain == "plain")
    }

    /// The same as a cookie has it; empty when there is nothing to keep.
    #[must_use]
    pub fn cookie(&self) -> String {
        match (self.size, self.plain) {
            (None, false) => String::new(),
            (size, plain) => format!("{}.{}", size.unwrap_or_default(), if plain { "plain" } else { "" }),
        }
    }

    /// The classes of a page.
    #[must_use]
    pub fn classes(&self) -> String {
        let size = self.size.map(|size| format!("print-{size}"));
        let plain = self.plain.then(|| "plain".to_owned());
        size.into_iter().chain(plain).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_says_the_same_again_and_nothing_else() {
        for reading in
            [Reading::default(), Reading::of(Some("18"), false), Reading::of(None, true), Reading::of(Some("28"), true)]
        {
            assert_eq!(Reading::from_cookie(&reading.cookie()), reading);
        }
        assert_eq!(Reading::from_cookie("99\"><script>.plain").classes(), "plain");
        assert_eq!(Reading::from_cookie(""), Reading::default());
    }
}
