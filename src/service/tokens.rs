//! Who may ask what: bearer tokens and their roles, from a TOML file.
//!
//! Source: RFC 6750 for the header; TS 29.511 clause 6.1.9 and CAMARA for the scopes that a role may be narrowed to.

use super::clients::Limiter;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use toml::Spanned;

/// The most tokens that a file may have: each request is compared with all of them.
const MOST: usize = 256;

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Ask TS 29.511's interface.
    Equipment,
    /// Ask CAMARA's interface.
    Authenticity,
    /// Have many devices screened.
    Screen,
    /// Read lists, log and fleet.
    Read,
    /// Put entries on lists and take them off; open and resolve cases.
    Edit,
    /// Import whole lists, and undo imports.
    Import,
    /// Read the metrics.
    Metrics,
}

impl Permission {
    /// The scope that a token needs, as `WWW-Authenticate` and the documentation call it.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Equipment => "n5g-eir-eic",
            Self::Authenticity => "device-authenticity:check-status",
            Self::Screen => "screen",
            Self::Read | Self::Metrics => "lookup",
            Self::Edit => "edit",
            Self::Import => "admin",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a token is for; each role may do what those before it may.
///
/// In text: `lookup`, `screen`, `edit`, `admin`; or the scope of one interface alone, `n5g-eir-eic` or
/// `device-authenticity:check-status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// TS 29.511's interface alone.
    #[serde(rename = "n5g-eir-eic")]
    Equipment,
    /// CAMARA's interface alone.
    #[serde(rename = "device-authenticity:check-status")]
    Authenticity,
    /// Asks about devices, reads lists, log and metrics.
    Lookup,
    /// Has many devices screened.
    Screen,
    /// Changes lists entry by entry.
    Edit,
    /// Imports lists and undoes imports.
    Admin,
}

impl Role {
    fn permissions(self) -> u8 {
        let lookup = [Permission::Equipment, Permission::Authenticity, Permission::Read, Permission::Metrics]
            .into_iter()
            .fold(0, |all, one| all | one.bit());
        match self {
            Self::Equipment => Permission::Equipment.bit(),
            Self::Authenticity => Permission::Authenticity.bit(),
            Self::Lookup => lookup,
            Self::Screen => lookup | Permission::Screen.bit(),
            Self::Edit => lookup | Permission::Screen.bit() | Permission::Edit.bit(),
            Self::Admin => u8::MAX,
        }
    }
}

/// Whoever has a token.
pub(super) struct Holder {
    /// Its name, for the log of what it changes.
    pub(super) name: Arc<str>,
    digest: [u8; 32],
    permissions: u8,
    /// How often it may ask; `None` for as often as it likes.
    pub(super) limiter: Option<Limiter>,
}

impl Holder {
    /// Whether it may do this.
    pub(super) fn may(&self, permission: Permission) -> bool {
        self.permissions & permission.bit() != 0
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    holders: Vec<Arc<Holder>>,
    has_plain: bool,
}

/// Why a text is no token file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct TokensError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in characters.
    pub column: usize,
    /// What is wrong, a lowercase fragment.
    pub message: String,
}

