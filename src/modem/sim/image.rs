//! The card's file system as it left the factory: `files.toml`, read once and shared by all modems.
//!
//! Source: ETSI TS 102 221 clause 8 (files, their identifiers and structures).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A directory or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// A directory, by its place in [`Image::directories`].
    Directory(u8),
    /// A file, by its place in [`Image::files`].
    File(u8),
}

/// The master file's place.
pub(super) const MASTER: u8 = 0;

/// The file system: what there is, and how it is found.
#[derive(Debug)]
pub(super) struct Image {
    directories: Vec<Directory>,
    files: Vec<File>,
    /// By directory and file identifier; a link leads to the file that it names.
    children: HashMap<(u8, u16), Node>,
    /// The USIM.
    usim: u8,
}

/// The master file (MF), a dedicated file (DF) or an application (ADF).
#[derive(Debug)]
pub(super) struct Directory {
    /// Its file identifier.
    pub(super) id: u16,
    /// The directory that holds it; its own place for the master file.
    pub(super) parent: u8,
    /// The application identifier of an ADF.
    pub(super) aid: Option<Box<[u8]>>,
}

/// An elementary file (EF).
#[derive(Debug)]
pub(super) struct File {
    /// Its file identifier.
    pub(super) id: u16,
    /// The directory that holds it.
    pub(super) parent: u8,
    /// How it is built.
    pub(super) shape: Shape,
    /// Its records are as long and as many as the profile's `sim.contacts_…` say, and hold what `sim.contacts` says.
    pub(super) is_contacts: bool,
    /// What it holds, record after record.
    pub(super) content: Vec<Content>,
    /// Who may read it.
    pub(super) read: Access,
    /// Who may write it.
    pub(super) update: Access,
    /// Its short file identifier, 1 to 30.
    pub(super) short: Option<u8>,
}

/// How a file is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Octets.
    Transparent {
        /// How many.
        size: u16,
    },
    /// Records of one length.
    Linear {
        /// The length of each.
        length: u8,
        /// How many.
        count: u8,
    },
    /// The same, of which the oldest makes room for a new one, which is the first.
    Cyclic {
        /// The length of each.
        length: u8,
        /// How many.
        count: u8,
    },
}

impl Shape {
    /// How many octets it has.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Transparent { size } => usize::from(size),
            Self::Linear { length, count } | Self::Cyclic { length, count } => usize::from(length) * usize::from(count),
        }
    }

    /// Length and number of its records, where it has some.
    pub(super) fn records(self) -> Option<(u8, u8)> {
        match self {
            Self::Transparent { .. } => None,
            Self::Linear { length, count } | Self::Cyclic { length, count } => Some((length, count)),
        }
    }
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Access {
    /// Everybody.
    Always,
    /// Who gave the PIN.
    Pin,
    /// Who gave the PIN2.
    Pin2,
    /// The issuer.
    Adm,
    /// Nobody.
    Never,
}

/// A piece of a file's or a record's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// These octets.
    Octets(Box<[u8]>),
    /// What the profile says.
    Personal(Personal),
    /// FF up to here, counted in octets from the file's start.
    Fill(u16),
}

/// What the profile says of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Personal {
    /// The ICCID, 10 octets.
    Iccid,
    /// The preferred language, 2 octets.
    Language,
    /// The IMSI, 9 octets.
    Imsi,
    /// The MSISDN as a record, 28 octets.
    Msisdn,
    /// The service centre as a record of parameters, 42 octets.
    Smsp,
    /// The service provider's name, 17 octets.
    Spn,
    /// The access control class, 2 octets.
    Acc,
    /// Administrative data, 4 octets: the last is the length of the MNC.
    Ad,
    /// The home network, 3 octets.
    Home,
}

impl Personal {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "iccid" => Self::Iccid,
            "language" => Self::Language,
            "imsi" => Self::Imsi,
            "msisdn" => Self::Msisdn,
            "smsp" => Self::Smsp,
            "spn" => Self::Spn,
            "acc" => Self::Acc,
            "ad" => Self::Ad,
            "home" => Self::Home,
            _ => return None,
        })
    }

    /// How many octets it has.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Iccid => 10,
            Self::Language | Self::Acc => 2,
            Self::Imsi => 9,
            Self::Msisdn => 28,
            Self::Smsp => 42,
            Self::Spn => 17,
            Self::Ad => 4,
            Self::Home => 3,
        }
    }
}

