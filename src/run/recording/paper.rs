//! The file of a recording: a script that is whole at every moment.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::session::Told;
use crate::modem::Tick;
use crate::run::player::interval;
use crate::script::{Act, LineKind};

/// Pauses are written in steps of this.
const STEP: Duration = Duration::from_millis(1);

/// Whether the modem echoes, in the header; one takes the other's place.
const ECHO: &str = "echo  = true";
const NO_ECHO: &str = "echo = false";
const _: () = assert!(ECHO.len() == NO_ECHO.len());

/// What the header says of a recording.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// What was recorded, in words.
    pub title: String,
    /// Identities of real devices stand in it.
    pub revealed: bool,
    /// The modems, where there are several.
    pub modems: Vec<String>,
}

/// The file. Each write is of whole lines; what a full disk has taken of one is taken back.
#[derive(Debug)]
pub struct Paper {
    file: File,
    /// How much of the file is whole.
    good: u64,
    /// Where the header says whether the modem echoes, as long as that is not known.
    echo: Option<u64>,
    /// Up to where the pauses of each modem reach; the first line needs none.
    last: HashMap<String, Tick>,
    lines: u64,
}

impl Paper {
    /// A new file with its header. One that is there already is replaced only if it may be.
    ///
    /// # Errors
    /// The system's: [`io::ErrorKind::AlreadyExists`], a folder that is missing, a full disk.
    pub fn create(path: &Path, replace: bool, about: &About) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true);
        if replace {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        let mut paper = Paper { file: options.open(path)?, good: 0, echo: None, last: HashMap::new(), lines: 0 };
        let tags = if about.revealed { r#"["recording", "revealed"]"# } else { r#"["recording"]"# };
        let mut text = format!("+++\ntitle = {}\ntags = {tags}\n", toml::Value::from(about.title.as_str()));
        let place = text.len();
        text.push_str(ECHO);
        text.push('\n');
        for modem in &about.modems {
            let _ = writeln!(text, "[modems.{modem}]");
        }
        text.push_str("+++\n");
        if about.revealed {
            text.push_str("# It shows the identities of real devices, cards and subscribers.\n");
        }
        paper.append(&text)?;
        paper.echo = Some(place as u64);
        Ok(paper)
    }

    /// Writes lines of a modem, and the pauses between them; its name is empty where it is the only one.
    ///
    /// # Errors
    /// The system's, as of a full disk. Nothing of these lines is in the file then.
    pub fn write(&mut self, modem: &str, told: &[Told]) -> io::Result<()> {
        let Some(first) = told.first() else { return Ok(()) };
        let mut text = String::new();
        let mut last = self.last.get(modem).copied().unwrap_or(first.at);
        for Told { at, line } in told {
            let steps = u32::try_from(at.since(last).as_millis()).unwrap_or(u32::MAX);
            // Writing to a String cannot fail.
            if steps > 0 {
                // What is less than a step counts with the next pause.
                last += STEP * steps;
                let _ = writeln!(text, "{modem}{}", Act::Wait(interval(STEP * steps)));
            }
            let _ = match line {
                LineKind::Act { act, .. } => writeln!(text, "{modem}{act}"),
                LineKind::Comment(said) if !modem.is_empty() => writeln!(text, "# {modem}:{said}"),
                LineKind::Blank | LineKind::Comment(_) | LineKind::Directive(_) => writeln!(text, "{line}"),
            };
        }
        self.append(&text)?;
        self.last.insert(modem.to_owned(), last);
        self.lines += told.len() as u64;
        Ok(())
    }

    /// The header says from now on whether the modem echoed at the beginning.
    ///
    /// # Errors
    /// The system's.
    pub fn set_echo(&mut self, echo: bool) -> io::Result<()> {
        let Some(place) = self.echo.take() else { return Ok(()) };
        if echo {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(NO_ECHO.as_bytes())?;
        self.file.seek(SeekFrom::Start(self.good))?;
        Ok(())
    }

    /// How many lines it has, pauses and header not counted.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            // Half a line would be no script.
            self.file.set_len(self.good)?;
            self.file.seek(SeekFrom::Start(self.good))?;
            return Err(error);
        }
        self.good += text.len() as u64;
        Ok(())
    }
}