impl TokensError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        "each token is a table: `[[token]]`, `name = \"amf-1\"`, `sha256 = \"…\"` (of `printf %s TOKEN | sha256sum`) or `token = \"…\"` \
         of 16 characters at least, `roles = [\"lookup\"]` (lookup, screen, edit, admin), and `rate = 1000` requests a second if \
         it is to be limited"
    }

    fn at(text: &str, place: usize, message: impl Into<String>) -> Self {
        let before = text.get(..place).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { line, column, message: message.into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    token: Vec<Spanned<Written>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    token: Option<Spanned<String>>,
    sha256: Option<Spanned<String>>,
    roles: Vec<Role>,
    rate: Option<NonZeroU32>,
}

impl Tokens {
    /// Reads a TOML file's text:
    ///
    /// ```toml
    /// [[token]]
    /// name   = "amf-1"
    /// sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    /// roles  = ["n5g-eir-eic"]
    /// rate   = 50000          # requests a second; left out: no limit
    /// ```
    ///
    /// # Errors
    /// It is no TOML, a key is unknown, a name comes twice, a token is too short, or there is none; with its place.
    pub fn from_toml(text: &str) -> Result<Self, TokensError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let message = error.message().trim_end().replace('\n', "; ");
            TokensError::at(text, error.span().unwrap_or(0..0).start, message)
        })?;
        let mut tokens = Self::default();
        if file.token.is_empty() {
            return Err(TokensError::at(text, 0, "expected tokens, found none: nobody could ask anything"));
        }
        for written in file.token {
            let place = written.span().start;
            if tokens.holders.len() == MOST {
                return Err(TokensError::at(text, place, format!("there are more than {MOST} tokens")));
            }
            let holder = tokens.holder(text, place, written.into_inner())?;
            if tokens.holders.iter().any(|other| other.name == holder.name) {
                return Err(TokensError::at(text, place, format!("the name `{}` comes twice", holder.name)));
            }
            tokens.holders.push(Arc::new(holder));
        }
        Ok(tokens)
    }

    fn holder(&mut self, text: &str, place: usize, written: Written) -> Result<Holder, TokensError> {
        let digest = match (&written.token, &written.sha256) {
            (Some(token), None) if token.get_ref().len() < 16 => {
                let message = "a token has 16 characters at least: who guesses it has the register";
                return Err(TokensError::at(text, token.span().start, message));
            }
            (Some(token), None) => {
                self.has_plain = true;
                digest(token.get_ref().as_bytes())
            }
            (None, Some(hash)) => unhex(hash.get_ref()).ok_or_else(|| {
                TokensError::at(text, hash.span().start, "expected the SHA-256 of a token, 64 hexadecimal digits")
            })?,
            (None, None) | (Some(_), Some(_)) => {
                return Err(TokensError::at(text, place, "a token has either `sha256` or `token`"));
            }
        };
        if written.roles.is_empty() {
            return Err(TokensError::at(text, place, "a token without a role may do nothing"));
        }
        let permissions = written.roles.iter().fold(0, |all, role| all | role.permissions());
        let limiter = written.rate.map(Limiter::new);
        Ok(Holder { name: written.name.into(), digest, permissions, limiter })
    }

    /// Whether a token stands in the file as it is: then nobody but its owner should be able to read the file.
    pub fn has_plain(&self) -> bool {
        self.has_plain
    }

    /// Whose token this is. How long that takes says nothing of the tokens.
    pub(super) fn find(&self, token: &[u8]) -> Option<&Arc<Holder>> {
        let digest = digest(token);
        let mut found = None;
        for holder in &self.holders {
            let differs = holder.digest.iter().zip(digest).fold(0, |differs, (one, other)| differs | (one ^ other));
            if differs == 0 {
                found = Some(holder);
            }
        }
        found
    }
}

fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash_and_has_what_its_roles_have() {
        let tokens = Tokens::from_toml(
            "[[token]]\nname = 'a'\ntoken = 'a-long-enough-token'\nroles = ['screen']\n\
             [[token]]\nname = 'b'\nsha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'\n\
             roles = ['n5g-eir-eic']\nrate = 5",
        )
        .unwrap();
        assert!(tokens.has_plain());
        let a = tokens.find(b"a-long-enough-token").unwrap();
        assert!(a.may(Permission::Screen) && a.may(Permission::Equipment) && !a.may(Permission::Edit));
        let b = tokens.find(b"test").unwrap();
        assert!(b.may(Permission::Equipment) && !b.may(Permission::Authenticity) && !b.may(Permission::Read));
        assert!(tokens.find(b"Test").is_none());
        assert!(!format!("{tokens:?}").contains("9f86"));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_place() {
        let all = [
            "",
            "[[token]]\nname = 'a'\ntoken = 'short'\nroles = ['lookup']",
            "[[token]]\nname = 'a'\nsha256 = 'zz'\nroles = ['lookup']",
            "[[token]]\nname = 'a'\nroles = ['lookup']",
            "[[token]]\nname = 'a'\ntoken = 'a-long-enough-token'\nroles = []",
            "[[token]]\nname = 'a'\ntoken = 'a-long-enough-token'\nroles = ['root']",
            "[[token]]\nname = 'a'\ntoken = 'a-long-enough-token'\nroles = ['edit']\n[[token]]\nname = 'a'\ntoken = 'another-long-token'\nroles = ['edit']",
            "[[token]]\nname = 'a'\nsecret = 'x'",
        ]
        .map(|text| Tokens::from_toml(text).unwrap_err().to_string());
        insta::assert_snapshot!(all.join("\n"), @"
        1:1: expected tokens, found none: nobody could ask anything
        3:9: a token has 16 characters at least: who guesses it has the register
        3:10: expected the SHA-256 of a token, 64 hexadecimal digits
        1:1: a token has either `sha256` or `token`
        1:1: a token without a role may do nothing
        4:10: unknown variant `root`, expected one of `n5g-eir-eic`, `device-authenticity:check-status`, `lookup`, `screen`, `edit`, `admin`
        5:1: the name `a` comes twice
        3:1: unknown field `secret`, expected one of `name`, `token`, `sha256`, `roles`, `rate`
        ");
    }
}
