//! A script with all that belongs to it: the files that it includes, and its cases' file.
//!
//! What is read comes through [`Files`]; this room opens nothing but in `disk.rs`.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::error::{ScriptError, ScriptErrors};
use super::judge;
use super::parse::{self, File};
use super::tree::{Directive, Include, Line, LineKind, Script, Source, Span};
use super::{cases, header::Spanned};

/// So many files may stand inside each other.
const DEEPEST: usize = 16;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// Where files come from.
pub trait Files {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// Why it cannot be read: a lowercase fragment.
    fn read(&self, path: &Path) -> Result<Vec<u8>, String>;
}

impl<F: Fn(&Path) -> Result<Vec<u8>, String>> Files for F {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        self(path)
    }
}

/// Reads and judges a script that stands alone: it includes nothing, and its cases stand in its header.
///
/// # Errors
///
/// Everything that is wrong with its text.
pub fn parse(name: &str, text: &str) -> Result<Script, ScriptErrors> {
    load_text(name, text, &|_: &Path| Err("no other file is at hand".to_owned()))
}

/// Reads a script line by line, without judging what concerns several lines or files: includes are not followed, a cases' file
/// is not read. Enough to write it down again.
///
/// # Errors
///
/// Everything that is wrong with single lines or with the header.
pub fn parse_alone(name: &str, text: &str) -> Result<Script, ScriptErrors> {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    let file = parse::file(&source);
    if file.errors.is_empty() {
        let lines = file.lines.into_iter().filter_map(Result::ok).collect();
        return Ok(Script { source, header: file.header, lines });
    }
    Err(ScriptErrors(file.errors))
}

/// Reads and judges the script at `path`, with the files that it names.
///
/// # Errors
///
/// Everything that is wrong with its text, with an included file or with its cases; or that it cannot be read.
pub fn load(path: &Path, files: &dyn Files) -> Result<Script, ScriptErrors> {
    let name = path.display().to_string();
    match read(path, files) {
        Ok(source) => load_source(source, files),
        Err(Unread::Text(error)) => Err(ScriptErrors(vec![*error])),
        Err(Unread::File(reason)) => {
            let source = Arc::new(Source { name, text: String::new() });
            Err(ScriptErrors(vec![ScriptError::new(
                &source,
                Span::default(),
                format!("the script cannot be read: {reason}"),
            )]))
        }
    }
}

/// Reads and judges `text`, which stands at the path `name`, with the files that it names.
///
/// # Errors
///
/// As [`load`].
pub fn load_text(name: &str, text: &str, files: &dyn Files) -> Result<Script, ScriptErrors> {
    load_source(Arc::new(Source { name: name.to_owned(), text: text.to_owned() }), files)
}

/// Those of `files` (paths and texts) that are parts of others: without a header, and included by a script among them. They
/// are judged where they are included, and played there only.
pub fn parts(files: &[(PathBuf, String)]) -> HashSet<PathBuf> {
    let mut includes: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
    let mut headless = HashSet::new();
    for (path, text) in files {
        let own = clean(path);
        let source = Arc::new(Source { name: path.display().to_string(), text: text.clone() });
        let file = parse::file(&source);
        if file.fence.is_none() {
            headless.insert(own.clone());
        }
        let lines = file.lines.iter().filter_map(|line| line.as_ref().ok());
        let paths = lines.filter_map(|line| match &line.kind {
            LineKind::Directive(Directive::Include(include)) => Some(beside(path, &include.path)),
            LineKind::Directive(_) | LineKind::Blank | LineKind::Comment(_) | LineKind::Act { .. } => None,
        });
        includes.insert(own, paths.collect());
    }
    // From those that nothing includes, downwards: files that include each other in a circle stay to be judged.
    let included: HashSet<&PathBuf> =
        includes.iter().flat_map(|(own, paths)| paths.iter().filter(move |path| *path != own)).collect();
    let mut reached: Vec<&PathBuf> = includes.keys().filter(|path| !included.contains(path)).collect();
    let mut parts = HashSet::new();
    while let Some(path) = reached.pop() {
        for next in includes.get(path).into_iter().flatten() {
            if headless.contains(next) && next != path && parts.insert(next.clone()) {
                reached.push(next);
            }
        }
    }
    files.iter().map(|(path, _)| path).filter(|path| parts.contains(&clean(path))).cloned().collect()
}

fn load_source(source: Arc<Source>, files: &dyn Files) -> Result<Script, ScriptErrors> {
    let mut loader =
        Loader { files, errors: Vec::new(), read: HashMap::new(), open: vec![clean(Path::new(&source.name))] };
    let File { mut header, lines, errors, .. } = parse::file(&source);
    let header_holds =
        !errors.iter().any(|error| header.text.is_some_and(|text| text.range().contains(&error.span.start)));
    loader.errors.extend(errors);
    let lines = loader.follow(&source, lines);
    if let Some(path) = &header.cases_file {
        header.cases = loader.cases(&source, path);
    }
    let mut errors = loader.errors;
    judge::judge(&source, &header, header_holds, &lines, &mut errors);
    if errors.is_empty() {
        let lines = lines.into_iter().filter_map(Result::ok).collect();
        return Ok(Script { source, header, lines });
    }
    errors.sort_by_key(|error| (!Arc::ptr_eq(&error.source, &source), error.source.name.clone(), error.span.start));
    Err(ScriptErrors(errors))
}

