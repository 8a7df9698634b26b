//! The line by ITU-T V.250: its parameters, calls as the line sees them, data state.

mod call;
mod leave;
mod online;
mod parameters;
mod profiles;
mod rate;

use super::command::Entry;
pub(super) use call::Calls;
pub(super) use online::Online;

/// The commands of V.250, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[parameters::COMMANDS, profiles::COMMANDS, rate::COMMANDS, call::COMMANDS];
