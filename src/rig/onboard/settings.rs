//! What is done with each board, and how long it may take.

use std::time::Duration;

use crate::rig::limit::Limit;

/// A part of the onboarding that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Waits until the board answers, and turns its radio off where it is to be attached. Always done.
    Prepare,
    /// Reads who the board, its firmware and its card are, and how it is set up.
    Identify,
    /// Compares that with the label, the other boards and the register.
    Check,
    /// Turns the radio on, waits for the network, and measures.
    Attach,
    /// Writes it down in the register.
    Record,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Prepare, Self::Identify, Self::Check, Self::Attach, Self::Record];

    /// `prepare`, `identify`, `check`, `attach` or `record`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Identify => "identify",
            Self::Check => "check",
            Self::Attach => "attach",
            Self::Record => "record",
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// The steps that are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// See [`Step::Check`].
    pub check: bool,
    /// See [`Step::Attach`].
    pub attach: bool,
    /// See [`Step::Record`].
    pub record: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self { check: true, attach: true, record: true }
    }
}

impl std::str::FromStr for Steps {
    type Err = String;

    /// `identify,check,attach,record`, or some of them; who is to be checked is identified.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut steps = Self { check: false, attach: false, record: false };
        for word in text.split(',').map(str::trim) {
            match word {
                "identify" => {}
                "check" => steps.check = true,
                "attach" => steps.attach = true,
                "record" => steps.record = true,
                _ => {
                    return Err(format!(
                        "there is no step `{}`; steps are identify, check, attach and record",
                        word.escape_debug()
                    ));
                }
            }
        }
        Ok(steps)
    }
}

/// What is done with each board, and how long it may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The steps.
    pub steps: Steps,
    /// A board that does not pass the check is attached all the same.
    pub attach_anyway: bool,
    /// How long a board may take until it answers `AT`.
    pub patience: Duration,
    /// How long a card may be busy after the start.
    pub card_patience: Duration,
    /// How long the network may take to let it in or to refuse it.
    pub registration: Duration,
    /// How long a refusal must stand that a modem takes for final.
    pub settle: Duration,
    /// How long one must stand after which a modem tries again.
    pub settle_transient: Duration,
    /// How often the registration is asked for, besides what comes by itself.
    pub poll: Duration,
    /// How often a board is tried where the bench is at fault.
    pub tries: u32,
    /// The pause before the next try.
    pub pause: Duration,
    /// Limits of what is measured, for every board.
    pub limits: Vec<Limit>,
    /// Boards that passed before are done again.
    pub again: bool,
    /// Logs show whose identities they are.
    pub reveal: bool,
    /// Where it is done, as the fleet's book has it: `bench 3`. The board's name is put behind it.
    pub place: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            steps: Steps::default(),
            attach_anyway: false,
            patience: Duration::from_secs(60),
            card_patience: Duration::from_secs(15),
            registration: Duration::from_secs(120),
            settle: Duration::from_secs(1),
            settle_transient: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            tries: 3,
            pause: Duration::from_secs(1),
            limits: Vec::new(),
            again: false,
            reveal: false,
            place: String::new(),
        }
    }
}
