//! The register over HTTP: what a packet core, a shop's till, a test bench and whoever keeps the lists ask it.
//!
//! Knows TS 29.511 (the 5G equipment identity check), CAMARA's device authenticity, batches of any length, the shapes in which
//! each of them says what is wrong, and how much one client may ask. Asks the register's
//! [`Desk`](crate::register::Desk): a look-up takes the index as it is and waits for nothing; what needs the store has a thread
//! and a connection of its own meanwhile. Nothing is kept of who asked; logs show devices masked.
//!
//! The way of a request: `server` (connections) → `door` (who asks, and may they) → `equipment`, the one path that is asked
//! for every registration and is answered on the spot, or `router` for all others.

mod accept;
mod activity;
mod ahead;
mod body;
mod camara;
mod clients;
mod door;
mod equipment;
mod fault;
mod keeping;
mod mask;
mod metrics;
mod openapi;
mod operate;
mod query;
mod reading;
mod router;
mod screen;
mod server;
mod settings;
mod store;
mod tls;
mod tokens;

pub use door::Service;
pub use server::serve;
pub use settings::{Exposed, Limits, Policies, Settings, Undecided};
pub use tls::{Tls, TlsError};
pub use tokens::{Permission, Role, Tokens, TokensError};
