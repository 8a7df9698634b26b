//! A register elsewhere, asked on behalf of those who cannot wait as a future does.
//!
//! A schedule has one thread and one tick, and stands still until it has its answer; a client over HTTP needs a runtime that
//! lives longer than one play, since its connections belong to it. Here is that runtime, on one thread for all.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::register::remote::Client;
use crate::register::{Answer, Asking, Office, Policy};

/// A register elsewhere that every play of this process asks.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    client: Arc<Client>,
    errands: mpsc::UnboundedSender<Errand>,
}

type Errand = (Asking, oneshot::Sender<Answer>);

impl Elsewhere {
    /// Ready to ask.
    ///
    /// # Errors
    /// The system gives no thread, or no descriptors.
    pub fn new(client: Client) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (errands, mut given) = mpsc::unbounded_channel::<Errand>();
        // It ends when the last one who could ask has gone. Each modem has one inquiry at a time, and that bounds the channel.
        let run = async move {
            while let Some((asking, told)) = given.recv().await {
                tokio::spawn(async move {
                    // A play that was interrupted no longer cares.
                    drop(told.send(asking.answer().await));
                });
            }
        };
        std::thread::Builder::new().name("register".to_owned()).spawn(move || runtime.block_on(run))?;
        Ok(Self { client: Arc::new(client), errands })
    }

    /// Where it is.
    pub fn place(&self) -> String {
        self.client.target().to_string()
    }

    /// As a network asks it whose policies decide what it does not.
    pub(super) fn office(&self, policy: Policy) -> Office {
        Office::elsewhere(Arc::clone(&self.client), policy)
    }

    /// Has it asked; the answer comes within the register's limit.
    pub(super) fn ask(&self, asking: Asking) -> oneshot::Receiver<Answer> {
        let (told, answer) = oneshot::channel();
        // Where the thread has gone, the answer is that nobody answers.
        drop(self.errands.send((asking, told)));
        answer
    }
}