struct Loader<'f> {
    files: &'f dyn Files,
    errors: Vec<ScriptError>,
    /// Files that were read before; nothing for one that was in error.
    read: HashMap<PathBuf, Option<Arc<Script>>>,
    /// The files that stand around the one that is read, outermost first.
    open: Vec<PathBuf>,
}

impl Loader<'_> {
    /// Reads the files that the lines include. A line whose file is in error is in error.
    fn follow(&mut self, source: &Arc<Source>, lines: Vec<Result<Line, Span>>) -> Vec<Result<Line, Span>> {
        lines
            .into_iter()
            .map(|line| match line {
                Ok(Line { span, kind: LineKind::Directive(Directive::Include(include)) }) => {
                    let script = self.include(source, &include).ok_or(span)?;
                    let include = Include { script: Some(script), ..include };
                    Ok(Line { span, kind: LineKind::Directive(Directive::Include(include)) })
                }
                line => line,
            })
            .collect()
    }

    fn include(&mut self, source: &Arc<Source>, include: &Include) -> Option<Arc<Script>> {
        let path = beside(Path::new(&source.name), &include.path);
        let fail = |message: String| ScriptError::new(source, include.span, message);
        if let Some(at) = self.open.iter().position(|open| *open == path) {
            let circle: Vec<String> =
                self.open[at..].iter().chain([&path]).map(|path| path.display().to_string()).collect();
            let help = format!("the circle is {}", circle.join(" > "));
            self.errors.push(fail(format!("`{}` includes itself", path.display())).help(help));
            return None;
        }
        // Files that were read before are looked up only now: what they include stands deeper here than there.
        if self.open.len() > DEEPEST {
            self.errors.push(fail(format!("files include each other more than {DEEPEST} deep")));
            return None;
        }
        if let Some(read) = self.read.get(&path) {
            return read.clone();
        }
        let script = match read(&path, self.files) {
            Ok(inner) => self.included(inner, &path),
            Err(Unread::Text(error)) => {
                self.errors.push(*error);
                None
            }
            Err(Unread::File(reason)) => {
                let help = "the path is relative to the file that includes it";
                self.errors.push(fail(format!("`{}` cannot be read: {reason}", path.display())).help(help));
                None
            }
        };
        self.read.insert(path, script.clone());
        script
    }

    fn included(&mut self, source: Arc<Source>, path: &Path) -> Option<Arc<Script>> {
        let before = self.errors.len();
        let file = parse::file(&source);
        if let Some(fence) = file.fence {
            let help = "only the file that is played has one: move what is needed there";
            self.errors.push(ScriptError::new(&source, fence, "an included file has a header").help(help));
        }
        let header_end = file.header.text.map_or(0, |text| text.end);
        self.errors.extend(file.errors.into_iter().filter(|error| error.span.start >= header_end));
        self.open.push(path.to_owned());
        let lines = self.follow(&source, file.lines);
        self.open.pop();
        if self.errors.len() > before {
            return None;
        }
        let lines = lines.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
        Some(Arc::new(Script { source, header: super::Header::default(), lines }))
    }

    fn cases(&mut self, source: &Arc<Source>, path: &Spanned<String>) -> Vec<super::Case> {
        let full = beside(Path::new(&source.name), &path.value);
        match read(&full, self.files) {
            Ok(table) => cases::cases(&table, &mut self.errors),
            Err(Unread::Text(error)) => {
                self.errors.push(*error);
                Vec::new()
            }
            Err(Unread::File(reason)) => {
                let message = format!("`{}` cannot be read: {reason}", full.display());
                let help = "`cases` is the path of a CSV file, relative to the script, or rows";
                self.errors.push(ScriptError::new(source, path.span, message).help(help));
                Vec::new()
            }
        }
    }
}

/// Why a file gave no text.
enum Unread {
    /// It could not be opened, or is too large.
    File(String),
    /// It is not UTF-8.
    Text(Box<ScriptError>),
}

fn read(path: &Path, files: &dyn Files) -> Result<Arc<Source>, Unread> {
    let bytes = files.read(path).map_err(Unread::File)?;
    if bytes.len() > LARGEST {
        return Err(Unread::File(format!("it is larger than {} MiB", LARGEST / (1024 * 1024))));
    }
    let name = path.display().to_string();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(Source { name, text })),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Arc::new(Source { name, text });
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            let error = ScriptError::new(&source, span, "the file is not UTF-8 text")
                .help(format!("a byte is written `\\x{byte:02X}`"));
            Err(Unread::Text(Box::new(error)))
        }
    }
}

/// The path `relative` as seen from the file `from`.
fn beside(from: &Path, relative: &str) -> PathBuf {
    clean(&from.parent().unwrap_or(Path::new("")).join(relative))
}

/// The path without `.` and without `..` where that is a matter of spelling.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                clean.push(component)
            }
        }
    }
    clean
}
