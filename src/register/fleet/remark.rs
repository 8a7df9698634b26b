//! What may be wrong with a device of the fleet: two cards, two places at one time, another label, a warranty that is over.

use super::device::Device;
use super::link::Link;
use super::sighting::Sighting;
use crate::identity::{ImeiKey, Spelling};
use crate::register::assess::Veil;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Nobody carries a device from one bench to another in less: two places within it are two devices.
///
/// Q.5052 weighs distance against time; places here have names and no distance.
const CARRIED_IN: SignedDuration = SignedDuration::from_mins(10);

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// It was seen with several cards: the card was changed, or two devices have one number.
    Cards {
        /// How many.
        count: usize,
    },
    /// It was seen in two places within ten minutes: two devices have one number.
    ///
    /// Source: ITU-T Q.5052, clause 7.4, the conflict of time and distance, in a simple form.
    Places {
        /// Where it was seen.
        first: Sighting,
        /// And where it was seen next.
        second: Sighting,
    },
    /// Its label, as declared, is the IMEI of another device.
    Label {
        /// The device that the label names.
        labelled: ImeiKey,
    },
    /// A card of it was seen in another device.
    Differed {
        /// That device.
        seen: Option<ImeiKey>,
    },
    /// Its warranty is over, or what is declared of it cannot be read.
    Warranty(Warranty),
}

/// What a declared warranty is at a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warranty {
    /// Nothing is declared.
    Undeclared,
    /// It holds up to this day, which is in it.
    Holds(Date),
    /// It ended on this day.
    Over(Date),
    /// What is declared is no date.
    Unread,
}

impl Warranty {
    /// Reads `2027-01-31`, `20270131` or a moment by RFC 3339, at `now`; days are those of UTC.
    pub fn at(declared: Option<&str>, now: Timestamp) -> Self {
        let Some(text) = declared.map(str::trim).filter(|text| !text.is_empty()) else { return Self::Undeclared };
        let moment = || text.parse::<Timestamp>().map(|at| at.to_zoned(TimeZone::UTC).date());
        let Ok(last) = text.parse::<Date>().or_else(|_| Date::strptime("%Y%m%d", text)).or_else(|_| moment()) else {
            return Self::Unread;
        };
        if now.to_zoned(TimeZone::UTC).date() <= last { Self::Holds(last) } else { Self::Over(last) }
    }
}

impl fmt::Display for Warranty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undeclared => f.write_str("undeclared"),
            Self::Holds(last) => write!(f, "holds until {last}"),
            Self::Over(last) => write!(f, "over since {last}"),
            Self::Unread => f.write_str("declared, but as no date"),
        }
    }
}

impl Remark {
    /// `cards`, `places`, `label`, `differed` or `warranty`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cards { .. } => "cards",
            Self::Places { .. } => "places",
            Self::Label { .. } => "label",
            Self::Differed { .. } => "differed",
            Self::Warranty(_) => "warranty",
        }
    }

    /// What it is, in words; identities veiled.
    pub fn words(&self, veil: &mut Veil) -> String {
        match self {
            Self::Cards { count } => {
                format!("seen with {count} cards: it was changed, or several devices have this number")
            }
            Self::Places { first, second } => format!(
                "seen at {} and {} within {} s: two devices have this number",
                veil.foreign(&first.place),
                veil.foreign(&second.place),
                second.at.duration_since(first.at).as_secs()
            ),
            Self::Label { labelled } => format!("its label is that of {}", veil.key(*labelled)),
            Self::Differed { seen: Some(seen) } => format!("its card was seen in {}", veil.key(*seen)),
            Self::Differed { seen: None } => "its card was seen in another device, and is back".to_owned(),
            Self::Warranty(warranty) => format!("its warranty is {warranty}"),
        }
    }
}

/// Whether a device cannot have been in both places: one after the other, and both known by name.
pub(super) fn is_conflict(first: &Sighting, second: &Sighting) -> bool {
    first.place != second.place && second.at.duration_since(first.at) < CARRIED_IN
}

