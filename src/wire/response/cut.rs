//! What the machine says of a run of bytes.

use super::Classes;

/// What a run of bytes begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes that belong to no element.
    Blank(usize),
    /// An element: the machine's [`Cut`] says where it is.
    Element,
    /// Not to be told yet: more bytes are needed.
    More,
    /// Nothing before the next line end can tell, unless the line grows too long.
    MoreToEnd,
}

/// An element as positions in the run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cut {
    /// Blanks before it that belong to no element.
    pub(super) skip: usize,
    /// The length of its text.
    pub(super) text: usize,
    /// What text and line end take from the run.
    pub(super) taken: usize,
    pub(super) classes: Classes,
    /// The length of its name, 0 without one.
    pub(super) name: u16,
    /// Where a payload lies in its text; empty without one.
    pub(super) payload: (u32, u32),
}