static SHARED: LazyLock<Image> =
    LazyLock::new(|| Image::parse(include_str!("files.toml")).expect("a test reads the embedded file system"));

impl Image {
    /// The one file system of all cards.
    pub(super) fn shared() -> &'static Self {
        &SHARED
    }

    /// The directory at this place.
    pub(super) fn directory(&self, at: u8) -> &Directory {
        &self.directories[usize::from(at)]
    }

    /// The file at this place.
    pub(super) fn file(&self, at: u8) -> &File {
        &self.files[usize::from(at)]
    }

    /// The USIM's directory.
    pub(super) fn usim(&self) -> u8 {
        self.usim
    }

    /// What a directory holds under this identifier.
    pub(super) fn child(&self, directory: u8, id: u16) -> Option<Node> {
        self.children.get(&(directory, id)).copied()
    }

    /// The file of a directory with this short identifier.
    pub(super) fn short(&self, directory: u8, short: u8) -> Option<u8> {
        let found = self.files.iter().position(|file| file.parent == directory && file.short == Some(short))?;
        u8::try_from(found).ok()
    }

    /// The application whose identifier begins with `aid`, which has 5 to 16 octets.
    pub(super) fn application(&self, aid: &[u8]) -> Option<u8> {
        let begins = |directory: &Directory| directory.aid.as_ref().is_some_and(|own| own.starts_with(aid));
        let found = self.directories.iter().position(begins).filter(|_| (5..=16).contains(&aid.len()))?;
        u8::try_from(found).ok()
    }

    /// The file at this path of identifiers, the master file left out.
    pub(super) fn at(&self, path: &[u16]) -> Option<u8> {
        let node = path.iter().try_fold(Node::Directory(MASTER), |node, &id| match node {
            Node::Directory(directory) => self.child(directory, id),
            Node::File(_) => None,
        })?;
        match node {
            Node::File(file) => Some(file),
            Node::Directory(_) => None,
        }
    }

    /// How many directories and files a directory holds.
    pub(super) fn counts(&self, directory: u8) -> (u8, u8) {
        let of = |wanted: fn(&Node) -> bool| {
            let held = self.children.iter().filter(|((parent, _), node)| *parent == directory && wanted(node));
            u8::try_from(held.count()).unwrap_or(u8::MAX)
        };
        (of(|node| matches!(node, Node::Directory(_))), of(|node| matches!(node, Node::File(_))))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut image = Self { directories: Vec::new(), files: Vec::new(), children: HashMap::new(), usim: MASTER };
        let mut links = Vec::new();
        for directory in written.directory {
            image.add_directory(&directory)?;
        }
        for file in written.file {
            match &file.link {
                Some(link) => links.push((path(&file.path)?, path(link)?)),
                None => image.add_file(&file)?,
            }
        }
        for (from, to) in links {
            let target = image.at(&to[1..]).ok_or(format!("no file at {to:X?}"))?;
            let (parent, id) = image.parent(&from)?;
            image.children.insert((parent, id), Node::File(target));
        }
        Ok(image)
    }

    /// The directory in which a path ends, and its last identifier.
    fn parent(&self, path: &[u16]) -> Result<(u8, u16), String> {
        let (&id, above) = path.split_last().ok_or("a path has an identifier")?;
        let mut parent = MASTER;
        for &step in above.get(1..).unwrap_or_default() {
            parent = match self.child(parent, step) {
                Some(Node::Directory(directory)) => directory,
                Some(Node::File(_)) | None => return Err(format!("no directory {step:04X} for {path:X?}")),
            };
        }
        Ok((parent, id))
    }

    fn add_directory(&mut self, written: &WrittenDirectory) -> Result<(), String> {
        let (parent, id) = self.parent(&path(&written.path)?)?;
        let place = u8::try_from(self.directories.len()).map_err(|error| error.to_string())?;
        let aid = written.aid.as_deref().map(octets).transpose()?;
        if aid.is_some() {
            self.usim = place;
        }
        self.directories.push(Directory { id, parent, aid });
        if place != MASTER {
            self.children.insert((parent, id), Node::Directory(place));
        }
        Ok(())
    }

    fn add_file(&mut self, written: &WrittenFile) -> Result<(), String> {
        let (parent, id) = self.parent(&path(&written.path)?)?;
        let place = u8::try_from(self.files.len()).map_err(|error| error.to_string())?;
        let records = |length, count| match written.cyclic {
            true => Shape::Cyclic { length, count },
            false => Shape::Linear { length, count },
        };
        let (shape, texts) = match (written.size, written.record, written.records, &written.content) {
            (Some(size), None, None, WrittenContent::One(text)) => {
                (Shape::Transparent { size }, std::slice::from_ref(text))
            }
            (None, Some(length), Some(count), WrittenContent::One(text)) if text.is_empty() => {
                (records(length, count), [].as_slice())
            }
            (None, Some(length), Some(count), WrittenContent::Many(texts)) if texts.len() == usize::from(count) => {
                (records(length, count), texts.as_slice())
            }
            _ => return Err(format!("{}: size or record, records and as many contents", written.path)),
        };
        let each = shape.size() / texts.len().max(1);
        let mut content = Vec::new();
        if texts.is_empty() {
            content.push(Content::Fill(u16::try_from(shape.size()).map_err(|error| error.to_string())?));
        }
        for (index, text) in texts.iter().enumerate() {
            let length = pieces(text, &mut content)?;
            if length > each {
                return Err(format!("{}: {length} octets do not fit into {each}", written.path));
            }
            content.push(Content::Fill(u16::try_from((index + 1) * each).map_err(|error| error.to_string())?));
        }
        self.files.push(File {
            id,
            parent,
            shape,
            is_contacts: written.contacts,
            content,
            read: written.read,
            update: written.update,
            short: written.sfi,
        });
        self.children.insert((parent, id), Node::File(place));
        Ok(())
    }
}

