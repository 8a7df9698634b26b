//! Where a network's inquiries go: to lists in memory, to a register that is kept in a store, or to one elsewhere.

use super::answer::{Answer, Inquiry, Reason};
use super::decision::{Subscriptions, decide};
use super::desk::Desk;
use super::entry::{Entry, EntryError};
use super::lists::List;
use super::memory::Register;
use super::policy::Policy;
use super::remote::Client;
use super::row::Subject;
use std::sync::Arc;

/// Where a network's inquiries go.
#[derive(Debug, Clone)]
pub enum Office {
    /// A register in memory, whose lists can be changed.
    Memory(Box<Register>),
    /// A register elsewhere.
    Remote {
        /// Who asks it.
        client: Arc<Client>,
        /// What is done where it decides nothing.
        policy: Policy,
        /// Whether it counts as down, and is not asked.
        is_down: bool,
    },
    /// A register that is kept in a store, whose lists others may change at any time.
    Kept(Box<Kept>),
}

/// A register that is kept in a store, as a network asks it.
#[derive(Debug, Clone)]
pub struct Kept {
    desk: Arc<Desk>,
    policy: Option<Policy>,
    is_down: bool,
    seen: Subscriptions,
}

impl Kept {
    /// Asks at this desk. Without a policy that of the register's rules holds, as it is at the time of each inquiry.
    pub fn new(desk: Arc<Desk>, policy: Option<Policy>) -> Self {
        Self { desk, policy, is_down: false, seen: Subscriptions::default() }
    }

    fn check(&mut self, inquiry: &Inquiry) -> Answer {
        let Self { desk, policy, is_down, seen } = self;
        let policy = policy.unwrap_or_else(|| desk.rules().policy);
        if *is_down {
            return policy.answer(Reason::Failure);
        }
        decide(&policy, seen, inquiry, |key, imsi| {
            let listed = desk.listed(key, imsi)?;
            let entry = match listed.entry {
                Subject::Entry(entry) => entry,
                // Only the hash of this very device can have decided about it.
                Subject::Hash(_) => Entry::Device(key),
            };
            Some((listed.list, entry))
        })
    }
}

/// What came of an inquiry.
#[derive(Debug)]
pub enum Checked {
    /// The answer.
    Now(Answer),
    /// The answer is yet to come.
    Later(Asking),
}

/// An inquiry that is to be made elsewhere.
#[derive(Debug, Clone)]
pub struct Asking {
    client: Arc<Client>,
    policy: Policy,
    inquiry: Inquiry,
}

/// Why the lists were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeError {
    /// What was to be listed is no entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// They are somebody else's.
    #[error("the register at {0} keeps its lists itself: only `down` and `up` can be told from here")]
    Elsewhere(String),
    /// They are for everybody.
    #[error("the register {0} is not this modem's alone: `atgate register block` and its neighbours change it")]
    Shared(String),
}

impl Office {
    /// A register elsewhere; `policy` decides what it does not.
    pub fn elsewhere(client: Arc<Client>, policy: Policy) -> Self {
        Self::Remote { client, policy, is_down: false }
    }

    /// Asks about a device. Who gets an inquiry that is to be made elsewhere makes it, and goes on meanwhile.
    pub fn check(&mut self, inquiry: Inquiry) -> Checked {
        match self {
            Self::Memory(register) => Checked::Now(register.check(&inquiry)),
            Self::Kept(kept) => Checked::Now(kept.check(&inquiry)),
            Self::Remote { policy, is_down: true, .. } => Checked::Now(policy.answer(Reason::Failure)),
            Self::Remote { client, policy, is_down: false } => {
                Checked::Later(Asking { client: Arc::clone(client), policy: *policy, inquiry })
            }
        }
    }

    /// Puts an identity, TAC, range or pair on a list.
    ///
    /// # Errors
    /// The text is no entry, or the lists are not ours.
    pub fn put(&mut self, list: List, text: &str) -> Result<(), OfficeError> {
        self.lists()?.put(list, text)?;
        Ok(())
    }

    /// Takes an entry off whatever list it is on.
    ///
    /// # Errors
    /// The text is no entry, or the lists are not ours.
    pub fn forget(&mut self, text: &str) -> Result<(), OfficeError> {
        self.lists()?.forget(text)?;
        Ok(())
    }

    /// Takes the register down, for the networks that ask here: every inquiry is answered *unavailable*.
    pub fn down(&mut self) {
        match self {
            Self::Memory(register) => register.down(),
            Self::Kept(kept) => kept.is_down = true,
            Self::Remote { is_down, .. } => *is_down = true,
        }
    }

    /// Brings the register up again.
    pub fn up(&mut self) {
        match self {
            Self::Memory(register) => register.up(),
            Self::Kept(kept) => kept.is_down = false,
            Self::Remote { is_down, .. } => *is_down = false,
        }
    }

    fn lists(&mut self) -> Result<&mut Register, OfficeError> {
        match self {
            Self::Memory(register) => Ok(register),
            Self::Kept(kept) => Err(OfficeError::Shared(kept.desk.address().to_string())),
            Self::Remote { client, .. } => Err(OfficeError::Elsewhere(client.target().to_string())),
        }
    }
}

impl Default for Office {
    /// A register that was told nothing, and lets everybody in.
    fn default() -> Self {
        Self::from(Register::default())
    }
}

impl From<Register> for Office {
    fn from(register: Register) -> Self {
        Self::Memory(Box::new(register))
    }
}

impl Asking {
    /// Makes the inquiry; no longer than the register's `limit`.
    pub async fn answer(self) -> Answer {
        self.client.check(&self.inquiry, &self.policy).await
    }

    /// The answer where the inquiry cannot be made: that of the failure policy.
    pub fn unavailable(&self) -> Answer {
        self.policy.answer(Reason::Failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_a_register_elsewhere_are_not_ours() {
        let client = Client::new("http://127.0.0.1:7511".parse().unwrap()).unwrap();
        let mut office = Office::elsewhere(Arc::new(client), Policy::default());
        let refused = office.put(List::Block, "00101700").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the register at http://127.0.0.1:7511 keeps its lists itself: only `down` and `up` can be told from here"
        );
        assert_eq!(office.forget("00101700"), Err(refused));
        office.down();
        assert!(matches!(office.check(Inquiry::default()), Checked::Now(answer) if answer.reason == Reason::Failure));
        office.up();
        assert!(matches!(office.check(Inquiry::default()), Checked::Later(_)));
    }
}
