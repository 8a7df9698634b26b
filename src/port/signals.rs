//! The modem's lines of a serial port beside its data: what it drives (CTS, DSR, DCD, RI), and what the host drives (DTR,
//! RTS, break).
//!
//! V.24 circuits 106, 107, 109 and 125, and 108/2 and 105. A pseudo-terminal and a socket carry bytes alone: asked for
//! lines, they say so.

use std::fmt;
use std::time::Duration;

use serialport::SerialPort;
use tokio_serial::SerialStream;

use super::error::PortError;

/// A break is shorter than this, whatever is asked for.
pub(super) const LONGEST_BREAK: Duration = Duration::from_secs(10);

/// The lines that the modem drives; true is ON.
///
/// Shown as `CTS DSR -dcd -ri`: what is OFF is in lower case behind a `-`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Signals {
    /// Circuit 106, clear to send.
    pub cts: bool,
    /// Circuit 107, data set ready.
    pub dsr: bool,
    /// Circuit 109, data carrier detect.
    pub dcd: bool,
    /// Circuit 125, ring indicator.
    pub ri: bool,
}

impl fmt::Display for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [("CTS", "-cts", self.cts), ("DSR", "-dsr", self.dsr), ("DCD", "-dcd", self.dcd)];
        for (on, off, is_on) in lines {
            write!(f, "{} ", if is_on { on } else { off })?;
        }
        f.write_str(if self.ri { "RI" } else { "-ri" })
    }
}

/// Reads the modem's lines.
pub(super) fn read(stream: &mut SerialStream, port: &str) -> Result<Signals, PortError> {
    let mut line =
        |ask: fn(&mut SerialStream) -> serialport::Result<bool>| ask(stream).map_err(|error| failed(port, error));
    Ok(Signals {
        cts: line(SerialStream::read_clear_to_send)?,
        dsr: line(SerialStream::read_data_set_ready)?,
        dcd: line(SerialStream::read_carrier_detect)?,
        ri: line(SerialStream::read_ring_indicator)?,
    })
}

/// Drives the host's lines; `None` leaves one as it is.
pub(super) fn drive(
    stream: &mut SerialStream,
    port: &str,
    dtr: Option<bool>,
    rts: Option<bool>,
) -> Result<(), PortError> {
    if let Some(on) = dtr {
        stream.write_data_terminal_ready(on).map_err(|error| failed(port, error))?;
    }
    if let Some(on) = rts {
        stream.write_request_to_send(on).map_err(|error| failed(port, error))?;
    }
    Ok(())
}

/// Holds the sending line at break for so long.
pub(super) async fn send_break(stream: &mut SerialStream, port: &str, length: Duration) -> Result<(), PortError> {
    // A pseudo-terminal takes the request and does nothing: only the lines tell that it has none.
    read(stream, port)?;
    stream.set_break().map_err(|error| failed(port, error))?;
    tokio::time::sleep(length.min(LONGEST_BREAK)).await;
    stream.clear_break().map_err(|error| failed(port, error))
}

/// What a request for the lines failed with. Called at once, while the system still knows its last error.
#[cfg(unix)]
fn failed(port: &str, error: serialport::Error) -> PortError {
    use rustix::io::Errno;
    let source = std::io::Error::last_os_error();
    match (error.kind, Errno::from_io_error(&source)) {
        (serialport::ErrorKind::Unknown, Some(Errno::NOTTY | Errno::INVAL)) => {
            PortError::NoLines { port: port.to_owned(), what: "a pseudo-terminal" }
        }
        (serialport::ErrorKind::Unknown, Some(_)) => PortError::from_io(port, source),
        _ => PortError::from_io(port, error.into()),
    }
}

#[cfg(not(unix))]
fn failed(port: &str, error: serialport::Error) -> PortError {
    PortError::from_io(port, error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shown_by_their_names_and_those_that_are_off_in_lower_case() {
        let signals = Signals { cts: true, dsr: true, dcd: false, ri: false };
        assert_eq!(signals.to_string(), "CTS DSR -dcd -ri");
        assert_eq!(Signals { dcd: true, ri: true, ..Signals::default() }.to_string(), "-cts -dsr DCD RI");
    }
}
