//! The link between a card and its device: what a sighting, an arming, a linking or a declaration makes of it.
//!
//! A pure machine. It knows no clock and no store.

use crate::identity::ImeiKey;
use std::fmt;

/// How a card stands to its device.
///
/// ```text
/// UNLINKED ──arm──▶ ARMED ──seen──▶ LINKED ──another seen──▶ DIFFERED
///     ▲               ▲               │ ▲                       │
///     └────unlink─────┴──────arm──────┘ └─────────link──────────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// The card is known and bound to nothing.
    Unlinked,
    /// It waits: the next device that it is seen in is its own.
    Armed,
    /// It is bound to this device.
    Linked(ImeiKey),
    /// It is bound to this device, and was seen in another since. It stays so, whatever it is seen in, until it is linked,
    /// armed or unlinked.
    Differed(ImeiKey),
}

impl Link {
    /// `unlinked`, `armed`, `linked` or `differed`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::Armed => "armed",
            Self::Linked(_) => "linked",
            Self::Differed(_) => "differed",
        }
    }

    /// All words.
    pub const WORDS: [&str; 4] = ["unlinked", "armed", "linked", "differed"];

    /// The device that the card is bound to.
    pub fn device(self) -> Option<ImeiKey> {
        match self {
            Self::Unlinked | Self::Armed => None,
            Self::Linked(device) | Self::Differed(device) => Some(device),
        }
    }

    pub(super) fn number(self) -> i64 {
        match self {
            Self::Unlinked => 0,
            Self::Armed => 1,
            Self::Linked(_) => 2,
            Self::Differed(_) => 3,
        }
    }

    pub(super) fn of(number: i64, device: Option<ImeiKey>) -> Option<Self> {
        match (number, device) {
            (0, None) => Some(Self::Unlinked),
            (1, None) => Some(Self::Armed),
            (2, Some(device)) => Some(Self::Linked(device)),
            (3, Some(device)) => Some(Self::Differed(device)),
            (_, _) => None,
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What comes to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is seen in this device.
    Seen(ImeiKey),
    /// The next device that it is seen in shall be its own.
    Arm,
    /// This device shall be its own.
    Link(ImeiKey),
    /// No device shall be its own.
    Unlink,
}

/// What happened to a card's link. Each change is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkEvent {
    /// It was seen for the first time, in this device.
    First(ImeiKey),
    /// It was seen in another device of the same model.
    Change {
        /// What it was in.
        from: ImeiKey,
        /// What it is in.
        to: ImeiKey,
    },
    /// It was seen in a device of another model.
    TacChange {
        /// What it was in.
        from: ImeiKey,
        /// What it is in.
        to: ImeiKey,
    },
    /// It waits for its device.
    Armed,
    /// It was bound to this device.
    Linked(ImeiKey),
    /// The alarm: it was seen in another device than its own. Told once, until it is linked anew.
    Differed {
        /// Its own.
        bound: ImeiKey,
        /// What it was seen in.
        seen: ImeiKey,
    },
    /// It is bound to nothing any more.
    Unlinked,
}

impl LinkEvent {
    /// `FIRST`, `CHANGE`, `TAC_CHANGE`, `ARMED`, `LINKED`, `DIFFERED` or `UNLINKED`.
    pub fn word(self) -> &'static str {
        match self {
            Self::First(_) => "FIRST",
            Self::Change { .. } => "CHANGE",
            Self::TacChange { .. } => "TAC_CHANGE",
            Self::Armed => "ARMED",
            Self::Linked(_) => "LINKED",
            Self::Differed { .. } => "DIFFERED",
            Self::Unlinked => "UNLINKED",
        }
    }

    /// Whether somebody should look at it at once.
    pub fn is_alarm(self) -> bool {
        match self {
            Self::Differed { .. } => true,
            Self::First(_)
            | Self::Change { .. }
            | Self::TacChange { .. }
            | Self::Armed
            | Self::Linked(_)
            | Self::Unlinked => false,
        }
    }

    /// The device that it tells of, and the one before or beside it.
    pub fn devices(self) -> (Option<ImeiKey>, Option<ImeiKey>) {
        match self {
            Self::First(device) | Self::Linked(device) => (Some(device), None),
            Self::Change { from, to } | Self::TacChange { from, to } => (Some(to), Some(from)),
            Self::Differed { bound, seen } => (Some(seen), Some(bound)),
            Self::Armed | Self::Unlinked => (None, None),
        }
    }

    pub(super) fn of(word: &str, device: Option<ImeiKey>, former: Option<ImeiKey>) -> Option<Self> {
        Some(match (word, device, former) {
            ("FIRST", Some(device), None) => Self::First(device),
            ("CHANGE", Some(to), Some(from)) => Self::Change { from, to },
            ("TAC_CHANGE", Some(to), Some(from)) => Self::TacChange { from, to },
            ("ARMED", None, None) => Self::Armed,
            ("LINKED", Some(device), None) => Self::Linked(device),
            ("DIFFERED", Some(seen), Some(bound)) => Self::Differed { bound, seen },
            ("UNLINKED", None, None) => Self::Unlinked,
            (_, _, _) => return None,
        })
    }
}

