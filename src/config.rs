//! Settings: read once from `TAILORMADE_*`, refused loudly. The only reader of the environment.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One setting, as the README and `serve --help` list it.
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it is for and what is allowed.
    pub meaning: &'static str,
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "TAILORMADE_LISTEN",
        default: "127.0.0.1:8080",
        meaning: "address and port to answer on; an IP address, a colon and a port",
    },
    Setting {
        name: "TAILORMADE_PUBLIC_URL",
        default: "http:// and the address listened on",
        meaning: "how browsers reach this server; https://..., or http:// on a loopback address only",
    },
    Setting {
        name: "TAILORMADE_DATABASE_URL",
        default: "sqlite://tailormade.sqlite",
        meaning: "sqlite://FILE, or postgres://... in a binary built with the feature postgres",
    },
    Setting {
        name: "TAILORMADE_KEY_FILE",
        default: "tailormade.key",
        meaning: "file with the secret that signs sessions and seals second factors; made at the first run, readable by its owner only",
    },
    Setting {
        name: "TAILORMADE_WORKERS",
        default: "number of processor cores",
        meaning: "threads that answer requests; a whole number from 1 to 64",
    },
    Setting {
        name: "TAILORMADE_SMTP_URL",
        default: "none: mails wait in the database",
        meaning: "the server that takes mail: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required, or smtp:// without TLS on a loopback address only",
    },
    Setting {
        name: "TAILORMADE_MAIL_FROM",
        default: "none: needed with TAILORMADE_SMTP_URL",
        meaning: "from whom mails come, like no-reply@example.org; replies go there",
    },
    Setting {
        name: "TAILORMADE_SIGN_IN_TRIES",
        default: "10",
        meaning: "wrong tries for one e-mail address until its sign-in is locked, slowed from half of them on; 0 to 1000, 0 for no limit",
    },
    Setting {
        name: "TAILORMADE_SIGN_IN_TRIES_PER_NETWORK",
        default: "50",
        meaning: "wrong tries from one network address within an hour until it is locked; 0 to 100000, 0 for no limit",
    },
    Setting {
        name: "TAILORMADE_SIGN_IN_LOCK_MINUTES",
        default: "15",
        meaning: "how long the first lock lasts, each next one twice as long; a whole number from 1 to 1440",
    },
    Setting {
        name: "TAILORMADE_TRUSTED_PROXIES",
        default: "0",
        meaning: "proxies of your own in front, whose X-Forwarded-For is believed; a whole number from 0 to 10",
    },
    Setting {
        name: "TAILORMADE_OPENID_FILE",
        default: "none",
        meaning: "file with the identity providers (OpenID Connect) at which members of organisations sign in; see the README",
    },
    Setting {
        name: "TAILORMADE_CQC_FILE",
        default: "none",
        meaning: "file of the regulator's register that is read every day when it has changed, in any form that `import cqc` takes",
    },
    Setting {
        name: "TAILORMADE_OPERATIONS_LISTEN",
        default: "nowhere",
        meaning: "address and port of /health and /metrics, apart from the site, for a network of the operator's own",
    },
    Setting {
        name: "TAILORMADE_REQUESTS_PER_MINUTE",
        default: "1200",
        meaning: "pages that one network address may ask for; a whole number from 0 (no limit) to 1000000",
    },
    Setting {
        name: "TAILORMADE_REQUEST_SECONDS",
        default: "30",
        meaning: "the longest that one request may take; a whole number from 1 to 600",
    },
    Setting { name: "TAILORMADE_LOG", default: "info", meaning: "what is logged: error, warn, info, debug or trace" },
];

/// A setting that cannot be used, in words for the person who set it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name} is {value:?}; allowed: {allowed}")]
pub struct WrongSetting {
    /// The variable's name.
    pub name: &'static str,
    /// What it was set to.
    pub value: String,
    /// What would be accepted.
    pub allowed: String,
}

