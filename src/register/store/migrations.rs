//! The schema, and how a register of an older one is brought up to it.

use super::error::StoreError;
use refinery::{Migrate, Runner};
use std::time::Duration;

mod embedded {
    refinery::embed_migrations!("src/register/store/migrations");
}

/// How often a start beside another program that migrates the same register is tried again.
const TRIES: usize = 20;
/// How long a try waits for the other program to be through.
const PAUSE: Duration = Duration::from_millis(50);

/// Grouped: a step and the note that it was taken are kept together, so that who is killed between them leaves nothing half.
fn runner() -> Runner {
    embedded::migrations::runner().set_abort_missing(false).set_grouped(true)
}

/// The last schema that this program knows.
pub(super) fn last() -> i64 {
    runner().get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or(0)
}

/// Brings a database to the last schema, if it is not there yet.
pub(super) fn migrate<C: Migrate>(connection: &mut C, address: &str) -> Result<(), StoreError> {
    let refused = |why: String| StoreError::Open { address: address.to_owned(), why };
    let known = last();
    let mut last = String::new();
    for _ in 0..TRIES {
        match runner().run(connection) {
            Ok(_) => {
                let applied =
                    runner().get_last_applied_migration(connection).map_err(|error| refused(error.to_string()))?;
                let found = applied.map_or(0, |step| i64::from(step.version()));
                return if found > known {
                    Err(StoreError::Newer { address: address.to_owned(), found, known })
                } else {
                    Ok(())
                };
            }
            // Somebody else may have made the tables in between.
            Err(error) => {
                last = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                std::thread::sleep(PAUSE);
            }
        }
    }
    Err(refused(last))
}