/// What the books declare of a card: the devices whose rows in the fleet's book or in the pairings name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Declared {
    /// None.
    #[default]
    Nothing,
    /// This one.
    One(ImeiKey),
    /// Several, and nothing says which: what it is seen in next.
    Several,
}

/// A card's link, and the device that the card was last seen in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The link.
    pub link: Link,
    /// Where it was seen last.
    pub seen: Option<ImeiKey>,
}

impl Default for Binding {
    fn default() -> Self {
        Self { link: Link::Unlinked, seen: None }
    }
}

impl Binding {
    /// The binding after a step, and what there is to tell of it, in order.
    #[must_use]
    pub fn step(self, step: Step) -> (Self, Vec<LinkEvent>) {
        let (link, told) = match (self.link, step) {
            (Link::Armed, Step::Seen(device)) => (Link::Linked(device), Some(LinkEvent::Linked(device))),
            (Link::Linked(bound), Step::Seen(seen)) if bound != seen => {
                (Link::Differed(bound), Some(LinkEvent::Differed { bound, seen }))
            }
            (Link::Unlinked | Link::Linked(_) | Link::Differed(_), Step::Seen(_)) => (self.link, None),
            (Link::Armed, Step::Arm) => (Link::Armed, None),
            (Link::Unlinked | Link::Linked(_) | Link::Differed(_), Step::Arm) => (Link::Armed, Some(LinkEvent::Armed)),
            (Link::Linked(bound), Step::Link(device)) if bound == device => (self.link, None),
            (Link::Unlinked | Link::Armed | Link::Linked(_) | Link::Differed(_), Step::Link(device)) => {
                (Link::Linked(device), Some(LinkEvent::Linked(device)))
            }
            (Link::Unlinked, Step::Unlink) => (Link::Unlinked, None),
            (Link::Armed | Link::Linked(_) | Link::Differed(_), Step::Unlink) => {
                (Link::Unlinked, Some(LinkEvent::Unlinked))
            }
        };
        let (seen, moved) = match (step, self.seen) {
            (Step::Seen(device), None) => (Some(device), Some(LinkEvent::First(device))),
            (Step::Seen(to), Some(from)) if to == from => (self.seen, None),
            (Step::Seen(to), Some(from)) if to.tac() == from.tac() => (Some(to), Some(LinkEvent::Change { from, to })),
            (Step::Seen(to), Some(from)) => (Some(to), Some(LinkEvent::TacChange { from, to })),
            (Step::Arm | Step::Link(_) | Step::Unlink, seen) => (seen, None),
        };
        (Self { link, seen }, moved.into_iter().chain(told).collect())
    }

