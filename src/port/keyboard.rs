//! The terminal at which a person sits: its size, and how it was before somebody changed it.

#[cfg(unix)]
use rustix::termios::{OptionalActions, Termios};

/// How the terminal of standard input is; put back when dropped.
#[derive(Debug)]
pub struct Keyboard {
    #[cfg(unix)]
    before: Option<Termios>,
}

impl Keyboard {
    /// Remembers how it is now; nothing where standard input is no terminal.
    #[must_use]
    pub fn remember() -> Keyboard {
        Keyboard {
            #[cfg(unix)]
            before: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }
}

#[cfg(unix)]
impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // A terminal that has gone needs nothing put back.
            let _ = rustix::termios::tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// The columns of the terminal that standard output goes to.
#[must_use]
pub fn columns() -> Option<usize> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }
    #[cfg(not(unix))]
    None
}
