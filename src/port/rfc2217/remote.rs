//! A port over a network, opened: the session with its server, and the connection that carries it.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::session::{Session, group, requests, words};
use crate::port::address::{Flow, Manner, Settings};
use crate::port::client::Moved;
use crate::port::error::PortError;
use crate::port::signals::{LONGEST_BREAK, Signals};
use crate::wire::telnet::{ComPort, Control, LineState};

/// How much is read at once.
const PIECE: usize = 4096;

/// More than this is not read from the connection while nobody takes what came, or the server takes no answer to it.
const LIMIT: usize = 1 << 20;

/// So many pieces are taken at once; a server that never stops talking does not keep whoever asked something else.
const PIECES: usize = 16;

/// What is told of the line: framing, parity, overrun, break. That data are there is seen from the data.
const LINE_STATES: u8 = LineState::BREAK | LineState::FRAMING | LineState::PARITY | LineState::OVERRUN;

/// An open port over a network.
#[derive(Debug)]
pub(in crate::port) struct Remote {
    stream: TcpStream,
    session: Session,
    manner: Manner,
    /// The port as the user named it.
    name: String,
    buffer: Vec<u8>,
    /// What went wrong on the line and was told already.
    told: u8,
    /// The server has said all.
    ended: bool,
}

impl Remote {
    /// Agrees with the server at the other end of `stream` that it has a serial port, and sets that one up.
    ///
    /// # Errors
    ///
    /// [`PortError::NoSerialPort`] where it has none, [`PortError::Setting`] where the port cannot be set so,
    /// [`PortError::Unanswered`] where it says nothing.
    pub(in crate::port) async fn open(
        stream: TcpStream,
        name: String,
        settings: &Settings,
        manner: Manner,
    ) -> Result<Remote, PortError> {
        let session = Session::begin();
        let mut remote = Remote { stream, session, manner, name, buffer: vec![0; PIECE], told: 0, ended: false };
        remote.negotiate().await?;
        for request in requests(settings) {
            remote.ask(request);
        }
        let refused = remote.answers().await?;
        if let Some((asked, answer)) = refused.first() {
            return Err(remote.refusal(asked, answer));
        }
        // As a port does that is opened. One that has no such lines leaves it unanswered, and is as good.
        remote.session.tell(&ComPort::Control(Control::DtrOn));
        // With RTS/CTS the port drives it itself.
        if settings.flow != Flow::RtsCts {
            remote.session.tell(&ComPort::Control(Control::RtsOn));
        }
        remote.session.tell(&ComPort::LineStateMask(LINE_STATES));
        remote.session.tell(&ComPort::ModemStateMask(u8::MAX));
        remote.flush().await?;
        Ok(remote)
    }

