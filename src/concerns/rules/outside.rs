//! Where somebody can go outside, by their official names and addresses (seen November 2026).

use crate::concerns::About;

/// Somebody outside to whom one can turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// The official name.
    pub name: &'static str,
    /// What it does, and what it does not.
    pub what: &'static str,
    /// Telephone and post.
    pub reached: &'static str,
    /// Its site.
    pub href: &'static str,
    /// The site as it is read.
    pub site: &'static str,
}

/// Looks into complaints about councils (Local Government Act 1974 part 3) and care providers (part 3A).
const OMBUDSMAN: Body = Body {
    name: "Local Government and Social Care Ombudsman",
    what: "Looks into complaints about councils and about care providers, free of charge. It usually wants you to complain \
           to them first, and to come within 12 months.",
    reached: "0300 061 0614. PO Box 4771, Coventry CV4 0EH.",
    href: "https://www.lgo.org.uk/",
    site: "www.lgo.org.uk",
};

/// The regulator of care (Health and Social Care Act 2008).
const REGULATOR: Body = Body {
    name: "Care Quality Commission",
    what: "Wants to know when regulated care is poor or unsafe. It does not settle complaints of single people.",
    reached: "03000 616161. Citygate, Gallowgate, Newcastle upon Tyne NE1 4PA.",
    href: "https://www.cqc.org.uk/",
    site: "www.cqc.org.uk",
};

/// The regulator of what is done with personal data (Data Protection Act 2018).
const INFORMATION: Body = Body {
    name: "Information Commissioner’s Office",
    what: "Looks into what was done with information about you, once you have complained to whoever did it.",
    reached: "0303 123 1113. Wycliffe House, Water Lane, Wilmslow SK9 5AF.",
    href: "https://ico.org.uk/",
    site: "ico.org.uk",
};

/// To whom one can turn outside. The Financial Ombudsman is none of them: none of those who can be asked here sells
/// financial services.
#[must_use]
pub fn bodies(about: About) -> Vec<Body> {
    match about {
        About::Provider | About::Holder => vec![OMBUDSMAN, REGULATOR, INFORMATION],
        About::Council | About::Decision | About::Representative => vec![OMBUDSMAN, INFORMATION],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ombudsman_comes_first_and_the_regulator_settles_nothing() {
        for about in About::ALL {
            let found = bodies(*about);
            assert_eq!(found[0].site, "www.lgo.org.uk", "{about:?}");
            assert!(found.iter().all(|body| !body.name.contains("Financial")));
            let regulator = found.iter().find(|body| body.name == "Care Quality Commission");
            assert!(regulator.is_none_or(|body| body.what.contains("does not settle")));
        }
    }
}
