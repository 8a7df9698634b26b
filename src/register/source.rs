//! Where rows come from: a carrier, a region, a person at the desk.

use std::sync::Arc;

/// A source of rows.
///
/// Where several sources speak about a device, the one of the higher precedence decides; 0 unless told otherwise, 100 for
/// what was listed by hand (`own`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called.
    pub name: Arc<str>,
    /// Higher decides.
    pub precedence: i32,
}

impl Source {
    /// A source of this name and precedence.
    pub fn new(name: &str, precedence: i32) -> Self {
        Self { name: name.into(), precedence }
    }
}
