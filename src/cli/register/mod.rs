//! `atgate register`: the equipment register, a file a verb.

#[expect(dead_code, reason = "no verb of the command line opens a register yet")]
mod check;
