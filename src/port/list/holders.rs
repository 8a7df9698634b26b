//! Who has a port open: what Linux tells in /proc of the files of each process that this user may look into.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Attached, Holder, Listed};

/// Who has each of the ports open, below `root`.
pub(super) fn of(root: &Path, ports: &[Listed]) -> Vec<Vec<Holder>> {
    let places: HashMap<&Path, usize> = ports.iter().enumerate().map(|(at, port)| (port.path.as_path(), at)).collect();
    let mut holders: Vec<Vec<Holder>> = ports.iter().map(|_| Vec::new()).collect();
    let mut processes: Vec<(u32, PathBuf)> = processes(root).collect();
    processes.sort();
    for (pid, folder) in processes {
        let files = files(&folder);
        let emulates = makes_terminals(&files);
        let mut held: Vec<usize> = files.iter().filter_map(|file| places.get(file.as_path()).copied()).collect();
        held.sort_unstable();
        held.dedup();
        for at in held {
            if !(emulates && ports[at].attached == Attached::Emulated) {
                holders[at].push(Holder { pid, program: program(&folder).unwrap_or_default() });
            }
        }
    }
    holders
}

/// Who has this device open, below `root`; not who made it.
pub(super) fn of_device(root: &Path, device: &Path) -> Vec<Holder> {
    let has = |(pid, folder): (u32, PathBuf)| {
        let files = files(&folder);
        let is_holder = files.iter().any(|file| file == device) && !makes_terminals(&files);
        is_holder.then(|| Holder { pid, program: program(&folder).unwrap_or_default() })
    };
    let mut holders: Vec<Holder> = processes(root).filter_map(has).collect();
    holders.sort_by_key(|holder| holder.pid);
    holders
}

fn files(process: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| fs::read_link(entry.path()).ok()).collect()
}

/// Who emulates a modem has both ends of its pseudo-terminal, and is no client of it.
fn makes_terminals(files: &[PathBuf]) -> bool {
    files.iter().any(|file| file.file_name().is_some_and(|name| name == "ptmx"))
}

/// Whether a process of that name runs, below `root`.
pub(super) fn runs(root: &Path, name: &str) -> bool {
    processes(root).any(|(_, folder)| program(&folder).is_some_and(|program| program == name))
}

fn processes(root: &Path) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir(root.join("proc")).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
}

fn program(folder: &Path) -> Option<String> {
    Some(fs::read_to_string(folder.join("comm")).ok()?.trim_end().to_owned())
}