    async fn negotiate(&mut self) -> Result<(), PortError> {
        let until = self.until();
        loop {
            match self.session.is_port() {
                Some(true) => return Ok(()),
                Some(false) => return Err(self.no_serial_port("the server there refuses COM-PORT-OPTION")),
                None => {}
            }
            match timeout_at(until, self.pump()).await {
                Ok(Ok(())) => {}
                Ok(Err(PortError::Gone { .. })) => {
                    return Err(self.no_serial_port("the server there closes the connection at once"));
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(self.no_serial_port("the server there does not negotiate COM-PORT-OPTION")),
            }
        }
    }

    /// Waits for data and takes what is there. May be dropped and called again: nothing is lost.
    pub(in crate::port) async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, PortError> {
        while self.session.waiting() == 0 {
            self.pump().await?;
        }
        Ok(self.session.read(buffer))
    }

    /// Writes all of `bytes`; gives up where the server takes none for `stall`. May be dropped: what was taken goes out
    /// with whatever is done next.
    pub(in crate::port) async fn write(&mut self, bytes: &[u8], stall: Duration) -> Result<(), PortError> {
        let stuck = || PortError::Stuck { port: self.name.clone(), waited_s: stall.as_secs() };
        let stuck = stuck();
        let until = Instant::now() + stall;
        while self.session.is_suspended() {
            match timeout_at(until, self.pump()).await {
                Ok(pumped) => pumped?,
                Err(_) => return Err(stuck),
            }
        }
        self.session.send(bytes);
        let mut until = Instant::now() + stall;
        while !self.session.out().is_empty() {
            let before = self.session.out().len();
            match timeout_at(until, self.pump()).await {
                Ok(pumped) => pumped?,
                Err(_) => return Err(stuck),
            }
            if self.session.out().len() < before {
                until = Instant::now() + stall;
            }
        }
        Ok(())
    }

    /// Waits until bytes come or those that wait are taken; without a buffer for the second alone. May be dropped: what was
    /// taken goes out with whatever is done next.
    pub(in crate::port) async fn exchange(
        &mut self,
        waiting: &mut Vec<u8>,
        mut buffer: Option<&mut [u8]>,
    ) -> Result<Moved, PortError> {
        loop {
            if !waiting.is_empty() && self.session.out().is_empty() && !self.session.is_suspended() {
                self.session.send(waiting);
                let count = waiting.len();
                waiting.clear();
                return Ok(Moved::Wrote(count));
            }
            if let Some(buffer) = buffer.as_deref_mut()
                && self.session.waiting() > 0
            {
                return Ok(Moved::Read(self.session.read(buffer)));
            }
            self.pump().await?;
        }
    }

    /// The modem's lines, as far as the server has told.
    pub(in crate::port) async fn signals(&mut self) -> Result<Signals, PortError> {
        self.hear()?;
        if self.manner.polls_modem {
            self.session.ask(ComPort::ModemState(None));
            // A server that tells of each change and answers no question is as good.
            match self.answers().await {
                Ok(_) | Err(PortError::Unanswered { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let until = self.until();
        loop {
            if let Some(state) = self.session.state() {
                return Ok(Signals { cts: state.cts(), dsr: state.dsr(), dcd: state.dcd(), ri: state.ri() });
            }
            match timeout_at(until, self.pump()).await {
                Ok(pumped) => pumped?,
                Err(_) => return Err(self.unanswered(&ComPort::ModemState(None))),
            }
        }
    }

    /// Switches DTR and RTS; `None` leaves one as it is.
    pub(in crate::port) async fn drive(&mut self, dtr: Option<bool>, rts: Option<bool>) -> Result<(), PortError> {
        let dtr = dtr.map(|on| if on { Control::DtrOn } else { Control::DtrOff });
        let rts = rts.map(|on| if on { Control::RtsOn } else { Control::RtsOff });
        self.control(dtr.into_iter().chain(rts)).await
    }

    /// Holds the port's sender at break for so long.
    pub(in crate::port) async fn send_break(&mut self, length: Duration) -> Result<(), PortError> {
        self.control([Control::BreakOn]).await?;
        tokio::time::sleep(length.min(LONGEST_BREAK)).await;
        self.control([Control::BreakOff]).await
    }

    /// Forgets what came in at the port and was not read.
    pub(in crate::port) async fn purge(&mut self) -> Result<(), PortError> {
        self.hear()?;
        self.session.purge();
        self.answers().await?;
        // What came before the answer was there before it.
        let mut buffer = [0; PIECE];
        while self.session.read(&mut buffer) > 0 {}
        Ok(())
    }

    async fn control(&mut self, controls: impl IntoIterator<Item = Control>) -> Result<(), PortError> {
        for control in controls {
            self.ask(ComPort::Control(control));
        }
        match self.answers().await?.first() {
            Some((asked, answer)) => Err(self.refusal(asked, answer)),
            None => Ok(()),
        }
    }

    /// Asks; expects an answer where there is to be one.
    fn ask(&mut self, what: ComPort) {
        if self.manner.ignores_control && matches!(what, ComPort::Control(_)) {
            self.session.tell(&what);
        } else {
            self.session.ask(what);
        }
    }

    /// Waits until all is answered that was asked; what was answered otherwise than it was asked.
    async fn answers(&mut self) -> Result<Vec<(ComPort, ComPort)>, PortError> {
        let until = self.until();
        loop {
            let Some(awaited) = self.session.awaited().cloned() else {
                self.flush().await?;
                return Ok(self.session.settle());
            };
            match timeout_at(until, self.pump()).await {
                Ok(pumped) => pumped?,
                Err(_) => {
                    self.session.settle();
                    return Err(self.unanswered(&awaited));
                }
            }
        }
    }

    /// Sends all that is to be sent.
    async fn flush(&mut self) -> Result<(), PortError> {
        let until = self.until();
        while !self.session.out().is_empty() {
            match timeout_at(until, self.pump()).await {
                Ok(pumped) => pumped?,
                Err(_) => {
                    return Err(PortError::Stuck {
                        port: self.name.clone(),
                        waited_s: self.manner.timeout.as_secs().max(1),
                    });
                }
            }
        }
        Ok(())
    }

    /// Waits until bytes can be carried either way, and carries them.
    async fn pump(&mut self) -> Result<(), PortError> {
        if self.ended {
            return Err(PortError::Gone { port: self.name.clone() });
        }
        let reads = self.has_room();
        let writes = !self.session.out().is_empty();
        let ready = tokio::select! {
            biased;
            ready = self.stream.writable(), if writes => ready,
            ready = self.stream.readable(), if reads => ready,
            else => std::future::pending().await,
        };
        ready.map_err(|error| self.failed(error))?;
        if writes {
            match self.stream.try_write(self.session.out()) {
                Ok(sent) => self.session.sent(sent),
                Err(error) if is_none_yet(&error) => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.hear()
    }

    /// Takes what has come, as far as there is room for it.
    fn hear(&mut self) -> Result<(), PortError> {
        for _ in 0..PIECES {
            if self.ended || !self.has_room() {
                break;
            }
            match self.stream.try_read(&mut self.buffer) {
                // What came before the end is still to be read.
                Ok(0) => self.ended = true,
                Ok(length) => self.session.receive(&self.buffer[..length]),
                Err(error) if is_none_yet(&error) => break,
                Err(error) => return Err(self.failed(error)),
            }
        }
        let met = self.session.met();
        for (bit, what) in [
            (LineState::FRAMING, "a framing error: is the speed right?"),
            (LineState::PARITY, "a parity error: is the parity right?"),
            (LineState::OVERRUN, "an overrun: bytes were lost"),
            (LineState::BREAK, "a break"),
        ] {
            if met.has(bit & !self.told) {
                tracing::warn!("{}: its line has met {what}", self.name);
            }
        }
        self.told |= met.0;
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.session.waiting() < LIMIT && self.session.out().len() < LIMIT
    }

    fn until(&self) -> Instant {
        Instant::now() + self.manner.timeout
    }

    fn failed(&self, error: io::Error) -> PortError {
        PortError::from_io(&self.name, error)
    }

    fn no_serial_port(&self, why: &'static str) -> PortError {
        PortError::NoSerialPort { port: self.name.clone(), why }
    }

    fn unanswered(&self, asked: &ComPort) -> PortError {
        let asked = match asked {
            ComPort::Control(control) => group(*control).to_owned(),
            asked => words(asked),
        };
        PortError::Unanswered { port: self.name.clone(), asked, waited: self.manner.timeout }
    }

    fn refusal(&self, asked: &ComPort, answer: &ComPort) -> PortError {
        PortError::Setting { port: self.name.clone(), asked: words(asked), has: words(answer) }
    }
}

fn is_none_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