/// Where the data is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its whole address.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite://FILE` or `postgres://...`.
    ///
    /// # Errors
    /// An unknown scheme, an empty file name, or PostgreSQL in a binary that was built without it.
    pub fn parse(text: &str) -> Result<Self, WrongSetting> {
        let wrong = |allowed: &str| WrongSetting {
            name: "TAILORMADE_DATABASE_URL",
            value: without_password(text),
            allowed: allowed.to_owned(),
        };
        if let Some(file) = text.strip_prefix("sqlite://") {
            return if file.is_empty() || file.starts_with(':') {
                Err(wrong("sqlite:// followed by the name of a file"))
            } else {
                Ok(Self::Sqlite(PathBuf::from(file)))
            };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return if cfg!(feature = "postgres") {
                Ok(Self::Postgres(text.to_owned()))
            } else {
                Err(wrong(
                    "sqlite://FILE; this binary was built without PostgreSQL (build it with --features postgres)",
                ))
            };
        }
        Err(wrong("sqlite://FILE or postgres://USER@HOST/DATABASE"))
    }

    /// The address of a SQLite file.
    #[must_use]
    pub fn sqlite(file: &Path) -> Self {
        Self::Sqlite(file.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

/// The address with its password left out, fit for a terminal or a log.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to answer on.
    pub listen: SocketAddr,
    /// How browsers reach this server, without a slash at the end.
    pub public_url: String,
    /// Where the data is kept.
    pub database: DatabaseUrl,
    /// Whether the setting named a place, rather than leaving it at the default.
    pub database_is_named: bool,
    /// The file with the secret.
    pub key_file: PathBuf,
    /// Threads that answer requests.
    pub workers: usize,
    /// Where mails go, and from whom.
    pub mail: Option<MailSettings>,
    /// What is logged.
    pub log: String,
    /// When sign-ins are slowed and locked.
    pub sign_in: SignInLimits,
    /// How many proxies of the operator's own stand in front of this server.
    pub trusted_proxies: usize,
    /// The file with the organisations' identity providers, if there is one.
    pub openid_file: Option<PathBuf>,
    /// The file of the regulator's register that is read when it has changed, if there is one.
    pub cqc_file: Option<PathBuf>,
    /// Where the operator's own pages answer, if anywhere.
    pub operations_listen: Option<SocketAddr>,
    /// How many pages one network address may ask for in a minute; 0 for no limit.
    pub requests_per_minute: u32,
    /// How long one request may take.
    pub longest_request: Duration,
}

/// When sign-ins are slowed and locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInLimits {
    /// Wrong tries for one e-mail address until it is locked; 0 for no limit.
    pub tries: u32,
    /// Wrong tries from one network address until it is locked; 0 for no limit.
    pub tries_per_network: u32,
    /// How long the first lock lasts, in minutes.
    pub lock_minutes: u32,
}

/// Where mails go, and from whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The server's address, with its password.
    pub smtp_url: String,
    /// The address that mails come from.
    pub from: String,
}

impl MailSettings {
    /// A setting that cannot be used, as `mail` found out.
    #[must_use]
    pub fn wrong(&self, name: &'static str, allowed: String) -> WrongSetting {
        let value = if name == "TAILORMADE_SMTP_URL" { without_password(&self.smtp_url) } else { self.from.clone() };
        WrongSetting { name, value, allowed }
    }
}

