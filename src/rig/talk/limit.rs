//! How long a command may take before its final result.

use std::time::Duration;

use crate::wire::command::{Command, Dialect, Form, commands};
use crate::wire::line::body_of;

/// What the standards let a command line take: the sum of its commands, at least 5 s and at most ten minutes.
///
/// Source: 3GPP TS 27.007, clauses 7.3 (`+COPS`), 8.2 (`+CFUN`), 10.1.9 and 10.1.10; the figures are those of modules'
/// manuals.
pub fn standard_limit(line: &str) -> Duration {
    let body = body_of(line.as_bytes()).unwrap_or_default();
    let seconds = commands(body, &Dialect::CELLULAR).flatten().map(|command| match command {
        Command::Dial(_) | Command::Basic { letter: b'A' | b'D', .. } => 120,
        Command::Extended { name, form: Form::Set(_) | Form::Test } if name.is("+COPS") => 180,
        Command::Extended { name, form: Form::Set(_) } => match () {
            () if ["+CGATT", "+CGACT", "+CMGS", "+CMSS", "+CUSD", "+CFUN"].iter().any(|slow| name.is(slow)) => 150,
            () if ["+CLCK", "+CPWD", "+CPIN", "+CMGW", "+CMGL"].iter().any(|slow| name.is(slow)) => 30,
            () => 5,
        },
        Command::Extended { form: Form::Execute | Form::Read | Form::Test, .. } => 5,
        Command::Basic { .. } | Command::SRegister { .. } => 5,
    });
    Duration::from_secs(seconds.sum::<u64>().clamp(5, 600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_command_is_given_the_time_that_it_takes() {
        assert_eq!(standard_limit("AT+CSQ"), Duration::from_secs(5));
        assert_eq!(standard_limit("AT+COPS=?"), Duration::from_secs(180));
        assert_eq!(standard_limit("ATD*99#"), Duration::from_secs(120));
    }
}
