//! Devices, ranges and TACs of a book together, and how a few of them change without a copy of all.

use super::segments::{Rule, Segments};
use super::table::Table;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The devices and ranges of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    /// The devices as they were when all were put together.
    pub(super) devices: Arc<Table>,
    /// What has changed since: [`GONE`] for a device that went, one more than its value for one that came or changed.
    pub(super) overlay: Arc<Table>,
    pub(super) segments: Arc<Segments>,
    /// How many devices there are.
    pub(super) count: usize,
}

/// In the overlay, a device that is no longer there.
pub(super) const GONE: u32 = 1;
/// So many changes beyond a 32nd of the devices are kept apart before all are put together anew.
const OVERLAY: usize = 4096;

impl Area {
    pub(super) fn new(devices: Table, segments: Segments) -> Self {
        let count = devices.count;
        Self { devices: Arc::new(devices), overlay: Arc::new(Table::empty()), segments: Arc::new(segments), count }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0 && self.segments.is_empty()
    }

    /// The value of a device; 0 where it is not there.
    pub(super) fn device(&self, key: u64) -> u32 {
        match self.overlay.find(key) {
            0 => self.devices.find(key),
            changed => changed - GONE,
        }
    }

    /// The values of many devices; 0 for each that is not there.
    pub(super) fn devices(&self, keys: &[u64], values: &mut [u32]) {
        self.devices.find_all(keys, values);
        if self.overlay.count > 0 {
            for (&key, value) in keys.iter().zip(values) {
                let changed = self.overlay.find(key);
                if changed != 0 {
                    *value = changed - GONE;
                }
            }
        }
    }

    /// Whether a device stands there or is in a range.
    pub(super) fn covers(&self, key: u64) -> bool {
        self.device(key) != 0 || self.segments.find(key).is_some()
    }

    /// All devices and their values, in no order.
    fn all(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let kept = self.devices.iter().filter(|&(key, _)| self.overlay.find(key) == 0);
        kept.chain(self.overlay.iter().filter(|&(_, value)| value != GONE).map(|(key, value)| (key, value - GONE)))
    }

    /// A copy in which these devices have these values, or none; no value is above `most`.
    pub(super) fn amended(&self, changes: &BTreeMap<u64, Option<u32>>, most: u32) -> Self {
        let mut new = self.clone();
        if changes.is_empty() {
            return new;
        }
        let before = changes.keys().filter(|key| self.device(**key) != 0).count();
        let after = changes.values().filter(|value| value.is_some()).count();
        new.count = self.count + after - before;
        let changed = changes.iter().map(|(&key, value)| (key, value.map_or(GONE, |value| value + GONE)));
        let size = self.overlay.count + changes.len();
        let overlay = Table::build(size, most + GONE, self.overlay.iter().chain(changed), |_, newer| newer);
        let is_large = overlay.count > OVERLAY + self.devices.count / 32;
        new.overlay = Arc::new(overlay);
        if is_large {
            let devices = Table::build(new.count, most, new.all(), |_, newer| newer);
            new.devices = Arc::new(devices);
            new.overlay = Arc::new(Table::empty());
        }
        new
    }
}

/// What rules are about, and the rules of which each has one of these values.
pub(super) type RuleChanges = BTreeMap<(u64, u64, bool), (Rule, Vec<u32>)>;

/// The rules without those about what `changes` are about, and with those that come in their place.
pub(super) fn amended_rules(old: &[Rule], changes: &RuleChanges) -> Vec<Rule> {
    let kept = old.iter().filter(|rule| !changes.contains_key(&rule.about())).copied();
    let come = changes.values().flat_map(|(rule, values)| values.iter().map(|&value| rule.with(value)));
    kept.chain(come).collect()
}
