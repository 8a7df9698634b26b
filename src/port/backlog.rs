//! What the client has not taken yet: bounded, so that one that never reads neither stops the modem nor fills the memory.

use std::io;

/// How much may wait for a client beyond what the system holds for it.
pub(super) const LIMIT: usize = 64 * 1024;

/// What became of bytes that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The system took them all.
    All,
    /// Some wait until the client reads.
    Queued,
    /// The client does not read and too much waits already: this many bytes were thrown away, a whole message.
    Dropped(usize),
    /// Nobody is there to hear them; as on a wire that ends nowhere, they are lost.
    Unheard,
}

/// The bytes that wait.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: Vec<u8>,
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.waiting = Vec::new();
    }

    /// Sends what waits as far as there is room, and a message behind it; an empty one asks whether all has gone.
    ///
    /// What waits is tried first: a client that talks on leaves no other moment for it.
    pub(super) fn send(
        &mut self,
        message: &[u8],
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> io::Result<Sent> {
        if !self.waiting.is_empty() {
            self.flush(&mut write)?;
        }
        if !self.waiting.is_empty() {
            return Ok(self.queue(message));
        }
        let taken = write_some(message, write)?;
        if taken == message.len() {
            return Ok(Sent::All);
        }
        self.waiting.extend_from_slice(&message[taken..]);
        Ok(Sent::Queued)
    }

    /// Puts a message behind what waits, whether or not there is room further on.
    pub(super) fn queue(&mut self, message: &[u8]) -> Sent {
        if !self.waiting.is_empty() && self.waiting.len() + message.len() > LIMIT {
            return Sent::Dropped(message.len());
        }
        self.waiting.extend_from_slice(message);
        Sent::Queued
    }

    /// Sends what waits, as far as there is room.
    pub(super) fn flush(&mut self, write: impl FnMut(&[u8]) -> io::Result<usize>) -> io::Result<()> {
        let taken = write_some(&self.waiting, write)?;
        self.waiting.drain(..taken);
        if self.waiting.is_empty() {
            self.clear();
        }
        Ok(())
    }
}

/// Writes until all is taken or there is no room.
fn write_some(bytes: &[u8], mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> io::Result<usize> {
    let mut taken = 0;
    while taken < bytes.len() {
        match write(&bytes[taken..]) {
            Ok(0) => break,
            Ok(n) => taken += n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe with room for `room` bytes.
    fn pipe<'a>(room: &'a mut usize, out: &'a mut Vec<u8>) -> impl FnMut(&[u8]) -> io::Result<usize> + 'a {
        move |bytes| {
            let n = bytes.len().min(*room);
            *room -= n;
            out.extend_from_slice(&bytes[..n]);
            if n == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(n) }
        }
    }

    #[test]
    fn what_waits_goes_out_in_order_once_there_is_room() {
        let (mut backlog, mut out, mut room) = (Backlog::default(), Vec::new(), 4);
        assert_eq!(backlog.send(b"abcdef", pipe(&mut room, &mut out)).unwrap(), Sent::Queued);
        assert_eq!(backlog.send(b"ghi", pipe(&mut room, &mut out)).unwrap(), Sent::Queued);
        assert_eq!(out, b"abcd");
        room = 4;
        assert_eq!(backlog.send(b"", pipe(&mut room, &mut out)).unwrap(), Sent::Queued);
        assert_eq!(out, b"abcdefgh");
        room = 100;
        assert_eq!(backlog.send(b"", pipe(&mut room, &mut out)).unwrap(), Sent::All);
        assert_eq!(out, b"abcdefghi");
        assert!(backlog.is_empty());
    }

    #[test]
    fn a_client_that_talks_on_is_sent_what_waits_all_the_same() {
        let (mut backlog, mut out, mut room) = (Backlog::default(), Vec::new(), 2);
        assert_eq!(backlog.send(b"abc", pipe(&mut room, &mut out)).unwrap(), Sent::Queued);
        room = 3;
        assert_eq!(backlog.send(b"def", pipe(&mut room, &mut out)).unwrap(), Sent::Queued);
        room = 100;
        assert_eq!(backlog.send(b"g", pipe(&mut room, &mut out)).unwrap(), Sent::All);
        assert_eq!(out, b"abcdefg");
        assert!(backlog.is_empty());
    }

    #[test]
    fn a_client_that_never_reads_costs_a_bounded_amount_and_loses_whole_messages() {
        let (mut backlog, mut out, mut room) = (Backlog::default(), Vec::new(), 0);
        let message = [b'x'; 1000];
        let mut dropped = 0;
        for _ in 0..100 {
            match backlog.send(&message, pipe(&mut room, &mut out)).unwrap() {
                Sent::Dropped(n) => dropped += n,
                Sent::All | Sent::Queued | Sent::Unheard => {}
            }
        }
        assert_eq!(dropped, 35_000);
        assert!(backlog.waiting.len() <= LIMIT);
    }
}
