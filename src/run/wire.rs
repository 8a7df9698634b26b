//! The line between host and modem where both are ours, and what a `* fault` does to it.
//!
//! Bytes go in at a tick and come out at the same tick, or at a later one. The faults count bytes from the next one; a seeded
//! generator picks which bits are turned over.

use std::collections::VecDeque;
use std::time::Duration;

use crate::modem::Tick;
use crate::script::Side;

use super::player::LineFault;

/// The pause between two bytes that `fault split` takes apart.
const APART: Duration = Duration::from_millis(10);

/// The speed of a line that nobody has set.
const SPEED: u32 = 115_200;

/// Both ways of one line.
#[derive(Debug)]
pub(super) struct Wire {
    to_host: Way,
    to_modem: Way,
    unplugged: bool,
    /// `fault baud`
    speed: Option<u32>,
    /// The modem's own speed; 0 is detection.
    modem_speed: u32,
    random: fastrand::Rng,
}

#[derive(Debug, Default)]
struct Way {
    drop: u32,
    garble: u32,
    duplicate: u32,
    split: u32,
    stalled: Option<Tick>,
    interleave: Option<(u32, Vec<u8>)>,
    /// What is on its way, in order.
    queue: VecDeque<(Tick, Vec<u8>)>,
}

impl Wire {
    pub(super) fn new(seed: u64) -> Self {
        Wire {
            to_host: Way::default(),
            to_modem: Way::default(),
            unplugged: false,
            speed: None,
            modem_speed: SPEED,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Puts bytes on the line.
    pub(super) fn put(&mut self, now: Tick, to: Side, bytes: &[u8]) {
        if self.unplugged || bytes.is_empty() {
            return;
        }
        let garbled = self.speed.is_some_and(|speed| self.modem_speed != 0 && speed != self.modem_speed);
        let random = &mut self.random;
        let way = match to {
            Side::Host => &mut self.to_host,
            Side::Modem => &mut self.to_modem,
        };
        way.put(now, bytes, garbled, random);
    }

    /// The next bytes that have arrived by `now`.
    pub(super) fn take(&mut self, now: Tick, to: Side) -> Option<Vec<u8>> {
        let way = match to {
            Side::Host => &mut self.to_host,
            Side::Modem => &mut self.to_modem,
        };
        if way.queue.front()?.0 > now {
            return None;
        }
        way.queue.pop_front().map(|(_, bytes)| bytes)
    }

    /// Whether what is put on it comes out at once and as it is.
    pub(super) fn is_sound(&self) -> bool {
        let ways = [&self.to_host, &self.to_modem];
        !self.unplugged && self.speed.is_none() && ways.into_iter().all(|way| way.is_sound() && way.queue.is_empty())
    }

    /// When the next bytes arrive.
    pub(super) fn deadline(&self) -> Option<Tick> {
        [&self.to_host, &self.to_modem].into_iter().filter_map(|way| way.queue.front()).map(|(at, _)| *at).min()
    }

    /// Something goes wrong from here on.
    pub(super) fn fault(&mut self, now: Tick, fault: LineFault) {
        let way = match &fault {
            LineFault::Drop(bytes)
            | LineFault::Garble(bytes)
            | LineFault::Duplicate(bytes)
            | LineFault::Split(bytes)
                if bytes.to == Side::Modem =>
            {
                &mut self.to_modem
            }
            _ => &mut self.to_host,
        };
        match fault {
            LineFault::Drop(bytes) => way.drop = bytes.count,
            LineFault::Garble(bytes) => way.garble = bytes.count,
            LineFault::Duplicate(bytes) => way.duplicate = bytes.count,
            LineFault::Split(bytes) => way.split = bytes.count,
            LineFault::Interleave { bytes, after } => way.interleave = Some((after, bytes)),
            LineFault::Stall(duration) => {
                self.to_host.stalled = Some(now + duration);
                self.to_modem.stalled = Some(now + duration);
            }
            LineFault::Baud(speed) => self.speed = Some(speed),
        }
    }

    /// The modem's line now runs at this speed.
    pub(super) fn modem_speed(&mut self, speed: u32) {
        self.modem_speed = speed;
    }

    /// What is on its way is lost, and so is all until [`plug`](Self::plug).
    pub(super) fn unplug(&mut self) {
        self.unplugged = true;
        self.to_host.queue.clear();
        self.to_modem.queue.clear();
    }

    pub(super) fn plug(&mut self) {
        self.unplugged = false;
    }
}

impl Way {
    fn is_sound(&self) -> bool {
        self.drop == 0
            && self.garble == 0
            && self.duplicate == 0
            && self.split == 0
            && self.interleave.is_none()
            && self.stalled.is_none()
    }

    fn put(&mut self, now: Tick, bytes: &[u8], garbled: bool, random: &mut fastrand::Rng) {
        // Nothing overtakes what is on its way.
        let mut at = self.queue.back().map_or(now, |(last, _)| now.max(*last));
        if let Some(until) = self.stalled {
            at = at.max(until);
            if until <= now {
                self.stalled = None;
            }
        }
        if self.is_sound() && !garbled {
            self.queue.push_back((at, bytes.to_vec()));
            return;
        }
        let mut chunk = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            if let Some((after, _)) = &mut self.interleave {
                match after.checked_sub(1) {
                    Some(left) => *after = left,
                    None => chunk.extend(self.interleave.take().map(|(_, put_in)| put_in).unwrap_or_default()),
                }
            }
            if counted(&mut self.drop) {
                continue;
            }
            let turned = counted(&mut self.garble) || garbled;
            let byte = if turned { byte ^ (1 << random.u8(0..8)) } else { byte };
            chunk.push(byte);
            if counted(&mut self.duplicate) {
                chunk.push(byte);
            }
            if counted(&mut self.split) {
                self.queue.push_back((at, std::mem::take(&mut chunk)));
                at += APART;
            }
        }
        if let Some((0, put_in)) = self.interleave.take_if(|(after, _)| *after == 0) {
            chunk.extend(put_in);
        }
        if !chunk.is_empty() {
            self.queue.push_back((at, chunk));
        }
    }
}

/// Counts one down; false at the end.
fn counted(left: &mut u32) -> bool {
    match left.checked_sub(1) {
        Some(less) => {
            *left = less;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Bytes;

    fn carried(faults: Vec<LineFault>, writes: &[&str]) -> String {
        let mut wire = Wire::new(0);
        for fault in faults {
            wire.fault(Tick::ZERO, fault);
        }
        for bytes in writes {
            wire.put(Tick::ZERO, Side::Host, bytes.as_bytes());
        }
        let mut told = Vec::new();
        while let Some(at) = wire.deadline() {
            let bytes = wire.take(at, Side::Host).unwrap();
            told.push(format!("{at} {}", bytes.escape_ascii()));
        }
        told.join("\n")
    }

    fn bytes(count: u32) -> Bytes {
        Bytes { count, to: Side::Host }
    }

    #[test]
    fn a_fault_counts_from_the_next_byte_over_several_writes() {
        assert_eq!(carried(vec![LineFault::Drop(bytes(4))], &["abc", "def"]), "0.000s ef");
        assert_eq!(carried(vec![LineFault::Duplicate(bytes(2))], &["abc"]), "0.000s aabbc");
        assert_eq!(
            carried(vec![LineFault::Interleave { bytes: b"--".to_vec(), after: 4 }], &["abc", "def"]),
            "0.000s abc\n0.000s d--ef"
        );
    }

    #[test]
    fn split_bytes_come_one_by_one_and_nothing_overtakes_them() {
        assert_eq!(carried(vec![LineFault::Split(bytes(2))], &["abc", "d"]), "0.000s a\n0.010s b\n0.020s c\n0.020s d");
    }

    #[test]
    fn a_stall_holds_everything_back() {
        assert_eq!(carried(vec![LineFault::Stall(Duration::from_secs(2))], &["ab", "c"]), "2.000s ab\n2.000s c");
    }

    #[test]
    fn the_seed_picks_the_bits_that_are_garbled() {
        let once = carried(vec![LineFault::Garble(bytes(3))], &["abcd"]);
        assert_eq!(once, carried(vec![LineFault::Garble(bytes(3))], &["abcd"]));
        assert!(once.ends_with('d') && !once.contains("abc"), "{once}");
    }

    #[test]
    fn another_speed_garbles_all_and_an_unplugged_line_carries_nothing() {
        assert_ne!(carried(vec![LineFault::Baud(9_600)], &["OK"]), "0.000s OK");
        assert_eq!(carried(vec![LineFault::Baud(115_200)], &["OK"]), "0.000s OK");
        let mut wire = Wire::new(0);
        wire.put(Tick::ZERO, Side::Host, b"lost");
        wire.unplug();
        wire.put(Tick::ZERO, Side::Host, b"lost");
        wire.plug();
        wire.put(Tick::ZERO, Side::Host, b"kept");
        assert_eq!(wire.take(Tick::ZERO, Side::Host).unwrap(), b"kept");
    }
}
