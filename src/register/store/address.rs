//! Where a register is kept.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a register is kept.
///
/// In text: `postgres://user@host/database` (or `postgresql://…`), or the path of a file. `?sslmode=verify-full` behind the
/// database has the connection encrypted, see `tls`.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// One file, which SQLite keeps.
    File(PathBuf),
    /// A database that several benches share.
    Postgres(String),
}

impl Address {
    /// The file under the user's data folder that is used where none is named.
    ///
    /// `None` where the user has no home.
    pub fn of_user() -> Option<Self> {
        use etcetera::BaseStrategy as _;
        let folder = etcetera::choose_base_strategy().ok()?.data_dir();
        Some(Self::File(folder.join("atgate").join("register.db")))
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

impl FromStr for Address {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_database = text.starts_with("postgres://") || text.starts_with("postgresql://");
        Ok(if is_database { Self::Postgres(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Address {
    /// As it is written, but for a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or(user);
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let shown = |text: &str| text.parse::<Address>().unwrap().to_string();
        assert_eq!(shown("postgres://qa:se@cret@bench/register?password=x"), "postgres://qa@bench/register");
        assert_eq!(shown("postgresql://bench/register"), "postgresql://bench/register");
        assert_eq!(shown("lists/register.db"), "lists/register.db");
    }
}
