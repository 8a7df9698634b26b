//! The application under test: a child in a process group of its own.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::port::Group;
use crate::run::outcome::Fault;
use crate::run::template::Ports;

/// How long the application has after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

/// So much of its output is kept, the last part of it.
const KEPT: usize = 64 * 1024;

/// A running application.
#[derive(Debug)]
pub(super) struct Application {
    child: Child,
    group: Group,
    output: mpsc::UnboundedReceiver<Vec<u8>>,
    kept: Vec<u8>,
    cut: bool,
}

impl Application {
    /// Starts it. The command is split into words without a shell, and the ports' paths are put in after that.
    pub(super) fn start(command: &str, ports: &Ports) -> Result<Application, Fault> {
        let words = shell_words::split(command)
            .map_err(|error| Fault::script(format!("the command of --exec cannot be split into words: {error}")))?;
        let mut words = words.into_iter().map(|word| with_ports(&word, ports));
        let Some(program) = words.next() else { return Err(Fault::script("the command of --exec is empty")) };
        let mut command = Command::new(&program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, path) in ports {
            match name.as_str() {
                "" => command.env("ATGATE_PORT", path),
                name => command.env(format!("ATGATE_PORT_{}", name.to_uppercase()), path),
            };
        }
        let (mut child, group) = Group::start(&mut command).map_err(|error| {
            Fault::bench(format!("`{program}` cannot be started: {error}"))
                .help("--exec takes a program and its arguments; for a shell's syntax write sh -c '…'")
        })?;
        let (sender, output) = mpsc::unbounded_channel();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(copy(stdout, sender.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(copy(stderr, sender));
        }
        Ok(Application { child, group, output, kept: Vec::new(), cut: false })
    }

    /// Waits until it ends, keeping what it writes. May be dropped and called again.
    pub(super) async fn ended(&mut self) -> ExitStatus {
        loop {
            tokio::select! {
                Some(bytes) = self.output.recv() => keep(&mut self.kept, &mut self.cut, &bytes),
                status = self.child.wait() => match status {
                    Ok(status) => return status,
                    // Nobody but this program waits for it; without a status it is as if it ran on.
                    Err(_) => std::future::pending().await,
                },
            }
        }
    }

    /// Ends it, and everything that it has started: SIGTERM, and SIGKILL after 2 s.
    pub(super) async fn end(&mut self) -> String {
        self.group.terminate(&mut self.child);
        let gone = async {
            self.ended().await;
            // What it has started may outlive it.
            while self.group.is_alive() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(GRACE, gone).await.is_err() {
            self.group.kill(&mut self.child);
            let _ = tokio::time::timeout(GRACE, self.ended()).await;
        }
        // What is still in the pipes belongs to it; a grandchild that holds them open does not hold up the bench.
        let rest = async {
            while let Some(bytes) = self.output.recv().await {
                keep(&mut self.kept, &mut self.cut, &bytes);
            }
        };
        let _ = tokio::time::timeout(Duration::from_millis(200), rest).await;
        let text = String::from_utf8_lossy(&self.kept).into_owned();
        if self.cut { format!("(…)\n{text}") } else { text }
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        if self.child.id().is_some() {
            self.group.kill(&mut self.child);
        }
    }
}

fn keep(kept: &mut Vec<u8>, cut: &mut bool, bytes: &[u8]) {
    kept.extend_from_slice(bytes);
    if kept.len() > KEPT {
        *cut = true;
        kept.drain(..kept.len() - KEPT);
    }
}

async fn copy(mut from: impl AsyncRead + Unpin, to: mpsc::UnboundedSender<Vec<u8>>) {
    let mut buffer = vec![0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if to.send(buffer[..count].to_vec()).is_err() {
            return;
        }
    }
}

/// `{port}` and `{port.NAME}` are the paths to open; `{{port}}` is the text `{port}`.
fn with_ports(word: &str, ports: &Ports) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(found) = placeholder(rest) {
        out.push_str(&rest[..found.start]);
        let path = ports.iter().find(|(name, _)| match name.as_str() {
            "" => found.name == "port",
            name => found.name.strip_prefix("port.") == Some(name),
        });
        match path {
            Some((_, path)) if !found.doubled => out.push_str(path),
            Some(_) | None => {
                out.push('{');
                out.push_str(found.name);
                out.push('}');
            }
        }
        rest = &rest[found.end..];
    }
    out + rest
}

/// The names that stand in braces in the command of `--exec`, to be put in.
pub fn placeholders(command: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = command;
    while let Some(found) = placeholder(rest) {
        if !found.doubled {
            names.push(found.name.to_owned());
        }
        rest = &rest[found.end..];
    }
    names
}

/// A name in braces, or in doubled ones.
struct Placeholder<'a> {
    name: &'a str,
    doubled: bool,
    start: usize,
    end: usize,
}

/// The first `{name}` or `{{name}}`. Braces around anything but a name (JSON, a shell's block) are text, and so is `${name}`,
/// which is the shell's.
fn placeholder(text: &str) -> Option<Placeholder<'_>> {
    let mut from = 0;
    while let Some(at) = text[from..].find('{') {
        let start = from + at;
        let open = if text[start..].starts_with("{{") { 2 } else { 1 };
        let inside = &text[start + open..];
        let length = inside.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
        from = start + open;
        let length = length?;
        let name = &inside[..length];
        let closed = inside[length..].starts_with(&"}}"[..open]);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains("..");
        if closed && is_name && !text[..start].ends_with('$') {
            return Some(Placeholder { name, doubled: open == 2, start, end: start + open + length + open });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_are_put_in_after_the_words_are_split() {
        let ports = Ports::from([(String::new(), "/dev/pts/7 x".to_owned())]);
        let words: Vec<String> = shell_words::split("app --port={port} 'a b'")
            .unwrap()
            .into_iter()
            .map(|word| with_ports(&word, &ports))
            .collect();
        assert_eq!(words, ["app", "--port=/dev/pts/7 x", "a b"]);
    }

    #[test]
    fn what_is_no_name_in_braces_is_text() {
        let ports = Ports::from([("a".to_owned(), "/dev/pts/7".to_owned()), ("b".to_owned(), "{port.a}".to_owned())]);
        let word = r#"{port.a}:{port.b} ${port.a} {{port.a}} {"a":{"b":1}} {1..3} { port } {} {"#;
        assert_eq!(
            with_ports(word, &ports),
            r#"/dev/pts/7:{port.a} ${port.a} {port.a} {"a":{"b":1}} {1..3} { port } {} {"#
        );
        assert_eq!(placeholders(word), ["port.a", "port.b"]);
    }

    #[test]
    fn of_much_output_the_last_part_is_kept() {
        let (mut kept, mut cut) = (Vec::new(), false);
        keep(&mut kept, &mut cut, &vec![b'a'; KEPT]);
        keep(&mut kept, &mut cut, b"end");
        assert!(cut && kept.len() == KEPT && kept.ends_with(b"aend"));
    }
}
