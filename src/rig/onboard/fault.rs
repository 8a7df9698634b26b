//! What went wrong with a board: whose fault it is, in words, and what to do next.

use serde::{Deserialize, Serialize};

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The port, the cable, the disk, the register: nothing is said about the board.
    Bench,
    /// The board does not do what a modem does.
    Modem,
    /// It is not who it should be.
    Identity,
    /// It, its card or its subscription was refused, or found no network.
    Network,
    /// It, or the bench, is set up so that it cannot work.
    Configuration,
}

impl Kind {
    /// `bench`, `modem`, `identity`, `network` or `configuration`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bench => "bench",
            Self::Modem => "modem",
            Self::Identity => "identity",
            Self::Network => "network",
            Self::Configuration => "configuration",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Whose fault it is.
    pub kind: Kind,
    /// Its stable name in kebab-case: `silent`, `blocked`, `denied`.
    pub code: String,
    /// What was expected and what came; identities in it are told through a veil.
    pub words: String,
    /// The next step, where there is one.
    #[serde(default)]
    pub help: Option<String>,
    /// Whether another attempt may do better.
    #[serde(default)]
    pub is_passing: bool,
}

impl Fault {
    /// A fault that another attempt does not mend.
    pub fn new(kind: Kind, code: &str, words: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), words: words.into(), help: None, is_passing: false }
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Another attempt may do better.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.is_passing = true;
        self
    }
}