/// Reads hexadecimal digits and `{names}`; returns how many octets they make.
fn pieces(text: &str, content: &mut Vec<Content>) -> Result<usize, String> {
    let (mut rest, mut length) = (text, 0);
    while !rest.is_empty() {
        let (hexadecimal, after) = rest.split_once('{').unwrap_or((rest, ""));
        let plain = octets(hexadecimal)?;
        length += plain.len();
        if !plain.is_empty() {
            content.push(Content::Octets(plain));
        }
        rest = after;
        if let Some((name, after)) = rest.split_once('}') {
            let personal = Personal::named(name).ok_or(format!("no value is called {{{name}}}"))?;
            length += personal.size();
            content.push(Content::Personal(personal));
            rest = after;
        }
    }
    Ok(length)
}

fn path(text: &str) -> Result<Vec<u16>, String> {
    text.split(' ').map(|id| u16::from_str_radix(id, 16).map_err(|error| format!("{text}: {error}"))).collect()
}

fn octets(text: &str) -> Result<Box<[u8]>, String> {
    super::hexadecimal::read(text.replace(' ', "").as_bytes())
        .map(Vec::into_boxed_slice)
        .ok_or(format!("no octets: {text}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    directory: Vec<WrittenDirectory>,
    file: Vec<WrittenFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDirectory {
    path: String,
    #[serde(rename = "name")]
    _name: String,
    aid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    path: String,
    #[serde(rename = "name")]
    _name: Option<String>,
    link: Option<String>,
    size: Option<u16>,
    record: Option<u8>,
    records: Option<u8>,
    #[serde(default)]
    cyclic: bool,
    #[serde(default)]
    contacts: bool,
    #[serde(default)]
    content: WrittenContent,
    #[serde(default = "never")]
    read: Access,
    #[serde(default = "never")]
    update: Access,
    sfi: Option<u8>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenContent {
    One(String),
    Many(Vec<String>),
}

impl Default for WrittenContent {
    fn default() -> Self {
        Self::One(String::new())
    }
}

fn never() -> Access {
    Access::Never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_system_is_read() {
        let image = Image::parse(include_str!("files.toml")).unwrap();
        assert!(image.files.len() > 30);
        assert_eq!(image.at(&[0x2FE2]), image.short(MASTER, 2));
        assert_eq!(
            image.at(&[0x7F20, 0x6F7B]),
            image.at(&[0x7FFF, 0x6F7B]),
            "the GSM application shares the USIM's files"
        );
        assert_eq!(image.application(&[0xA0, 0, 0, 0, 0x87, 0x10, 0x02]), Some(image.usim()));
        assert_eq!(image.application(&[0xA0, 0, 0, 0]), None, "fewer than five octets name no application");
    }

    #[test]
    fn short_identifiers_are_unique_in_their_directory() {
        let image = Image::shared();
        let mut seen = std::collections::HashSet::new();
        for file in &image.files {
            if let Some(short) = file.short {
                assert!((1..=30).contains(&short) && seen.insert((file.parent, short)), "{:04X}", file.id);
            }
        }
    }
}
