//! The client of another register: any that speaks `N5g-eir_EquipmentIdentityCheck`.
//!
//! Knows how it is asked over HTTP/1.1, HTTP/2 and TLS, what its answers mean, and when to ask again. Does not know who
//! is on a list, nor who asks: a network of virtual modems, or a bench. Beside the stores it is the register's only
//! input and output; it has a clock, and every wait has a limit.
//!
//! What the other register does not decide the policies here decide, as they do for a register in memory: a device on no
//! list (404 with `ERROR_EQUIPMENT_UNKNOWN`), one without an identity or with something that is none (which is not
//! asked at all), and a register that gives no answer (everything else).
//!
//! Source: 3GPP TS 29.511, clauses 5.2 and 6.1; TS 29.500, clauses 5.2 and 6.10 for redirects and `Retry-After`.

mod client;
mod failure;
mod pace;
mod reply;
mod target;

pub use client::{Client, ClientError};
pub use failure::Failure;
pub use reply::Reply;
pub use target::{Target, TargetError, Token, TokenError};
