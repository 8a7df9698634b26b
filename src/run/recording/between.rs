//! Between an application and its modem: everything passes, both ways at once, and is told.

use std::fmt;
use std::time::Duration;

use tokio::time::sleep;

use super::keeper::Keeper;
use crate::port::{self, Address, Line, LineEvent, Moved, Port, PortError, Sent};
use crate::script::Side;

/// How much is read at once.
const BUFFER: usize = 4096;

/// So much waits for the modem at most before the application has to.
const WAITING: usize = 4096;

/// How often it is looked whether an application that does not read has begun to: more and more seldom.
const LOOK: Duration = Duration::from_millis(1);
const LOOK_AT_LAST: Duration = Duration::from_millis(64);

/// How often it is looked whether a device that went away has come back.
const AWAY: Duration = Duration::from_millis(200);

/// What happens beside the traffic.
#[derive(Debug)]
pub enum Happening {
    /// The application opened its port.
    Opened,
    /// The application closed its port.
    Closed,
    /// The device went away.
    Gone(PortError),
    /// The device is there again, and the application finds its port here.
    Back(String),
    /// A line of the application's that rewrites an identity was not passed on.
    Tamper(&'static str),
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Happening::Opened => f.write_str("the application opened the port"),
            Happening::Closed => f.write_str("the application closed the port"),
            Happening::Gone(error) => write!(f, "the device is gone: {error}"),
            Happening::Back(_) => f.write_str("the device is back"),
            Happening::Tamper(reason) => write!(f, "finding: tamper: not passed on, since it {reason}"),
        }
    }
}

/// What stands between.
#[derive(Debug)]
pub struct Between {
    line: Line,
    port: Port,
    /// The application has not read all yet.
    behind: bool,
    look: Duration,
}

impl Between {
    /// Between the application at this line and the modem at that port.
    #[must_use]
    pub fn new(line: Line, port: Port) -> Self {
        Between { line, port, behind: false, look: LOOK }
    }

    /// Passes everything on, until it is dropped. A device that goes away is waited for, and so long the application's port is
    /// gone too, as it would be without anything between.
    ///
    /// # Errors
    /// The application's line has gone for good, or its place was taken while the device was away.
    pub async fn pass(&mut self, keeper: &Keeper, mut tell: impl FnMut(&Happening)) -> Result<(), PortError> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match self.step(&mut buffer, keeper).await? {
                None => {}
                Some(Happening::Gone(error)) => {
                    let address = self.port.address().clone();
                    noted(keeper, &mut tell, &Happening::Gone(error));
                    self.line.unplug();
                    self.behind = false;
                    self.port = again(&address).await;
                    self.line.plug().await?;
                    noted(keeper, &mut tell, &Happening::Back(format!("{} {}", self.line.kind(), self.line.address())));
                }
                Some(happening) => noted(keeper, &mut tell, &happening),
            }
        }
    }

    /// One thing that happens.
    async fn step(&mut self, buffer: &mut [u8], keeper: &Keeper) -> Result<Option<Happening>, PortError> {
        let Between { line, port, behind, look } = self;
        let listens = port.waiting() < WAITING;
        let room = if *behind { None } else { Some(&mut buffer[..]) };
        tokio::select! {
            moved = port.exchange(room) => match moved {
                Ok(Moved::Read(count)) => {
                    *behind = line.send(&buffer[..count]) == Sent::Queued;
                    *look = LOOK;
                    keeper.bytes(Side::Modem, &buffer[..count]);
                }
                Ok(Moved::Wrote(_)) => {}
                Err(error) => return Ok(Some(Happening::Gone(error))),
            },
            event = line.next(), if listens => match event {
                LineEvent::Bytes(bytes) => {
                    let passed = port.queue(bytes);
                    keeper.bytes(Side::Host, bytes);
                    if let Err(refusal) = passed {
                        // Whoever asked for it hears that it cannot be, as from a modem that is locked.
                        const ERROR: &[u8] = b"\r\nERROR\r\n";
                        keeper.note(&Happening::Tamper(refusal.reason).to_string(), false);
                        *behind = line.send(ERROR) == Sent::Queued;
                        keeper.bytes(Side::Modem, ERROR);
                        return Ok(Some(Happening::Tamper(refusal.reason)));
                    }
                }
                LineEvent::Opened => {
                    driven(port, true, None).await;
                    return Ok(Some(Happening::Opened));
                }
                LineEvent::Lines { dtr, rts } => driven(port, dtr, Some(rts)).await,
                LineEvent::Closed => {
                    *behind = false;
                    driven(port, false, None).await;
                    return Ok(Some(Happening::Closed));
                }
                LineEvent::Gone => return Err(PortError::Gone { port: line.address() }),
            },
            () = sleep(*look), if *behind => {
                *behind = line.send(b"") == Sent::Queued;
                *look = LOOK_AT_LAST.min(2 * *look);
            }
        }
        Ok(None)
    }
}

/// The lines follow the application, as they would without anything between.
async fn driven(port: &mut Port, dtr: bool, rts: Option<bool>) {
    // Most ports that are no serial ones have no such lines.
    if let Err(error) = port.drive(Some(dtr), rts).await {
        tracing::debug!("{error}");
    }
}

fn noted(keeper: &Keeper, tell: &mut impl FnMut(&Happening), happening: &Happening) {
    match happening {
        // It stands in the record where it was said.
        Happening::Tamper(_) => {}
        Happening::Opened | Happening::Closed | Happening::Gone(_) | Happening::Back(_) => {
            keeper.note(&happening.to_string(), true);
        }
    }
    tell(happening);
}

/// The port, once it can be opened again.
async fn again(address: &Address) -> Port {
    loop {
        sleep(AWAY).await;
        if let Ok(port) = port::open(address).await {
            return port;
        }
    }
}
