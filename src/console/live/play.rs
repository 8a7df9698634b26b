//! A script that is played into a session: as the host, over a socket of our own, so that the port stays open and all that is
//! said is seen, and passes the port's gate.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tokio::sync::oneshot;

use crate::port::{Address, Share, Shared};
use crate::run::{self, Options, Outcome};
use crate::script;

/// A script that is being played, and the socket at which it has the port.
pub(super) struct Play {
    pub(super) share: Share,
    done: oneshot::Receiver<Vec<String>>,
    _folder: Folder,
}

impl Play {
    /// Begins to play the script at `path`, on a thread of its own.
    ///
    /// # Errors
    ///
    /// What is wrong with its text, or why there is no socket for it.
    pub(super) async fn begin(path: &Path, reveal: bool) -> Result<Play, String> {
        let script = script::open(path).map_err(|errors| errors.render(false))?;
        let folder = Folder::new().map_err(|error| format!("cannot play: {error}"))?;
        let address = Address::Unix(folder.0.join("port"));
        let share = Share::bind(&address).await.map_err(|error| error.to_string())?;
        let options = Options {
            role: Some(run::Role::Host),
            ports: HashMap::from([(String::new(), address.to_string())]),
            reveal,
            ..Options::default()
        };
        let (told, done) = oneshot::channel();
        // A player has a runtime of its own, and ends by its own limits.
        std::thread::spawn(move || {
            let lines = run::play(&script, &options).iter().flat_map(verdict).collect();
            let _ = told.send(lines);
        });
        Ok(Play { share, done, _folder: folder })
    }
}

/// A folder of ours alone; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let place = std::env::temp_dir();
        let mut number = 0;
        loop {
            let path = place.join(format!("atgate-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What comes of a script that is being played.
pub(super) enum Playing {
    /// What it does at its socket.
    Said(Shared),
    /// It is over: its verdicts, in lines.
    Done(Vec<String>),
}

/// What comes of `play` next; nothing ever where there is none.
pub(super) async fn played(play: &mut Option<Play>) -> Playing {
    let Some(play) = play else { return std::future::pending().await };
    tokio::select! {
        biased;
        said = play.share.next() => Playing::Said(said),
        lines = &mut play.done => {
            Playing::Done(lines.unwrap_or_else(|_| vec!["ERROR the script broke off".to_owned()]))
        }
    }
}

/// What became of a case, in lines.
fn verdict(report: &run::CaseReport) -> Vec<String> {
    let name = report.path.display();
    let name = match &report.case {
        Some(case) => format!("{name} ({case})"),
        None => name.to_string(),
    };
    let (word, why) = match &report.outcome {
        Outcome::Passed => ("PASS", String::new()),
        Outcome::Failed(failure) => ("FAIL", failure.render(false)),
        Outcome::Skipped(reason) => ("SKIP", reason.clone()),
        Outcome::Error(fault) => ("ERROR", fault.message.clone()),
    };
    std::iter::once(format!("{word} {name}")).chain(why.lines().map(str::to_owned)).collect()
}