/// What may be wrong with a device, at `now`.
pub fn remarks(device: &Device, now: Timestamp) -> Vec<Remark> {
    let sightings: Vec<&Sighting> = device.sightings().collect();
    let mut found = Vec::new();
    let mut cards: Vec<&Sighting> = Vec::new();
    for &sighting in &sightings {
        let has_card = sighting.iccid.is_some() || sighting.imsi.is_some();
        if has_card && cards.iter().all(|card| card.has_another_card(sighting)) {
            cards.push(sighting);
        }
    }
    if cards.len() > 1 {
        found.push(Remark::Cards { count: cards.len() });
    }
    // The last conflict is told: earlier ones are of the same two devices.
    let placed: Vec<&Sighting> = sightings.iter().copied().filter(|sighting| !sighting.place.is_empty()).collect();
    let conflict = placed.windows(2).rev().find(|pair| is_conflict(pair[0], pair[1]));
    if let Some([first, second]) = conflict {
        found.push(Remark::Places { first: (*first).clone(), second: (*second).clone() });
    }
    let labelled = device.field("label").and_then(|label| Spelling::parse(label).ok()?.equipment.key());
    if let Some(labelled) = labelled.filter(|labelled| *labelled != device.key) {
        found.push(Remark::Label { labelled });
    }
    for sim in &device.sims {
        if sim.binding.link == Link::Differed(device.key) {
            found.push(Remark::Differed { seen: sim.binding.seen.filter(|seen| *seen != device.key) });
        }
    }
    match Warranty::at(device.field("warranty"), now) {
        Warranty::Undeclared | Warranty::Holds(_) => {}
        warranty @ (Warranty::Over(_) | Warranty::Unread) => found.push(Remark::Warranty(warranty)),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Activity, Happened};
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_769_860_800 + minute * 60).unwrap()
    }

    fn device(sightings: Vec<Sighting>, fields: &[(&str, &str)]) -> Device {
        let key = ImeiKey::new(101_700_000_001).unwrap();
        let fields: BTreeMap<Arc<str>, Arc<str>> =
            fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        let row = crate::register::Row {
            fields: Some(Arc::new(fields)),
            ..crate::register::Row::new(crate::register::Entry::Device(key))
        };
        let activity =
            sightings.into_iter().map(|seen| Activity { at: seen.at, happened: Happened::Seen(seen) }).collect();
        Device { key, declared: vec![("own".to_owned(), row)], sims: Vec::new(), activity }
    }

    fn seen(minute: i64, place: &str, iccid: Option<&str>, imsi: Option<&str>) -> Sighting {
        Sighting {
            place: place.into(),
            iccid: iccid.map(|text| text.parse().unwrap()),
            imsi: imsi.map(|text| text.parse().unwrap()),
            ..Sighting::new(ImeiKey::new(101_700_000_001).unwrap(), at(minute))
        }
    }

    #[test]
    fn two_cards_are_told_and_a_card_with_another_subscription_is_one() {
        let (one, other) = (Some("8999900000000000001"), Some("8999900000000000002"));
        let (first, second) = (Some("001010000000001"), Some("001010000000002"));
        let cards = |sightings| remarks(&device(sightings, &[]), at(0));
        assert_eq!(cards(vec![seen(0, "", one, first), seen(1, "", one, second), seen(2, "", None, None)]), []);
        assert_eq!(cards(vec![seen(0, "", one, first), seen(1, "", other, first)]), [Remark::Cards { count: 2 }]);
        assert_eq!(cards(vec![seen(0, "", None, first), seen(1, "", None, second)]), [Remark::Cards { count: 2 }]);
    }

    #[test]
    fn two_places_at_one_time_are_told_and_a_journey_is_not() {
        let journey = vec![seen(0, "bench 1", None, None), seen(10, "bench 2", None, None)];
        assert_eq!(remarks(&device(journey, &[]), at(20)), []);
        let twins = vec![seen(0, "bench 1", None, None), seen(3, "", None, None), seen(9, "bench 2", None, None)];
        let told = remarks(&device(twins, &[]), at(20));
        assert!(
            matches!(&told[..], [Remark::Places { first, second }] if &*first.place == "bench 1" && &*second.place == "bench 2")
        );
    }

    #[test]
    fn a_label_that_names_another_device_is_told_and_one_that_names_none_is_not() {
        let labelled = |label| remarks(&device(Vec::new(), &[("label", label)]), at(0));
        assert_eq!(labelled("bench 7, slot 3"), []);
        assert_eq!(labelled("00101700000001"), []);
        let other = ImeiKey::new(101_700_000_002).unwrap();
        assert_eq!(labelled("IMEI: 00101700000002"), [Remark::Label { labelled: other }]);
    }

    #[test]
    fn a_warranty_holds_up_to_its_last_day() {
        let day = jiff::civil::date(2026, 1, 31);
        for text in ["2026-01-31", "20260131", "2026-01-31T08:00:00Z"] {
            assert_eq!(Warranty::at(Some(text), at(0)), Warranty::Holds(day));
            assert_eq!(Warranty::at(Some(text), at(24 * 60)), Warranty::Over(day));
        }
        assert_eq!(Warranty::at(Some("two years"), at(0)), Warranty::Unread);
        assert_eq!(Warranty::at(Some(" "), at(0)), Warranty::Undeclared);
        assert_eq!(Warranty::at(None, at(0)), Warranty::Undeclared);
    }
}
