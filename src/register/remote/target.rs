//! Which register is asked, and how: `http://host:7511/prefix?timeout=2s`.

use reqwest::Url;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// No wait is longer than this.
const LONGEST: Duration = Duration::from_secs(600);
/// No inquiry is made more often than this.
const MOST_TRIES: u32 = 20;
/// A token is no longer than this: servers take 8 KiB of headers at least.
const LONGEST_TOKEN: usize = 4096;

/// A register elsewhere.
///
/// In text: `http://host:port[/prefix]` (HTTP/1.1), `h2c://…` (HTTP/2 without TLS) or `https://…`, and after a `?` any of
/// `connect=2s`, `timeout=5s` (of one exchange), `limit=15s` (of all tries together), `tries=3`, `http2=true` and `ca=FILE`
/// (PEM; instead of the system's authorities), with `&` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) root: Url,
    pub(super) http2: bool,
    pub(super) connect: Duration,
    pub(super) timeout: Duration,
    pub(super) limit: Duration,
    pub(super) tries: u32,
    pub(super) authority: Option<PathBuf>,
    pub(super) token: Option<Token>,
}

/// Why a text names no register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no URL with a host.
    #[error("`{0}` is no address of a register: {1}")]
    NoUrl(String, String),
    /// It does not begin as one of a register does.
    #[error("expected http://, h2c:// or https://, found `{0}://`")]
    Scheme(String),
    /// A secret would stand in every list of processes.
    #[error("a user or password in the address would be seen by everybody")]
    Secret,
    /// An option that there is not.
    #[error("unknown option `{0}`, expected `connect`, `timeout`, `limit`, `tries`, `http2` or `ca`")]
    Option(String),
    /// A value that does not fit.
    #[error("`{option}={found}`: expected {expected}")]
    Value {
        /// The option.
        option: String,
        /// What it was set to.
        found: String,
        /// What it may be set to.
        expected: &'static str,
    },
}

impl TargetError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoUrl(..) | Self::Scheme(_) => {
                "an address is such as http://127.0.0.1:7511 or https://eir.example/prefix"
            }
            Self::Secret => "give a bearer token in ATGATE_REGISTER_TOKEN",
            Self::Option(_) | Self::Value { .. } => {
                "options follow a `?` with `&` between them: http://127.0.0.1:7511?timeout=2s&tries=3"
            }
        }
    }
}

impl Target {
    /// Whether a text is meant as the address of a register elsewhere, sound or not, and not as a file.
    pub fn is_meant(text: &str) -> bool {
        ["http://", "https://", "h2c://"].iter().any(|start| text.starts_with(start))
    }

    /// The same, with a bearer token in each request.
    #[must_use]
    pub fn with_token(self, token: Token) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The file of the certificates that are trusted instead of the system's.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// The address of the check, without its query.
    pub(super) fn check(&self) -> Url {
        let mut url = self.root.clone();
        let path = format!("{}/n5g-eir-eic/v1/equipment-status", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let (plain, http2) = match scheme {
            "http" | "https" => (scheme, false),
            "h2c" => ("http", true),
            "" => return Err(TargetError::NoUrl(text.to_owned(), "it has no http:// or https://".to_owned())),
            other => return Err(TargetError::Scheme(other.to_owned())),
        };
        let mut root = Url::parse(&format!("{plain}://{rest}"))
            .map_err(|error| TargetError::NoUrl(text.to_owned(), error.to_string()))?;
        if !root.username().is_empty() || root.password().is_some() {
            return Err(TargetError::Secret);
        }
        if root.fragment().is_some() {
            return Err(TargetError::NoUrl(text.to_owned(), "nothing may follow a `#`".to_owned()));
        }
        let options: Vec<(String, String)> =
            root.query_pairs().map(|(option, value)| (option.into_owned(), value.into_owned())).collect();
        root.set_query(None);
        let mut target = Self {
            root,
            http2,
            connect: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
            limit: Duration::from_secs(15),
            tries: 3,
            authority: None,
            token: None,
        };
        for (option, value) in options {
            target.set(&option, &value)?;
        }
        Ok(target)
    }
}

impl Target {
    fn set(&mut self, option: &str, value: &str) -> Result<(), TargetError> {
        let wrong = |expected| TargetError::Value { option: option.to_owned(), found: value.to_owned(), expected };
        let wait = || wait(value).ok_or_else(|| wrong("a time from 1ms to 600s, such as 500ms or 5s"));
        match option {
            "connect" => self.connect = wait()?,
            "timeout" => self.timeout = wait()?,
            "limit" => self.limit = wait()?,
            "tries" => {
                let tries = value.parse().ok().filter(|tries| (1..=MOST_TRIES).contains(tries));
                self.tries = tries.ok_or_else(|| wrong("a number from 1 to 20"))?;
            }
            "http2" => self.http2 = value.parse().map_err(|_| wrong("`true` or `false`"))?,
            "ca" if value.is_empty() => return Err(wrong("a file")),
            "ca" => self.authority = Some(value.into()),
            other => return Err(TargetError::Option(other.to_owned())),
        }
        Ok(())
    }
}

/// `500ms` or `5s`.
fn wait(text: &str) -> Option<Duration> {
    let (digits, unit): (&str, fn(u64) -> Duration) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => (digits, Duration::from_millis),
        (None, Some(digits)) => (digits, Duration::from_secs),
        (None, None) => return None,
    };
    let wait = unit(digits.parse().ok()?);
    (!wait.is_zero() && wait <= LONGEST).then_some(wait)
}

