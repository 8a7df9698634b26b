//! Checks: what a `?` line asserts.
//!
//! `? registration.eps == "denied" and cause in [3, 6]`. Only the tree: what is true is found out by the player.

use regex_lite::Regex;

use super::tree::{Span, Template};

/// Conjunctions, one of which must hold: `a and b or c`.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Joined by `or`; each inner list is joined by `and`. Neither is ever empty.
    pub any: Vec<Vec<Term>>,
    /// Its place.
    pub span: Span,
}

/// One term: `not (…)`, `attempts`, `signal > -100dBm`.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// `not` stands before it.
    pub negated: bool,
    /// What is true or false.
    pub kind: TermKind,
    /// Its place.
    pub span: Span,
}

/// What a term is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum TermKind {
    /// `( check )`
    Group(Check),
    /// An operand that is true or false by itself.
    Bare(Operand),
    /// `left op right`
    Compare {
        /// Before the operator.
        left: Operand,
        /// The operator.
        comparison: Comparison,
        /// After the operator.
        right: Operand,
    },
}

/// The operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `matches`
    Matches,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// `imei.check`, `registration.eps`, `cause`: a capture, else what can be observed.
    Path {
        /// The names between the dots, at least one.
        names: Vec<String>,
        /// Its place.
        span: Span,
    },
    /// `count(> "text")`: how many such lines there were.
    Count {
        /// Whose lines.
        side: Side,
        /// Which lines.
        text: Template,
        /// Its place.
        span: Span,
    },
    /// `"text"`
    Text(Template),
    /// `-95dBm`, `3`, `1.5s`
    Quantity(Quantity),
    /// `true`, `false`
    Bool(bool),
    /// `none`: nothing was seen.
    None,
    /// `[a, b]`
    List(Vec<Operand>),
}

/// Who sent a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `>`: the host.
    Host,
    /// `<`: the modem.
    Modem,
}

/// A number with its unit, exact to the sixth decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// The number, in millionths.
    pub millionths: i128,
    /// The unit, if one is written.
    pub unit: Option<Unit>,
}

/// The units of quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `dBm`
    DecibelMilliwatts,
    /// `us`
    Microseconds,
    /// `ms`
    Milliseconds,
    /// `s`
    Seconds,
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `%`
    Percent,
}

/// What a path may begin with when no capture has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// `registration.cs|ps|eps|5gs`
    Registration,
    /// `cause`
    Cause,
    /// `signal`
    Signal,
    /// `attempts`
    Attempts,
    /// `modem.KEY`
    Modem,
    /// `call.KEY`
    Call,
    /// `sim.KEY`
    Sim,
    /// `network.KEY`
    Network,
    /// `sms.KEY`
    Sms,
    /// `packet.KEY`
    Packet,
    /// `register.decision`
    Register,
}

/// Reads the right side of `matches`: a regular expression, as the crate `regex-lite` has them.
///
/// # Errors
/// What is wrong with it, a lowercase fragment.
pub fn expression(pattern: &[u8]) -> Result<Regex, String> {
    let pattern = std::str::from_utf8(pattern).map_err(|_| "it is not UTF-8".to_owned())?;
    Regex::new(pattern).map_err(|error| error.to_string())
}
