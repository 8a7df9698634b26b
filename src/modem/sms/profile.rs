//! `[sms]`: memories, the service centre, and how this modem shows messages.

use std::collections::HashMap;
use std::str::FromStr;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de::DeserializeOwned};

use super::Memory;
use crate::modem::profile::Span;

/// `[sms]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsProfile {
    /// The memories of `+CPMS`, in the order of its test form.
    pub memories: Vec<Memory>,
    /// How many messages the card holds.
    pub sim: u16,
    /// How many messages the module holds.
    pub equipment: u16,
    /// From the end of the text to `+CMGS`.
    pub send: Span,
    /// From there until the service centre says what became of the message.
    pub report: Span,
    /// From one message that comes to the next.
    pub apart: Span,
    /// How long a message that was shown waits for `+CNMA`.
    pub acknowledge: Span,
    /// What ESC at the prompt is answered with.
    pub given_up: GivenUp,
    /// The `+CMS ERROR` for an index without a message; 0: `+CMGR` says OK.
    pub empty: u16,
    /// The `+CMS ERROR` of a message, by its destination.
    #[serde(deserialize_with = "numbers")]
    pub refused: HashMap<String, u16>,
    /// TP-ST of the report on a message, by its destination.
    #[serde(deserialize_with = "numbers")]
    pub undelivered: HashMap<String, u8>,
}

/// What ESC at the prompt is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GivenUp {
    /// `OK`
    Ok,
    /// `ERROR`
    Error,
}

/// Numbers by name; a setting from outside, whose name no profile has, comes as text.
fn numbers<'de, D: Deserializer<'de>, N: DeserializeOwned + FromStr>(
    deserializer: D,
) -> Result<HashMap<String, N>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given<N> {
        Number(N),
        Text(String),
    }
    let given = HashMap::<String, Given<N>>::deserialize(deserializer)?;
    let number = |given| match given {
        Given::Number(number) => Ok(number),
        Given::Text(text) => text.parse().map_err(|_| D::Error::custom(format!("expected a number, not {text:?}"))),
    };
    given.into_iter().map(|(name, given)| Ok((name, number(given)?))).collect()
}

/// More messages than this are in no memory: an index has three digits.
const MOST: u16 = 999;

impl SmsProfile {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value cannot be, and why not.
    pub(in crate::modem) fn check(&self) -> Result<(), (&'static str, String)> {
        let memories = &self.memories;
        let twice = memories.iter().enumerate().any(|(index, memory)| memories[..index].contains(memory));
        if memories.is_empty() || twice {
            return Err(("sms.memories", "expected one of SM, ME and MT, or more, each once".to_owned()));
        }
        for (key, size) in [("sms.sim", self.sim), ("sms.equipment", self.equipment)] {
            if size > MOST {
                return Err((key, format!("expected at most {MOST} messages, not {size}")));
            }
        }
        Ok(())
    }
}
