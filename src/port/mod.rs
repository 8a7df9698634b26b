//! Byte pipes with a real clock: pseudo-terminals, serial ports, TCP, Unix sockets, stdio.
//!
//! The only room with asynchronous I/O of lines, and the only one with code that one system alone has. Knows nothing of
//! AT beyond what the wire tells it.

mod address;
mod error;
#[cfg(unix)]
mod pair;

pub use address::{Address, AddressError, Flow, Framing, Parity, Settings};
pub use error::PortError;
#[cfg(unix)]
pub use pair::{End, Pair, pair};
