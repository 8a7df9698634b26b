//! The lists and the identities of the bench, made by a seeded generator: none is anybody's on purpose, none is kept.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use atgate::identity::ImeiKey;

pub(crate) const ENTRIES: usize = 5_000_000;
pub(crate) const RANGES: usize = 5_000;
pub(crate) const INPUTS: usize = 10_000_000;
/// Models among which devices are drawn, under the three bodies that give out most numbers.
const MODELS: u64 = 20_000;

pub(crate) struct Data {
    /// Devices on the block list.
    pub(crate) entries: Vec<u64>,
    /// Ranges on the track list, both ends included.
    pub(crate) ranges: Vec<(u64, u64)>,
    seed: u64,
}

impl Data {
    pub(crate) fn new() -> Self {
        let mut random = fastrand::Rng::with_seed(7511);
        let entries = (0..ENTRIES).map(|_| device(&mut random)).collect();
        let ranges = (0..RANGES)
            .map(|_| {
                let low = device(&mut random);
                (low, (low + random.u64(1..224_000)).min(low / 1_000_000 * 1_000_000 + 999_999))
            })
            .collect();
        Self { entries, ranges, seed: random.u64(..) }
    }

    /// Ten million devices, 4 % of them listed: key and fifteenth digit, which is wrong for 0.5 %.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (u64, u8)> + '_ {
        let mut random = fastrand::Rng::with_seed(self.seed);
        (0..INPUTS).map(move |_| {
            let key = match random.u32(0..100) {
                0..4 => self.entries[random.usize(..ENTRIES)],
                _ => device(&mut random),
            };
            let check = ImeiKey::new(key).map_or(0, ImeiKey::check_digit);
            let off = if random.u32(0..200) == 0 { random.u8(1..10) } else { 0 };
            (key, (check + off) % 10)
        })
    }

    /// The files that every contender reads.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        let create = |name: &str| File::create(folder.join(name)).map(|file| BufWriter::with_capacity(1 << 20, file));
        let mut file = create("inputs.csv")?;
        for (key, digit) in self.inputs() {
            writeln!(file, "{key:014}{digit}")?;
        }
        file.flush()?;
        let mut file = create("entries.csv")?;
        for key in &self.entries {
            writeln!(file, "{key:014}")?;
        }
        file.flush()?;
        let mut file = create("ranges.csv")?;
        for (low, high) in &self.ranges {
            writeln!(file, "{low},{high}")?;
        }
        file.flush()
    }
}

fn device(random: &mut fastrand::Rng) -> u64 {
    let model = random.u64(..MODELS);
    // A model's TAC follows from its number: spread over the body's, always the same.
    let body = [35, 35, 86, 1][(model % 4) as usize];
    let tac = body * 1_000_000 + model.wrapping_mul(2_654_435_761) % 1_000_000;
    tac * 1_000_000 + random.u64(..1_000_000)
}
