//! Questions to the register's store, and acts: each with a connection of its own on a thread that may wait.

use super::door::Service;
use super::fault::Fault;
use crate::register::store::{Store, StoreError};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// So many connections at a time.
const MOST: usize = 8;

/// Connections that are open and that nobody uses.
#[derive(Debug)]
pub(super) struct Stores {
    idle: Mutex<Vec<Store>>,
    places: Arc<Semaphore>,
}

impl Default for Stores {
    fn default() -> Self {
        Self { idle: Mutex::default(), places: Arc::new(Semaphore::new(MOST)) }
    }
}

impl Service {
    /// Asks the store something, or does something to it; look-ups go on meanwhile.
    ///
    /// # Errors
    /// What `act` says; or the store cannot be opened.
    pub(super) async fn ask<T, E>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let place = Arc::clone(&self.stores.places).acquire_owned().await;
        let place = place.map_err(|_| Fault::failure("the server is ending"))?;
        let service = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            let mut store = match service.stores.take() {
                Some(store) => store,
                None => Store::open(service.desk.address())?,
            };
            let done = act(&mut store).map_err(Into::into);
            // After an error a database may want a new connection.
            if done.is_ok() {
                service.stores.give(store);
            }
            done
        });
        match done.await {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, "an act broke off");
                Err(Fault::failure("the server broke off; nothing was kept"))
            }
        }
    }

    /// As [`ask`](Self::ask), for what changes the register: whoever is told that it was done sees it done.
    ///
    /// # Errors
    /// What `act` says; or the store cannot be opened.
    pub(super) async fn change<T, E>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let service = Arc::clone(self);
        self.ask(move |store| {
            let done = act(store)?;
            if let Err(error) = service.desk.refresh(Timestamp::now()) {
                // It is done; whoever follows the store catches up.
                tracing::warn!(%error, "the index is not yet what the store says");
            }
            Ok::<T, E>(done)
        })
        .await
    }
}

impl Stores {
    fn take(&self) -> Option<Store> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give(&self, store: Store) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
    }
}

/// A connection to a database ends in calls that wait, which nobody may make where answers are worked out.
impl Drop for Stores {
    fn drop(&mut self) {
        let idle = std::mem::take(self.idle.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !idle.is_empty() {
            // Without a thread they end here.
            let _ = std::thread::Builder::new().spawn(move || drop(idle));
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoAct(id) => Fault::no_entry(format!("there is no act {id}")),
            error @ (StoreError::Built { .. } | StoreError::Undone { .. }) => Fault::conflict(error.to_string()),
            StoreError::Busy => Fault::unavailable("another program is writing to the register; come again"),
            error @ (StoreError::Open { .. }
            | StoreError::Encryption { .. }
            | StoreError::Newer { .. }
            | StoreError::Database(_)
            | StoreError::Damaged(_)) => {
                // What a database says may hold identities: it is for whoever keeps the server.
                tracing::error!(%error, "the store fails");
                Fault::unavailable("the register's store fails; its keeper finds why in the log")
            }
        }
    }
}
