//! Garbage at a wrong speed, and the speed that it speaks for.
//!
//! A receiver that is faster than the sender sees each of the sender's bits several times: its bytes hold runs of equal
//! bits, and which speeds they fit says how long a bit was. A slower receiver sees several bits as one, and only that it is
//! too slow can be told.

/// Speeds that modules are set to.
const SPEEDS: [u32; 9] = [921_600, 460_800, 230_400, 115_200, 57_600, 38_400, 19_200, 9_600, 4_800];

/// Of the speeds that are too slow to be told apart, the one that modules have.
const USUAL_SLOW: u32 = 9_600;

/// So many bytes are looked at before anything is said.
const ENOUGH: usize = 8;

/// So many are remembered.
const KEPT: usize = 256;

/// What has come that nobody can read.
#[derive(Debug)]
pub(super) struct Noise {
    baud: Option<u32>,
    bytes: Vec<u8>,
    told: bool,
}

impl Noise {
    /// Nothing heard yet on a port of this speed; without one there is nothing to be wrong with.
    pub(super) fn new(baud: Option<u32>) -> Self {
        Self { baud, bytes: Vec::new(), told: false }
    }

    /// Bytes came; `readable` where they made lines that a modem sends. Once, and again after what could be read: the speed
    /// at which this is noise, and the likely one.
    pub(super) fn heard(&mut self, bytes: &[u8], readable: bool) -> Option<(u32, Option<u32>)> {
        let baud = self.baud?;
        if readable {
            self.bytes.clear();
            self.told = false;
            return None;
        }
        let room = KEPT - self.bytes.len().min(KEPT);
        self.bytes.extend(&bytes[..bytes.len().min(room)]);
        let strange = self.bytes.iter().filter(|byte| !matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')).count();
        if self.told || self.bytes.len() < ENOUGH || strange * 3 < self.bytes.len() {
            return None;
        }
        self.told = true;
        Some((baud, self.likely()))
    }

    /// The speed that the garbage speaks for.
    pub(super) fn likely(&self) -> Option<u32> {
        let baud = self.baud.filter(|_| self.told)?;
        likely(&self.bytes, baud)
    }
}

/// The slowest of the speeds below `baud` that most bytes fit, or the next usual one above it.
fn likely(bytes: &[u8], baud: u32) -> Option<u32> {
    let most = |count: usize| count * 10 >= bytes.len() * 6;
    let fits = |speed: u32| most(bytes.iter().filter(|&&byte| fits(byte, baud, speed)).count());
    let slower = SPEEDS.iter().rev().copied().filter(|&speed| speed < baud);
    // Nothing but zeros: each of the sender's bits is longer than a whole byte, and all such speeds look the same.
    if most(bytes.iter().filter(|&&byte| byte == 0).count()) && fits(USUAL_SLOW) && USUAL_SLOW < baud {
        return Some(USUAL_SLOW);
    }
    match slower.into_iter().find(|&speed| fits(speed)) {
        Some(speed) => Some(speed),
        None if baud < 115_200 => Some(115_200),
        None => SPEEDS.iter().rev().copied().find(|&speed| speed > baud),
    }
}

/// Whether a receiver at `baud` can see `byte` where somebody sends at `speed`, which is slower: a start bit and eight bits,
/// each sampled in its middle. The stop bit is not looked at: it is wrong as often as not, and the byte comes all the same.
fn fits(byte: u8, baud: u32, speed: u32) -> bool {
    let sampled = |bit: u64| (2 * bit + 1) * u64::from(speed) / (2 * u64::from(baud));
    let mut seen: [Option<bool>; 9] = [None; 9];
    (0..9u64).all(|bit| {
        let level = bit > 0 && byte & 1 << (bit - 1) != 0;
        let place = usize::try_from(sampled(bit)).ok();
        place.and_then(|place| seen.get_mut(place)).is_none_or(|slot| *slot.get_or_insert(level) == level)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a receiver at `baud` makes of `text` sent at `speed`: 8N1, no gaps, framing errors as the byte that was seen.
    fn received(text: &[u8], speed: u32, baud: u32) -> Vec<u8> {
        let bits: Vec<bool> = text
            .iter()
            .flat_map(|byte| [vec![false], (0..8).map(|bit| byte & 1 << bit != 0).collect(), vec![true]].concat())
            .chain([true; 40])
            .collect();
        let level = |at: f64| bits.get(at as usize).copied().unwrap_or(true);
        let (step, mut at, mut bytes) = (f64::from(speed) / f64::from(baud), 0.0, Vec::new());
        while at < bits.len() as f64 {
            if level(at) {
                at += step / 16.0;
                continue;
            }
            let byte =
                (0..8).filter(|&bit| level(at + step * (f64::from(bit) + 1.5))).fold(0, |byte, bit| byte | 1 << bit);
            bytes.push(byte);
            at += step * 9.5;
            // A break, or a stop bit that is none: the next start bit is the next edge.
            while !level(at) {
                at += step / 16.0;
            }
        }
        bytes
    }

    #[test]
    fn the_speed_of_a_slower_modem_is_read_off_its_garbage() {
        let said = b"\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\n+CREG: 2\r\n\r\nSMS Ready\r\n";
        for (speed, baud) in [
            (57_600, 115_200),
            (38_400, 115_200),
            (19_200, 115_200),
            (9_600, 115_200),
            (57_600, 230_400),
            (38_400, 230_400),
            (9_600, 38_400),
            (9_600, 19_200),
        ] {
            let mut noise = Noise::new(Some(baud));
            let heard = noise.heard(&received(said, speed, baud), false);
            assert_eq!(heard, Some((baud, Some(speed))), "{speed} heard at {baud}");
        }
    }

    #[test]
    fn a_faster_modem_is_taken_for_the_usual_speed() {
        let garbage = received(b"\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\n+CREG: 2\r\n", 115_200, 9_600);
        assert_eq!(Noise::new(Some(9_600)).heard(&garbage.repeat(4), false), Some((9_600, Some(115_200))));
    }

    #[test]
    fn what_can_be_read_is_no_noise_and_is_told_once() {
        let mut noise = Noise::new(Some(115_200));
        assert_eq!(noise.heard(b"\r\nsome module's own words\r\n", false), None);
        assert!(noise.heard(&[0x80; 64], false).is_some());
        assert_eq!(noise.heard(&[0x80; 64], false), None);
        assert_eq!(noise.heard(b"\r\nOK\r\n", true), None);
        assert!(noise.heard(&[0x80; 64], false).is_some());
        assert_eq!(Noise::new(None).heard(&[0x80; 64], false), None);
    }
}
