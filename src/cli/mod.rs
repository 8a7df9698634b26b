//! The verbs: the only room that prints to the terminal or exits.

use std::process::ExitCode;

/// Runs the program: reads the command line, does what its verb says, returns the exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
