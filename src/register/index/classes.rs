//! Classes of rows: list, source and kind of reason, of which there are few however many rows there are.

use super::IndexError;
use super::table::MOST_VALUES;
use crate::register::{Category, List, Source};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// What a row says besides whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub(super) list: List,
    pub(super) category: Category,
    pub(super) source: u32,
}

/// The classes of an index, each with a number from 1 on, which is the *value* in its tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Classes {
    pub(super) all: Vec<Class>,
    /// Of each class its place in the order in which they decide between rows about one subject.
    ranks: Vec<u32>,
    /// Of each class the precedence of its source.
    precedences: Vec<i32>,
}

impl Classes {
    /// Numbers these classes; those of a source that is not there have precedence 0.
    pub(super) fn new(all: Vec<Class>, sources: &[Source]) -> Self {
        let precedence = |class: &Class| sources.get(class.source as usize).map_or(0, |source| source.precedence);
        let precedences: Vec<i32> = all.iter().map(precedence).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by_key(|&place| {
            let class = all[place];
            (Reverse(precedences[place]), class.list, class.source, class.category)
        });
        let mut ranks = vec![0; all.len()];
        for (rank, place) in (0..).zip(order) {
            ranks[place] = rank;
        }
        Self { all, ranks, precedences }
    }

    /// The highest value.
    pub(super) fn most(&self) -> u32 {
        self.all.len() as u32
    }

    /// The class of a value.
    pub(super) fn class(&self, value: u32) -> Option<Class> {
        self.all.get((value as usize).wrapping_sub(1)).copied()
    }

    /// The list of a value; `None` for 0.
    pub(super) fn list(&self, value: u32) -> Option<List> {
        self.class(value).map(|class| class.list)
    }

    /// The place of a value in the order in which they decide: the lower first.
    pub(super) fn rank(&self, value: u32) -> u32 {
        self.ranks.get((value as usize).wrapping_sub(1)).copied().unwrap_or(u32::MAX)
    }

    /// The precedence of a value's source.
    pub(super) fn precedence(&self, value: u32) -> i32 {
        self.precedences.get((value as usize).wrapping_sub(1)).copied().unwrap_or(i32::MIN)
    }

    /// Of two values the one that decides.
    pub(super) fn stronger(&self, one: u32, other: u32) -> u32 {
        if self.rank(other) < self.rank(one) { other } else { one }
    }
}

/// Numbers classes as they come.
#[derive(Debug)]
pub(super) struct Numbering {
    all: Vec<Class>,
    values: HashMap<Class, u32>,
    last: Option<(Class, u32)>,
}

impl Numbering {
    /// Goes on after these.
    pub(super) fn from(all: Vec<Class>) -> Self {
        let values = all.iter().copied().zip(1..).collect();
        Self { all, values, last: None }
    }

    /// The value of a class.
    pub(super) fn value(&mut self, class: Class) -> Result<u32, IndexError> {
        if let Some((last, value)) = self.last
            && last == class
        {
            return Ok(value);
        }
        let next = self.all.len() as u32 + 1;
        // One less than the table could hold: the overlay of a table has a value of its own.
        if next >= MOST_VALUES && !self.values.contains_key(&class) {
            return Err(IndexError::Crowded);
        }
        let all = &mut self.all;
        let value = *self.values.entry(class).or_insert_with(|| {
            all.push(class);
            next
        });
        self.last = Some((class, value));
        Ok(value)
    }

    /// The class of a row of the lists.
    pub(super) fn of(
        &mut self,
        sources: &Arc<[Source]>,
        source: usize,
        list: Option<List>,
        reason: Option<&str>,
    ) -> Result<u32, IndexError> {
        let list = list.ok_or(IndexError::NoList)?;
        let category = reason.map_or(Category::Unspecified, Category::of);
        self.value(Class { list, category, source: known(sources, source)? })
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn finish(self, sources: &[Source]) -> Classes {
        Classes::new(self.all, sources)
    }
}

/// The number of a source, if there is such a source.
pub(super) fn known(sources: &[Source], source: usize) -> Result<u32, IndexError> {
    match u32::try_from(source) {
        Ok(number) if source < sources.len() => Ok(number),
        Ok(_) | Err(_) => Err(IndexError::Source { place: source, known: sources.len() }),
    }
}
