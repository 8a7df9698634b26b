//! Commands that rewrite an identity.

use super::{Command, Form, Parameters};

/// Why a command is held to rewrite an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityWrite {
    /// What the command does, in words.
    pub reason: &'static str,
}

/// Whether `command` writes an IMEI.
pub fn rewrites_identity(command: &Command<'_>) -> Option<IdentityWrite> {
    let Command::Extended { name, form: Form::Set(parameters) } = command else {
        return None;
    };
    (name.is("+EGMR") && first(parameters) == Some(1)).then_some(IdentityWrite { reason: "+EGMR=1 writes an IMEI" })
}

fn first(parameters: &Parameters<'_>) -> Option<u32> {
    parameters.at(0).as_u32()
}