impl Config {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    /// The first setting that cannot be used, or a `TAILORMADE_*` variable that does not exist.
    pub fn from_environment() -> Result<Self, WrongSetting> {
        for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
            if !name.starts_with("TAILORMADE_TEST_") && !SETTINGS.iter().any(|setting| setting.name == name) {
                let names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
                let (name, value) = ("TAILORMADE_*", format!("{name}={value}"));
                return Err(WrongSetting { name, value, allowed: names.join(", ") });
            }
        }
        Self::from_values(|name| std::env::var(name).ok())
    }

    /// Reads the settings from any source of values by name.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn from_values(value: impl Fn(&'static str) -> Option<String>) -> Result<Self, WrongSetting> {
        let listen: SocketAddr = read(
            &value,
            "TAILORMADE_LISTEN",
            "127.0.0.1:8080",
            "an IP address and a port, like 127.0.0.1:8080",
            |text| text.parse().ok(),
        )?;
        let own_url = format!("http://{listen}");
        let allowed = "https://NAME, or http:// with a loopback address, like http://127.0.0.1:8080; no path";
        let public_url = read(&value, "TAILORMADE_PUBLIC_URL", &own_url, allowed, |text| {
            let url = text.trim_end_matches('/');
            let default = value("TAILORMADE_PUBLIC_URL").is_none();
            (default || may_be_public_url(url)).then(|| url.to_owned())
        })?;
        let database =
            DatabaseUrl::parse(&value("TAILORMADE_DATABASE_URL").unwrap_or("sqlite://tailormade.sqlite".to_owned()))?;
        let key_file = read(&value, "TAILORMADE_KEY_FILE", "tailormade.key", "the name of a file", |text| {
            (!text.is_empty()).then(|| PathBuf::from(text))
        })?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from).to_string();
        let workers = read(&value, "TAILORMADE_WORKERS", &cores, "a whole number from 1 to 64", |text| {
            text.parse().ok().filter(|count| (1..=64).contains(count))
        })?;
        let log = read(&value, "TAILORMADE_LOG", "info", "error, warn, info, debug or trace", |text| {
            ["error", "warn", "info", "debug", "trace"].contains(&text).then(|| text.to_owned())
        })?;
        let cqc_file =
            value("TAILORMADE_CQC_FILE").filter(|name| !matches!(name.as_str(), "" | "none")).map(PathBuf::from);
        let openid_file =
            read(&value, "TAILORMADE_OPENID_FILE", "none", "the name of a file, or none", |text| match text {
                "" => None,
                "none" => Some(None),
                file => Some(Some(PathBuf::from(file))),
            })?;
        let allowed = "an IP address and a port, like 127.0.0.1:9090, or \"nowhere\"";
        let operations_listen = read(&value, "TAILORMADE_OPERATIONS_LISTEN", "nowhere", allowed, |text| match text {
            "nowhere" => Some(None),
            address => address.parse().ok().map(Some),
        })?;
        let requests_per_minute = whole(&value, "TAILORMADE_REQUESTS_PER_MINUTE", "1200", 0, 1_000_000)?;
        let longest = whole(&value, "TAILORMADE_REQUEST_SECONDS", "30", 1, 600)?;
        let longest_request = Duration::from_secs(longest.into());
        let database_is_named = value("TAILORMADE_DATABASE_URL").is_some();
        let mail = mail_settings(&value)?;
        let sign_in = SignInLimits {
            tries: whole(&value, "TAILORMADE_SIGN_IN_TRIES", "10", 0, 1_000)?,
            tries_per_network: whole(&value, "TAILORMADE_SIGN_IN_TRIES_PER_NETWORK", "50", 0, 100_000)?,
            lock_minutes: whole(&value, "TAILORMADE_SIGN_IN_LOCK_MINUTES", "15", 1, 1_440)?,
        };
        let trusted_proxies = whole(&value, "TAILORMADE_TRUSTED_PROXIES", "0", 0, 10)?;
        let trusted_proxies = usize::try_from(trusted_proxies).unwrap_or_default();
        Ok(Self {
            listen,
            public_url,
            database,
            database_is_named,
            key_file,
            workers,
            mail,
            log,
            sign_in,
            trusted_proxies,
            openid_file,
            cqc_file,
            operations_listen,
            requests_per_minute,
            longest_request,
        })
    }

    /// Whether browsers come over TLS, so that cookies may be marked for it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The two settings of mail, which need one another.
