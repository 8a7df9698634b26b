//! Cases: somebody says that a listing is wrong, with evidence; it is looked into, and resolved.
//!
//! Knows the case with its trail, and what un-lists a device. Does not know whether the evidence is good.
//!
//! What un-lists is explicit and stays so. Rows of `own` about the device are taken away. A row of anybody else is not
//! touched, since it would come again with the next list: `own` says instead that the device is allowed, with the case's
//! number as the reason, and `own` decides before other sources. Both are one act of the journal, in one transaction with
//! the case's own state; who undoes that act opens the case again.

mod file;
mod page;
mod remedy;
mod resolve;

pub use file::{Case, CaseError, Evidence, Note, NoteKind, Opened, Party, Standing};
pub use page::LOOKED;
pub use remedy::{Listing, Remedy};
pub use resolve::{Resolution, Resolved};
