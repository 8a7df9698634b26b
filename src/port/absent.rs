//! Pseudo-terminals where the system has none that can be emulated behind: asked for, they are refused with what to do
//! instead, and nobody ever holds one. So the rooms above name no system.

use super::PortError;

fn refused(what: &'static str) -> PortError {
    PortError::Unsupported { port: "a pseudo-terminal".to_owned(), what }
}

#[cfg(not(target_os = "linux"))]
pub use emulated::{Pty, Ptys};
#[cfg(not(unix))]
pub use pair::{Pair, pair};

/// The emulator's end, which needs what only Linux tells: who has the slave open.
#[cfg(not(target_os = "linux"))]
mod emulated {
    use std::path::Path;

    use super::{PortError, refused};
    use crate::port::{LineEvent, Sent};

    /// The pseudo-terminals of one emulator: none here.
    #[derive(Debug, Clone)]
    pub enum Ptys {}

    /// The emulator's end of a pseudo-terminal: never there.
    #[derive(Debug)]
    pub enum Pty {}

    impl Ptys {
        /// Refuses.
        ///
        /// # Errors
        ///
        /// Always.
        pub fn new() -> Result<Ptys, PortError> {
            Err(refused("no modem can be emulated behind one"))
        }

        /// Creates one.
        ///
        /// # Errors
        ///
        /// None: there is nothing to ask.
        pub fn create(&self, _link: Option<&Path>) -> Result<Pty, PortError> {
            match *self {}
        }
    }

    impl Pty {
        /// What a client opens.
        pub fn path(&self) -> &Path {
            match *self {}
        }

        /// Those that it is one of.
        pub(in crate::port) fn ptys(&self) -> &Ptys {
            match *self {}
        }

        /// Its stable name.
        pub fn link(&self) -> Option<&Path> {
            match *self {}
        }

        /// What happens next.
        #[expect(clippy::unused_async, reason = "as where there is one")]
        pub async fn next(&mut self) -> LineEvent<'_> {
            match *self {}
        }

        /// Sends `bytes`.
        pub fn send(&mut self, _bytes: &[u8]) -> Sent {
            match *self {}
        }
    }
}

/// Both ends in one hand.
#[cfg(not(unix))]
mod pair {
    use std::path::Path;

    use super::{PortError, refused};

    /// A pseudo-terminal with both ends open: never there.
    #[derive(Debug)]
    pub enum Pair {}

    /// Refuses.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn pair() -> Result<Pair, PortError> {
        Err(refused("there is none"))
    }

    impl Pair {
        /// What an application opens.
        pub fn path(&self) -> &Path {
            match *self {}
        }

        /// Sends `bytes` from the modem's end.
        ///
        /// # Errors
        ///
        /// None: there is nothing to send on.
        pub fn carry_to_host(&self, _bytes: &[u8]) -> Result<Vec<u8>, PortError> {
            match *self {}
        }

        /// Sends `bytes` from the host's end.
        ///
        /// # Errors
        ///
        /// None: there is nothing to send on.
        pub fn carry_to_modem(&self, _bytes: &[u8]) -> Result<Vec<u8>, PortError> {
            match *self {}
        }
    }
}