fn mail_settings(value: &impl Fn(&'static str) -> Option<String>) -> Result<Option<MailSettings>, WrongSetting> {
    let (smtp_url, from) = (value("TAILORMADE_SMTP_URL"), value("TAILORMADE_MAIL_FROM"));
    let Some(smtp_url) = smtp_url else {
        return Ok(None);
    };
    let mail = MailSettings { smtp_url, from: from.unwrap_or_default() };
    if !may_carry_mail(&mail.smtp_url) {
        let allowed = "smtps://HOST, smtp://HOST?tls=required, or smtp:// with a loopback address";
        return Err(mail.wrong("TAILORMADE_SMTP_URL", allowed.to_owned()));
    }
    if !mail.from.contains('@') {
        return Err(mail.wrong("TAILORMADE_MAIL_FROM", "an e-mail address, like no-reply@example.org".to_owned()));
    }
    Ok(Some(mail))
}

/// Mails carry links that open accounts: they travel over TLS, or do not leave this machine.
fn may_carry_mail(url: &str) -> bool {
    if url.starts_with("smtps://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("smtp://") else {
        return false;
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    query == "tls=required" || (query.is_empty() && is_loopback(host))
}

/// One setting: what it is set to, else its default, through its parser.
fn read<T>(
    value: &impl Fn(&'static str) -> Option<String>,
    name: &'static str,
    default: &str,
    allowed: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, WrongSetting> {
    let text = value(name).unwrap_or_else(|| default.to_owned());
    parse(&text).ok_or_else(|| WrongSetting { name, value: text.clone(), allowed: allowed.to_owned() })
}

/// A setting that is a whole number.
fn whole(
    value: &impl Fn(&'static str) -> Option<String>,
    name: &'static str,
    default: &str,
    least: u32,
    most: u32,
) -> Result<u32, WrongSetting> {
    let allowed = format!("a whole number from {least} to {most}");
    read(value, name, default, &allowed, |text| text.parse().ok().filter(|number| (least..=most).contains(number)))
}

/// Plain http is accepted on the loopback only: anywhere else a session could be read on its way.
fn may_be_public_url(url: &str) -> bool {
    if let Some(host) = url.strip_prefix("https://") {
        return !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    }
    let Some(host) = url.strip_prefix("http://") else {
        return false;
    };
    is_loopback(host)
}

/// Whether a host, with its port or without, is this machine itself.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, set: &'static str) -> Result<Config, WrongSetting> {
        Config::from_values(|asked| (asked == name).then(|| set.to_owned()))
    }

    #[test]
    fn defaults_are_those_the_readme_names() {
        let config = Config::from_values(|_| None).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.database.to_string(), "sqlite://tailormade.sqlite");
    }

    #[test]
    fn a_wrong_setting_is_refused_with_name_value_and_what_is_allowed() {
        for (name, set) in [
            ("TAILORMADE_LISTEN", "8080"),
            ("TAILORMADE_PUBLIC_URL", "http://care.example.org"),
            ("TAILORMADE_PUBLIC_URL", "ftp://127.0.0.1"),
            ("TAILORMADE_DATABASE_URL", "mysql://x"),
            ("TAILORMADE_DATABASE_URL", "sqlite://"),
            ("TAILORMADE_DATABASE_URL", "sqlite://:memory:"),
            ("TAILORMADE_WORKERS", "0"),
            ("TAILORMADE_SIGN_IN_TRIES", "-1"),
            ("TAILORMADE_SIGN_IN_TRIES_PER_NETWORK", "many"),
            ("TAILORMADE_SIGN_IN_LOCK_MINUTES", "0"),
            ("TAILORMADE_TRUSTED_PROXIES", "11"),
            ("TAILORMADE_LOG", "loud"),
        ] {
            let wrong = with(name, set).unwrap_err();
            assert_eq!((wrong.name, wrong.value.as_str()), (name, set));
            assert!(!wrong.allowed.is_empty());
        }
    }

    #[test]
    fn public_urls_are_https_or_loopback() {
        for url in ["https://care.example.org", "http://localhost:8080", "http://127.0.0.1:9", "http://[::1]:8080"] {
            assert!(may_be_public_url(url), "{url}");
        }
        assert!(with("TAILORMADE_PUBLIC_URL", "https://care.example.org").unwrap().is_secure());
    }

    #[test]
    fn mail_travels_over_tls_or_stays_on_this_machine_and_has_a_sender() {
        let both = |url: &'static str, from: &'static str| {
            Config::from_values(|asked| match asked {
                "TAILORMADE_SMTP_URL" => Some(url.to_owned()),
                "TAILORMADE_MAIL_FROM" => Some(from.to_owned()),
                _ => None,
            })
        };
        for url in ["smtps://u:p@mail.example.org", "smtp://mail.example.org?tls=required", "smtp://127.0.0.1:2525"] {
            assert!(both(url, "a@example.org").unwrap().mail.is_some(), "{url}");
        }
        for url in ["smtp://mail.example.org", "smtp://u:p@mail.example.org?tls=opportunistic", "http://x", ""] {
            assert_eq!(both(url, "a@example.org").unwrap_err().name, "TAILORMADE_SMTP_URL", "{url}");
        }
        assert_eq!(both("smtp://[::1]:25", "nobody").unwrap_err().name, "TAILORMADE_MAIL_FROM");
        let shown = both("smtp://u:secret@mail.example.org", "a@example.org").unwrap_err().value;
        assert!(!shown.contains("secret"), "{shown}");
        assert_eq!(Config::from_values(|_| None).unwrap().mail, None);
    }

    #[test]
    fn a_password_in_a_database_address_is_never_shown() {
        let wrong = DatabaseUrl::parse("mysql://anna:secret@place/base").unwrap_err();
        assert_eq!(wrong.value, "mysql://anna@place/base");
    }
}
