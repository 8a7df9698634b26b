//! The script language (`.atg`): text to a tree with spans, and back; error texts.
//!
//! Knows the grammar of scenarios/README.md: signs, values, directives, checks, directions, the header's keys. Runs nothing,
//! matches nothing, opens nothing (files come through [`Files`]), and does not know the modem: what stands under the header's
//! `set`, `sim`, `network` and `register` is kept for the rooms that can judge it.

pub mod check;
pub mod direction;
pub mod header;
pub mod tree;

mod asked;
mod cases;
mod disk;
mod error;
mod format;
mod judge;
mod load;
mod parse;
mod suggest;
mod unquoted;
mod words;

pub use asked::Asked;
pub use check::{Check, Comparison, Observed, Operand, Quantity, Side, Term, TermKind, Unit};
pub use direction::{Arg, Bytes, Direction, Fault, Network, Peer, Power, Register, Sim};
pub use disk::{Disk, open};
pub use error::{ScriptError, ScriptErrors};
pub use format::{format, format_header};
pub use header::{Case, Header, ModemHeader, Place, Setting, Settings, Spanned, Verdict};
pub use load::{Files, LARGEST, load, load_text, parse, parse_alone, parts};
pub use parse::direction;
pub use tree::{
    Act, Directive, Include, Interval, Item, Line, LineKind, Name, Part, Pattern, Script, Source, Span, Template,
    TimeUnit, Type, Value,
};
pub use unquoted::quoted;

#[cfg(test)]
mod tests;
