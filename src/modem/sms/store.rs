//! The memories: messages with their status, each at its index.
//!
//! The card's goes with the card, the module's outlives its power. `MT` is all of them behind one another, as the profile
//! names them.
//!
//! Source: 3GPP TS 27.005, clauses 3.1 (`<stat>`, `<index>`) and 3.2.2.

use serde::Deserialize;

use super::SmsProfile;

/// A memory of `+CPMS`.
///
/// On the wire: `"SM"`, `"ME"`, `"MT"`.
///
/// Source: 3GPP TS 27.005, clause 3.1 (`<mem1>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Memory {
    /// The card's.
    #[serde(rename = "SM")]
    Sim,
    /// The module's.
    #[serde(rename = "ME")]
    Equipment,
    /// Both.
    #[serde(rename = "MT")]
    Both,
}

impl Memory {
    /// The word for it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sim => "SM",
            Self::Equipment => "ME",
            Self::Both => "MT",
        }
    }
}

/// The status of a message in a memory.
///
/// On the wire: 0 to 3 in PDU mode, its words in text mode.
///
/// Source: 3GPP TS 27.005, clause 3.1 (`<stat>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Stat {
    /// Came in and was not read.
    Unread,
    /// Came in and was read.
    Read,
    /// Written and not sent.
    Unsent,
    /// Written and sent.
    Sent,
}

impl Stat {
    pub(super) const ALL: [Self; 4] = [Self::Unread, Self::Read, Self::Unsent, Self::Sent];

    /// The words of text mode.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Unread => "REC UNREAD",
            Self::Read => "REC READ",
            Self::Unsent => "STO UNSENT",
            Self::Sent => "STO SENT",
        }
    }

    /// Whether it came in.
    pub(super) const fn is_received(self) -> bool {
        match self {
            Self::Unread | Self::Read => true,
            Self::Unsent | Self::Sent => false,
        }
    }
}

/// A message in a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) stat: Stat,
    /// The service centre's address and the message.
    pub(super) pdu: Box<[u8]>,
}

/// Messages by index; without messages it has no memory of its own.
#[derive(Debug, Default)]
struct Shelf(Vec<Option<Stored>>);

impl Shelf {
    fn used(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The first free place.
    fn free(&self, size: usize) -> Option<usize> {
        let gap = self.0.iter().position(Option::is_none).unwrap_or(self.0.len());
        (gap < size).then_some(gap)
    }

    fn put(&mut self, place: usize, stored: Stored) {
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        self.0[place] = Some(stored);
    }
}

/// The memories.
#[derive(Debug)]
pub(super) struct Store {
    sim: Shelf,
    equipment: Shelf,
    sizes: [usize; 2],
    /// Of the two, the one whose messages come first in `MT`.
    order: [Memory; 2],
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    memory: Memory,
    /// From 0.
    at: usize,
}

impl Store {
    pub(super) fn new(sms: &SmsProfile) -> Self {
        let equipment_first = sms.memories.iter().find(|&&memory| memory != Memory::Both) == Some(&Memory::Equipment);
        let order = if equipment_first { [Memory::Equipment, Memory::Sim] } else { [Memory::Sim, Memory::Equipment] };
        let size = |memory, size: u16| {
            let has = sms.memories.contains(&memory) || sms.memories.contains(&Memory::Both);
            if has { usize::from(size) } else { 0 }
        };
        Self {
            sim: Shelf::default(),
            equipment: Shelf::default(),
            sizes: [size(Memory::Sim, sms.sim), size(Memory::Equipment, sms.equipment)],
            order,
        }
    }

    /// The memories of one kind that this one is made of, in order.
    pub(super) fn parts(&self, memory: Memory) -> impl Iterator<Item = Memory> + use<> {
        self.order.into_iter().filter(move |&part| memory == Memory::Both || part == memory)
    }

    /// How many messages it holds.
    pub(super) fn size(&self, memory: Memory) -> usize {
        match memory {
            Memory::Sim => self.sizes[0],
            Memory::Equipment => self.sizes[1],
            Memory::Both => self.sizes.iter().sum(),
        }
    }

    /// How many messages are in it.
    pub(super) fn used(&self, memory: Memory) -> usize {
        match memory {
            Memory::Sim => self.sim.used(),
            Memory::Equipment => self.equipment.used(),
            Memory::Both => self.sim.used() + self.equipment.used(),
        }
    }

    /// Whether it has no place left.
    pub(super) fn is_full(&self, memory: Memory) -> bool {
        self.used(memory) >= self.size(memory)
    }

    /// The place of an index, from 1; `None` where the memory is not that large.
    pub(super) fn place(&self, memory: Memory, index: usize) -> Option<Place> {
        let mut at = index.checked_sub(1)?;
        for memory in self.parts(memory) {
            let size = self.size(memory);
            if at < size {
                return Some(Place { memory, at });
            }
            at -= size;
        }
        None
    }

    /// The memory and the index of a place, as they are in the memory that was asked for.
    pub(super) fn index(&self, memory: Memory, place: Place) -> usize {
        let before: usize =
            self.parts(memory).take_while(|&part| part != place.memory).map(|part| self.size(part)).sum();
        before + place.at + 1
    }

    pub(super) fn message(&self, place: Place) -> Option<&Stored> {
        self.shelf(place.memory).0.get(place.at)?.as_ref()
    }

    pub(super) fn set_stat(&mut self, place: Place, stat: Stat) {
        if let Some(Some(stored)) = self.shelf_mut(place.memory).0.get_mut(place.at) {
            stored.stat = stat;
        }
    }

    /// Puts a message into the first free place; `None`: there is none.
    pub(super) fn put(&mut self, memory: Memory, stored: Stored) -> Option<Place> {
        let parts = self.parts(memory);
        let place = parts.into_iter().find_map(|memory| {
            let at = self.shelf(memory).free(self.size(memory))?;
            Some(Place { memory, at })
        })?;
        self.replace(place, stored);
        Some(place)
    }

    /// Puts a message into this place.
    pub(super) fn replace(&mut self, place: Place, stored: Stored) {
        self.shelf_mut(place.memory).put(place.at, stored);
    }

    pub(super) fn delete(&mut self, place: Place) {
        if let Some(slot) = self.shelf_mut(place.memory).0.get_mut(place.at) {
            *slot = None;
        }
    }

    /// The places of all messages of a memory, in order.
    pub(super) fn places(&self, memory: Memory) -> Vec<Place> {
        let parts = self.parts(memory);
        let all = parts.flat_map(|memory| {
            let slots = self.shelf(memory).0.iter().enumerate();
            slots.filter(|(_, slot)| slot.is_some()).map(move |(at, _)| Place { memory, at })
        });
        all.collect()
    }

    fn shelf(&self, memory: Memory) -> &Shelf {
        match memory {
            Memory::Sim => &self.sim,
            Memory::Equipment | Memory::Both => &self.equipment,
        }
    }

    fn shelf_mut(&mut self, memory: Memory) -> &mut Shelf {
        match memory {
            Memory::Sim => &mut self.sim,
            Memory::Equipment | Memory::Both => &mut self.equipment,
        }
    }
}

impl Place {
    /// The memory of one kind.
    pub(super) const fn memory(self) -> Memory {
        self.memory
    }
}
