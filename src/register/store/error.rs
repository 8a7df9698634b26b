//! What can go wrong with a store.

/// Why a store did not do what it was asked; nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or the database cannot be opened.
    #[error("cannot open the register {address}: {why}")]
    Open {
        /// Where it is kept, without a password.
        address: String,
        /// What stands in the way.
        why: String,
    },
    /// The database does not encrypt, or it has a certificate that is not taken.
    #[error("cannot open the register {address} over TLS: {why}")]
    Encryption {
        /// Where it is kept, without a password.
        address: String,
        /// What stands in the way.
        why: String,
    },
    /// A newer atgate has changed the schema.
    #[error("the register {address} has schema {found}, this program knows {known}")]
    Newer {
        /// Where it is kept.
        address: String,
        /// Its schema.
        found: i64,
        /// The last that is known here.
        known: i64,
    },
    /// Another program has been writing for too long.
    #[error("another program is writing to the register")]
    Busy,
    /// The database refused or is gone.
    #[error("the register's database says: {0}")]
    Database(String),
    /// What stands in the database was not written by this program.
    #[error("the register holds a row that cannot be: {0}")]
    Damaged(String),
    /// No act has this number.
    #[error("there is no act {0}")]
    NoAct(i64),
    /// The act cannot be undone since others build on it.
    #[error("act {act} cannot be undone: {rows} of its rows were changed since, by act {by}")]
    Built {
        /// The act.
        act: i64,
        /// How many rows.
        rows: i64,
        /// The last act that changed one.
        by: i64,
    },
    /// The act has been undone.
    #[error("act {act} was undone by act {by}")]
    Undone {
        /// The act.
        act: i64,
        /// What undid it.
        by: i64,
    },
}

impl StoreError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Open { .. } => Some(
                "name a file or postgres://… with --register or ATGATE_REGISTER; the folder must exist and be writable"
                    .into(),
            ),
            Self::Encryption { .. } => Some(
                "`sslmode=verify-full&sslrootcert=FILE` in the address takes a server whose certificate an authority of FILE \
                 has signed for its host; `sslmode=require` encrypts and takes any"
                    .into(),
            ),
            Self::Newer { .. } => Some("use the atgate that wrote it, or a newer one".into()),
            Self::Busy => Some("an import may be running; try again when it has ended".into()),
            Self::NoAct(_) => Some("`atgate register log` lists them".into()),
            Self::Built { by, .. } => Some(format!("undo act {by} first")),
            Self::Undone { by, .. } => Some(format!("`atgate register undo {by}` does it again")),
            Self::Database(_) | Self::Damaged(_) => None,
        }
    }
}
