//! The equipment register (EIR): which equipment may join the network.
//!
//! Knows lists of identities, ranges and TACs, the policies for what is on no list, and the decision that follows
//! (3GPP TS 22.016, TS 29.511). Knows no modem and no command.
//!
//! Every identity is compared by its fourteen digits, however it was written. A register that was told nothing lets
//! everybody in.

pub mod assess;

mod answer;
pub mod cases;
mod category;
mod decision;
pub mod delta;
mod desk;
mod entry;
pub mod exchange;
mod facts;
pub mod first_held;
pub mod fleet;
mod hash;
pub mod index;
mod intake;
mod lists;
mod memory;
#[doc = include_str!("national.md")]
pub mod national {}
mod office;
mod place;
mod policy;
mod ranges;
mod refusal;
pub mod remote;
mod row;
pub mod screening;
mod settings;
mod source;
pub mod store;
pub mod watch;

pub use answer::{Answer, Inquiry, Reason, Verdict};
pub use category::Category;
pub use desk::{Desk, DeskError, RULES};
pub use entry::{Entry, EntryError};
pub use facts::{Batch, DeskFacts, IndexFacts};
pub use hash::{HashError, HashKey, KeyedHash};
pub use index::{Index, IndexError, Listed};
pub use intake::{Intake, IntakeError, Taken, take};
pub use lists::{List, Lists};
pub use memory::Register;
pub use office::{Asking, Checked, Kept, Office, OfficeError};
pub use policy::{Action, ActionError, CausesOf, Policy};
pub use refusal::{CauseError, Causes, Refusal, Technology};
pub use row::{Book, Change, Fields, Row, Subject};
pub use settings::{Settings, SettingsError};
pub use source::Source;
