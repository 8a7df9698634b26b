//! Why octets are no PDU.

/// A PDU that cannot be read, with the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wrong} at octet {at}")]
pub struct PduError {
    /// The place: octets from the begin of what was read.
    pub at: usize,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong with a PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It ends inside an element.
    #[error("expected {} of {element}, found {has}", octets(*.needs))]
    Ends {
        /// The element.
        element: &'static str,
        /// The octets that it needs from here.
        needs: usize,
        /// Those that are there.
        has: usize,
    },
    /// An element says that it is longer than it may be.
    #[error("expected a length of at most {most} in {element}, found {found}")]
    TooLong {
        /// The element.
        element: &'static str,
        /// The most that the standard has.
        most: usize,
        /// What it says.
        found: usize,
    },
    /// No message of this type goes this way.
    #[error("expected TP-MTI 0, 1 or 2, found the reserved type {0}")]
    Reserved(u8),
    /// More stands behind the message.
    #[error("expected the end of the message, found {} more", octets(*.0))]
    Left(usize),
}

fn octets(count: usize) -> String {
    if count == 1 { "1 octet".to_owned() } else { format!("{count} octets") }
}
