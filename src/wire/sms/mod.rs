//! Short messages as they travel and as `+CMGS`, `+CMGR` and their like write them: PDUs to values and back.
//!
//! Knows 3GPP TS 23.040 clause 9.2: the six messages, their addresses, times and headers, how a long text is split into
//! messages and joined again; and TS 27.005 clause 3.1 of what stands before a message on the line (the service centre)
//! and how its length is counted. A value keeps the octets that it was read from, so that what was read is written again;
//! what they mean is asked of it. Does not know stores, commands, or when a message is sent.

mod address;
mod command;
mod deliver;
mod elements;
mod error;
mod header;
mod join;
mod pdu;
mod protocol;
mod relay;
mod report;
mod rule;
mod split;
mod status;
mod status_report;
mod submit;
mod time;
mod user_data;
mod validity;

pub use address::{Address, AddressError, NumberingPlan, TypeOfAddress, TypeOfNumber};
pub use command::{Command, CommandType};
pub use deliver::Deliver;
pub use elements::{Element, Part};
pub use error::{PduError, Wrong};
pub use header::{Concatenation, Header, HeaderElement, Ports, Reference, SpecialMessage};
pub use join::{Assembler, join};
pub use pdu::{Pdu, Tpdu, Way};
pub use protocol::ProtocolId;
pub use report::{DeliverReport, FailureCause, Indicated, SubmitReport};
pub use split::{Splitting, TooManyParts};
pub use status::{Outcome, Status};
pub use status_report::StatusReport;
pub use submit::Submit;
pub use time::Timestamp;
pub use user_data::{TooMuch, UserData};
pub use validity::Validity;

#[cfg(test)]
mod tests;
