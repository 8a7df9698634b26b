//! What clients did not read, and when that is told.

use crate::port::Sent;

/// What was thrown away since the client came.
#[derive(Debug, Default)]
pub(super) struct Unread {
    bytes: u64,
    /// So much of it was told.
    told: u64,
    /// It has begun, and the client has not read all that waits since.
    lasts: bool,
}

impl Unread {
    /// Takes what became of a message; how much is to be told now.
    pub(super) fn after(&mut self, sent: Sent) -> Option<u64> {
        match sent {
            Sent::Queued | Sent::Unheard => None,
            Sent::All => std::mem::take(&mut self.lasts).then(|| self.tell()).flatten(),
            Sent::Dropped(bytes) => {
                self.bytes += bytes as u64;
                (!std::mem::replace(&mut self.lasts, true)).then(|| self.tell()).flatten()
            }
        }
    }

    /// How much has come to it, where that was not told yet.
    pub(super) fn tell(&mut self) -> Option<u64> {
        let untold = self.bytes > std::mem::replace(&mut self.told, self.bytes);
        untold.then_some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_client_does_not_read_is_told_once_until_it_reads_again() {
        let mut unread = Unread::default();
        let mut told = Vec::new();
        for sent in [
            Sent::All,
            Sent::Queued,
            Sent::Dropped(10),
            Sent::Dropped(20),
            Sent::Queued,
            Sent::Dropped(5),
            Sent::All,
            Sent::All,
            Sent::Dropped(1),
            Sent::All,
            Sent::Dropped(1),
            Sent::Dropped(1),
        ] {
            told.extend(unread.after(sent));
        }
        assert_eq!(told, [10, 35, 36, 37]);
        assert_eq!((unread.tell(), unread.tell()), (Some(38), None));
    }
}
