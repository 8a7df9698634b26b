//! A serial port over a network, RFC 2217, both ends of it: [`Remote`] uses one, [`Offered`] is one.
//!
//! What either end says and makes of what it hears is a machine without a clock or a socket (`session`, `server`); the files
//! beside them carry its bytes.

mod offered;
mod remote;
mod server;
mod session;

pub use offered::Offered;
pub(super) use remote::Remote;

#[cfg(test)]
mod tests;
