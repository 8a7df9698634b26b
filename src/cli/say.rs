//! The one way to stdout: a reader that has seen enough (`atgate … | head`) ends the program quietly.

use std::fmt::Arguments;
use std::io::{self, Write};

/// Writes to stdout, colours stripped where it is no terminal.
///
/// A closed pipe ends the program with 0, as a Unix filter does (for a verb that can end with no other code); any other failure (a full disk) ends it with 3.
pub(super) fn write(text: Arguments<'_>) {
    let mut out = anstream::stdout().lock();
    let written = out.write_fmt(text).and_then(|()| out.flush());
    end_unless_written(written);
}

/// Writes for a verb whose exit code is a verdict, which a closed pipe must not hide; false where nobody hears any more. Any
/// failure but a closed pipe ends the program with 3.
pub(super) fn is_heard(text: Arguments<'_>) -> bool {
    let mut out = anstream::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => false,
        written => {
            end_unless_written(written);
            true
        }
    }
}

/// Writes while the program has more to do than to tell: who has seen enough (`atgate modem … | head -1`) is passed over.
///
/// # Errors
/// A full disk.
pub(super) fn in_passing(text: Arguments<'_>) -> Result<(), super::CliError> {
    let mut out = anstream::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(super::CliError::bench(format!("cannot write to stdout: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The same as [`write`](fn@write) for a large text that has colours only where the terminal takes them: nothing looks for any to strip.
pub(super) fn plain(text: &str) {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    end_unless_written(written);
}

fn end_unless_written(written: io::Result<()>) {
    if let Err(error) = written {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        // Nobody is left to tell: stderr may be the same full disk.
        let _ = writeln!(io::stderr(), "error: cannot write to stdout: {error}");
        std::process::exit(i32::from(super::Exit::Bench.code()));
    }
}

/// Like `println!`, through [`write`](fn@write).
macro_rules! say {
    () => { $crate::cli::say::write(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::say::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) use say;
