//! `[call]`: how calls go, and what the network has of this subscriber before anybody changes it.

use serde::Deserialize;

use crate::modem::Span;

/// `[call]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallProfile {
    /// When a voice call's dial command has its `OK`.
    pub ok: CallAnswer,
    /// From the dial command until the other end rings.
    pub alerting: Span,
    /// From there until it answers.
    pub answer: Span,
    /// The network lets nobody ring longer, neither the other end nor this modem.
    pub no_answer: Span,
    /// What `+CHUP` ends.
    pub hang_up: HangUp,
    /// How long a tone of `+VTS` lasts where neither it nor `+VTD` says so.
    pub tone: Span,
    /// Classes for which a call waits while another one stands.
    pub waiting: u8,
    /// Whether the network gives the caller's number: `<m>` of `+CLIP`.
    pub clip: u8,
    /// Whether it hides this subscriber's number: `<m>` of `+CLIR`.
    pub clir: u8,
    /// Whether it tells the number that answers: `<m>` of `+COLP`.
    pub colp: u8,
    /// Whether it tells the number that was called: `<m>` of `+CDIP`.
    pub cdip: u8,
    /// Whether it gives the caller's name: `<m>` of `+CNAP`.
    pub cnap: u8,
    /// The password for barring.
    pub password: String,
    /// What `+CLIP` says of a call, with `{number}`, `{type}`, `{name}` and `{validity}` in it.
    pub clip_line: String,
}

/// When a voice call's dial command has its `OK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallAnswer {
    /// As soon as the network has taken it.
    AtOnce,
    /// When the other end answers.
    Connected,
}

/// What `+CHUP` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HangUp {
    /// Every call but one that waits, as the END key does.
    All,
    /// The active ones, those being set up, and one that comes in; what is on hold stays there.
    Current,
}

impl CallProfile {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value does not fit, and why.
    pub(in crate::modem) fn check(&self) -> Result<(), (&'static str, String)> {
        let provision = [
            ("call.clip", self.clip, 2),
            ("call.clir", self.clir, 4),
            ("call.colp", self.colp, 2),
            ("call.cdip", self.cdip, 2),
            ("call.cnap", self.cnap, 2),
        ];
        for (key, value, highest) in provision {
            if value > highest {
                return Err((key, format!("expected 0 to {highest}, not {value}")));
            }
        }
        if self.password.len() == 4 && self.password.bytes().all(|digit| digit.is_ascii_digit()) {
            Ok(())
        } else {
            Err(("call.password", format!("expected four digits, not \"{}\"", self.password)))
        }
    }
}
