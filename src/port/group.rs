//! A program and all that it starts, to be ended together.
//!
//! Unix has process groups for it. Elsewhere the program itself is ended, and what it has started is left to it.

use tokio::process::{Child, Command};

/// A running program and what it has started.
#[derive(Debug)]
pub struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    /// Starts a program as the leader of a group of its own, which no key pressed at this program's terminal reaches.
    ///
    /// # Errors
    ///
    /// The system's, where it cannot be started.
    pub fn start(command: &mut Command) -> std::io::Result<(Child, Group)> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn()?;
        let group = Group {
            #[cfg(unix)]
            leader: child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw),
        };
        Ok((child, group))
    }
}

#[cfg(unix)]
impl Group {
    /// Asks all of them to end: SIGTERM.
    pub fn terminate(&mut self, _leader: &mut Child) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Tells all of them that the line they were on was hung up: SIGHUP.
    pub fn hang_up(&mut self, _leader: &mut Child) {
        self.signal(rustix::process::Signal::HUP);
    }

    /// Ends all of them: SIGKILL.
    pub fn kill(&mut self, _leader: &mut Child) {
        self.signal(rustix::process::Signal::KILL);
    }

    /// Whether any of them is still there.
    pub fn is_alive(&self) -> bool {
        self.leader.is_some_and(|leader| rustix::process::test_kill_process_group(leader).is_ok())
    }

    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(leader) = self.leader {
            // It may be gone already.
            let _ = rustix::process::kill_process_group(leader, signal);
        }
    }
}

#[cfg(not(unix))]
impl Group {
    /// Asks all of them to end: here nobody can be asked.
    pub fn terminate(&mut self, leader: &mut Child) {
        self.kill(leader);
    }

    /// Tells them that the line they were on was hung up: here nobody can be told, and the program is ended.
    pub fn hang_up(&mut self, leader: &mut Child) {
        self.kill(leader);
    }

    /// Ends the program.
    pub fn kill(&mut self, leader: &mut Child) {
        // It may be gone already.
        let _ = leader.start_kill();
    }

    /// Whether any of them is still there, besides the leader: nobody can tell.
    pub fn is_alive(&self) -> bool {
        false
    }
}
