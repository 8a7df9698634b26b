//! Byte pipes with a real clock: pseudo-terminals, serial ports, TCP, Unix sockets, stdio.
//!
//! The only room with asynchronous I/O of lines, and the only one with code that one system alone has. Knows nothing of
//! AT beyond what the wire tells it.
//!
//! [`Line`] is the modem's end, where clients come and go; [`open`] gives the host's end, [`Share`] lets other programs have it too; [`pair`] is both ends of a pseudo-terminal for one scheduler.

#[cfg(not(target_os = "linux"))]
mod absent;
mod address;
mod backlog;
mod claim;
mod client;
mod error;
mod gate;
mod group;
mod keyboard;
mod limits;
mod line;
#[cfg(target_os = "linux")]
mod link;
mod list;
mod lock;
#[cfg(unix)]
mod pair;
mod process;
#[cfg(target_os = "linux")]
mod pty;
#[cfg(target_os = "linux")]
mod ready;
#[cfg(unix)]
mod reception;
mod rfc2217;
mod share;
mod signals;
mod socket;
mod stdio;
mod stream;
mod user;
#[cfg(target_os = "linux")]
mod watch;

#[cfg(not(unix))]
pub use absent::{Pair, pair};
#[cfg(not(target_os = "linux"))]
pub use absent::{Pty, Ptys};
pub use address::{Address, AddressError, Flow, Framing, Manner, Parity, Settings};
pub use backlog::Sent;
pub use client::{Moved, Port, open};
pub use error::PortError;
pub use gate::{Gate, Refusal};
pub use group::Group;
pub use keyboard::{Keyboard, columns};
pub use limits::make_room;
pub use line::{Line, LineEvent, Place};
pub use list::{Attached, Change, Changes, Grip, Holder, Listed, grips, holders, list};
pub use lock::{Lock, LockError, Owner, Stale, announce};
#[cfg(unix)]
pub use pair::{End, Pair, pair};
pub use process::{is_alive, program, runtime_folder};
#[cfg(target_os = "linux")]
pub use pty::{Pty, Ptys};
#[cfg(unix)]
pub use reception::{Conversation, Heard, Reception};
pub use rfc2217::Offered;
pub use share::{Share, Shared};
pub use signals::Signals;
pub use socket::Listener;
pub use stdio::Stdio;
pub use user::user_id;