/// `http://host:port/prefix`: nothing secret, and no options.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.as_str().trim_end_matches('/'))
    }
}

/// A bearer token.
///
/// On the wire: `Authorization: Bearer <token>`, visible ASCII.
///
/// Source: RFC 6750, clause 2.1; 3GPP TS 29.500, clause 6.7.3.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text is no bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is nothing in it.
    #[error("the token is empty")]
    Empty,
    /// It is longer than a header may be.
    #[error("the token has more than {LONGEST_TOKEN} characters")]
    TooLong,
    /// A blank, a line end or something that is no ASCII.
    #[error("character {0} of the token is no visible ASCII character")]
    Character(usize),
}

impl Token {
    /// What is sent.
    pub(in crate::register) fn text(&self) -> &str {
        &self.0
    }
}

impl FromStr for Token {
    type Err = TokenError;

    /// Blanks and line ends around it, as a file or a shell leaves them, are no part of it.
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if text.len() > LONGEST_TOKEN {
            return Err(TokenError::TooLong);
        }
        match text.chars().position(|character| !character.is_ascii_graphic()) {
            Some(at) => Err(TokenError::Character(at + 1)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// It is a secret: no log has it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_options() {
        let target: Target =
            "h2c://127.0.0.1:7511/root/?connect=500ms&timeout=1s&limit=3s&tries=5&ca=my.pem".parse().unwrap();
        assert_eq!(target.to_string(), "http://127.0.0.1:7511/root");
        assert_eq!(target.check().as_str(), "http://127.0.0.1:7511/root/n5g-eir-eic/v1/equipment-status");
        assert!(target.http2);
        assert_eq!((target.connect, target.timeout), (Duration::from_millis(500), Duration::from_secs(1)));
        assert_eq!((target.limit, target.tries), (Duration::from_secs(3), 5));
        assert_eq!(target.authority(), Some(Path::new("my.pem")));
        let plain: Target = "http://eir.example".parse().unwrap();
        assert_eq!(plain.check().as_str(), "http://eir.example/n5g-eir-eic/v1/equipment-status");
        assert!(!plain.http2);
    }

    #[test]
    fn what_is_no_address_is_told() {
        let says = |text: &str| text.parse::<Target>().unwrap_err().to_string();
        insta::assert_snapshot!(says("127.0.0.1:7511"), @"`127.0.0.1:7511` is no address of a register: it has no http:// or https://");
        insta::assert_snapshot!(says("ftp://host"), @"expected http://, h2c:// or https://, found `ftp://`");
        insta::assert_snapshot!(says("http://"), @"`http://` is no address of a register: empty host");
        insta::assert_snapshot!(says("http://host:99999"), @"`http://host:99999` is no address of a register: invalid port number");
        insta::assert_snapshot!(says("http://me:secret@host"), @"a user or password in the address would be seen by everybody");
        insta::assert_snapshot!(says("http://host#x"), @"`http://host#x` is no address of a register: nothing may follow a `#`");
        insta::assert_snapshot!(says("http://host?retries=3"), @"unknown option `retries`, expected `connect`, `timeout`, `limit`, `tries`, `http2` or `ca`");
        insta::assert_snapshot!(says("http://host?limit=0s"), @"`limit=0s`: expected a time from 1ms to 600s, such as 500ms or 5s");
        insta::assert_snapshot!(says("http://host?tries=0"), @"`tries=0`: expected a number from 1 to 20");
    }

    #[test]
    fn a_token_shows_nowhere() {
        let target: Target = "http://host".parse().unwrap();
        let target = target.with_token(" s3cret\n".parse().unwrap());
        assert_eq!(target.token.as_ref().map(Token::text), Some("s3cret"));
        assert!(!format!("{target} {target:?}").contains("s3cret"));
        assert_eq!("a b".parse::<Token>(), Err(TokenError::Character(2)));
        assert_eq!(" \n".parse::<Token>(), Err(TokenError::Empty));
    }
}
