//! `[ussd]` and `[network.ussd]`: what the network answers to a code, and how long it takes.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::Deserializer;

use super::message::{LONGEST, Message};
use crate::modem::{Span, template};
use crate::wire::text::CbsCoding;

/// `[ussd]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UssdProfile {
    /// From a code to the network's answer.
    pub time: Span,
    /// The network waits so long for a reply, and the modem for the network.
    pub limit: Span,
    /// What the network answers to a code that it does not know; empty: that the operation is not supported.
    pub unknown: String,
}

/// What the network answers to a code: a text, or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UssdAnswer {
    /// Its text; `{msisdn}` and the other names of `[commands]` are filled in. Empty: none.
    pub text: String,
    /// The data coding scheme; none: the default alphabet where that has the text, else UCS2.
    pub coding: Option<u8>,
    /// What it says to each reply, `*` to any other; without replies it asks nothing.
    pub replies: HashMap<String, UssdAnswer>,
    /// How it ends.
    pub ends: UssdEnd,
}

/// How an answer of the network ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UssdEnd {
    /// As its replies have it: `<m>` 0, or 1 where there are some.
    #[default]
    Answered,
    /// The network ends the dialogue: `<m>` 2.
    Released,
    /// It does not know the operation: `<m>` 4.
    Unsupported,
    /// It says nothing, until the modem gives up: `<m>` 5.
    Silent,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, or a table of text, coding, replies and ends")]
enum Written {
    Text(String),
    Table(WrittenTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTable {
    #[serde(default)]
    text: String,
    coding: Option<u8>,
    #[serde(default)]
    replies: HashMap<String, UssdAnswer>,
    #[serde(default)]
    ends: UssdEnd,
}

impl<'de> Deserialize<'de> for UssdAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self { text, coding: None, replies: HashMap::new(), ends: UssdEnd::Answered },
            Written::Table(WrittenTable { text, coding, replies, ends }) => Self { text, coding, replies, ends },
        })
    }
}

impl UssdAnswer {
    /// Checks what no type can.
    ///
    /// # Errors
    /// What was expected.
    pub(in crate::modem) fn check(&self) -> Result<(), String> {
        if let Some(name) = template::unknown_name(&self.text) {
            return Err(format!("no value is called {{{name}}} in \"{}\"", self.text));
        }
        if !Message::of(&self.text, self.coding.map(CbsCoding)).fits() {
            return Err(format!("expected a text of {LONGEST} octets in its coding at most: \"{}\"", self.text));
        }
        self.replies.values().try_for_each(Self::check)
    }
}