    /// The step that a changed declaration asks for.
    ///
    /// A declaration moves the link when it *changes*: what is done by hand afterwards holds until the card is declared
    /// otherwise. One device: linked to it. Several: armed, unless it is bound already. None any more: what the
    /// declaration had bound or armed is unlinked, what was bound otherwise stays.
    pub fn declared(self, before: Declared, now: Declared) -> Option<Step> {
        if before == now {
            return None;
        }
        match (now, before, self.link) {
            (Declared::One(device), _, _) => Some(Step::Link(device)),
            (Declared::Several, _, Link::Unlinked) => Some(Step::Arm),
            (Declared::Several, _, Link::Armed | Link::Linked(_) | Link::Differed(_)) => None,
            (Declared::Nothing, Declared::One(device), Link::Linked(bound) | Link::Differed(bound)) => {
                (device == bound).then_some(Step::Unlink)
            }
            (Declared::Nothing, Declared::Several, Link::Armed) => Some(Step::Unlink),
            (Declared::Nothing, Declared::Nothing | Declared::One(_) | Declared::Several, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    fn device(number: u64) -> ImeiKey {
        ImeiKey::new(101_700_000_000 + number).unwrap()
    }

    fn name(device: ImeiKey) -> &'static str {
        match device.number() % 10_000_000 {
            1 => "A",
            2 => "B",
            1_000_001 => "C",
            _ => "?",
        }
    }

    fn shown(link: Link) -> String {
        link.device().map_or_else(|| link.to_string(), |device| format!("{link} {}", name(device)))
    }

    fn told(events: &[LinkEvent]) -> String {
        let words = events.iter().map(|event| match event.devices() {
            (Some(one), Some(other)) => format!("{} {}<-{}", event.word(), name(one), name(other)),
            (Some(one), None) => format!("{} {}", event.word(), name(one)),
            (None, _) => event.word().to_owned(),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// A and B are of one model, C of another; the card was last seen in A.
    #[test]
    fn every_state_has_an_answer_to_every_step() {
        let (a, b, c) = (device(1), device(2), device(1_000_001));
        let mut table = String::new();
        for link in [Link::Unlinked, Link::Armed, Link::Linked(a), Link::Differed(b)] {
            for step in
                [Step::Seen(a), Step::Seen(b), Step::Seen(c), Step::Arm, Step::Link(a), Step::Link(b), Step::Unlink]
            {
                let said = match step {
                    Step::Seen(device) => format!("seen {}", name(device)),
                    Step::Arm => "arm".to_owned(),
                    Step::Link(device) => format!("link {}", name(device)),
                    Step::Unlink => "unlink".to_owned(),
                };
                let (next, events) = Binding { link, seen: Some(a) }.step(step);
                let line = format!("{:<10} {said:<7} {:<10} {}", shown(link), shown(next.link), told(&events));
                let _ = writeln!(table, "{}", line.trim_end());
            }
        }
        let (next, events) = Binding::default().step(Step::Seen(a));
        let _ = writeln!(table, "{:<10} {:<7} {:<10} {}", "never seen", "seen A", shown(next.link), told(&events));
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_declaration_moves_the_link_when_it_changes() {
        let (a, b) = (device(1), device(2));
        let mut table = String::new();
        let word = |declared| match declared {
            Declared::Nothing => "nothing".to_owned(),
            Declared::One(device) => name(device).to_owned(),
            Declared::Several => "several".to_owned(),
        };
        for (before, now) in [
            (Declared::Nothing, Declared::One(a)),
            (Declared::One(b), Declared::One(a)),
            (Declared::One(a), Declared::Several),
            (Declared::Nothing, Declared::Several),
            (Declared::One(a), Declared::Nothing),
            (Declared::Several, Declared::Nothing),
            (Declared::One(a), Declared::One(a)),
        ] {
            for link in [Link::Unlinked, Link::Armed, Link::Linked(a), Link::Linked(b), Link::Differed(a)] {
                let binding = Binding { link, seen: None };
                let next = binding.declared(before, now).map_or(binding, |step| binding.step(step).0);
                let _ = writeln!(
                    table,
                    "{:>7} -> {:<7}  {:<10} -> {}",
                    word(before),
                    word(now),
                    shown(link),
                    shown(next.link)
                );
            }
        }
        insta::assert_snapshot!(table);
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let devices = prop::sample::select(vec![device(1), device(2), device(1_000_001)]);
        let step = prop_oneof![
            4 => devices.clone().prop_map(Step::Seen),
            1 => Just(Step::Arm),
            1 => devices.prop_map(Step::Link),
            1 => Just(Step::Unlink),
        ];
        prop::collection::vec(step, 0..40)
    }

    proptest! {
        /// The model looks at the whole past anew each time.
        #[test]
        fn events_come_exactly_at_changes_and_the_state_is_what_the_whole_past_says(steps in steps()) {
            let mut binding = Binding::default();
            for (count, step) in steps.iter().enumerate() {
                let past = &steps[..count];
                let (next, events) = binding.step(*step);
                let last = past.iter().rev().find_map(|step| match step { Step::Seen(device) => Some(*device), _ => None });
                let moves = events.iter().filter(|event| matches!(event, LinkEvent::First(_) | LinkEvent::Change { .. } | LinkEvent::TacChange { .. }));
                let expected = matches!(step, Step::Seen(device) if last != Some(*device));
                prop_assert_eq!(moves.count(), usize::from(expected));
                // What was decided last, and what was seen since.
                let whole = &steps[..=count];
                let by_hand = whole.iter().rposition(|step| !matches!(step, Step::Seen(_)));
                let since: Vec<ImeiKey> = whole[by_hand.map_or(0, |at| at + 1)..].iter().filter_map(|step| match step { Step::Seen(device) => Some(*device), _ => None }).collect();
                let bound = match by_hand.map(|at| whole[at]) {
                    Some(Step::Link(device)) => Some(device),
                    Some(Step::Arm) => since.first().copied(),
                    Some(Step::Unlink | Step::Seen(_)) | None => None,
                };
                let link = match bound {
                    None if matches!(by_hand.map(|at| whole[at]), Some(Step::Arm)) => Link::Armed,
                    None => Link::Unlinked,
                    Some(bound) if since.iter().all(|seen| *seen == bound) => Link::Linked(bound),
                    Some(bound) => Link::Differed(bound),
                };
                prop_assert_eq!(next.link, link);
                let alarms = events.iter().filter(|event| event.is_alarm()).count();
                prop_assert_eq!(alarms, usize::from(matches!(link, Link::Differed(_)) && !matches!(binding.link, Link::Differed(_))));
                binding = next;
            }
        }
    }
}
