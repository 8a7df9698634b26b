//! The keyboard: lines edited at a terminal, or read from a pipe.

use std::borrow::Cow;
use std::io::{self, BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, mpsc as blocking};
use std::time::Duration;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Editor, Event, EventContext, EventHandler,
    ExternalPrinter, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use tokio::sync::mpsc;

use crate::console::completion;
use crate::console::live::Input;
use crate::console::session::{Awaits, Order, Switch};

/// So many lines are remembered from session to session.
const HISTORY: usize = 2000;

/// The longest line that a pipe may give.
const LONGEST: u64 = 1 << 16;

const PROMPT: &str = "> ";

/// What the keyboard's thread, the printer's and the session know of each other.
#[derive(Debug, Default)]
pub(super) struct State {
    /// A typed line is being taken off the screen: nothing may be printed below it.
    taking: AtomicBool,
    /// Something is being printed.
    printing: AtomicBool,
    /// Ctrl-Z ended the line.
    ended: AtomicBool,
    /// What a typed line would be.
    awaits: AtomicU8,
}

impl State {
    pub(super) fn awaits(&self, awaits: Awaits) {
        let text = match awaits {
            Awaits::Text => 1,
            Awaits::Command | Awaits::Data => 0,
        };
        self.awaits.store(text, Ordering::SeqCst);
    }
}

/// Lines typed at a terminal, and a way to print above the one that is being typed.
pub(super) struct Terminal {
    editor: Editor<Typing, FileHistory>,
    history: Option<PathBuf>,
    state: Arc<State>,
}

impl Terminal {
    /// Sets the terminal up. `history` is where lines are remembered.
    pub(super) fn new(
        history: Option<PathBuf>,
        coloured: bool,
        inputs: &mpsc::Sender<Input>,
        state: &Arc<State>,
    ) -> Result<Self, ReadlineError> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .completion_prompt_limit(60)
            .max_history_size(HISTORY)?
            .history_ignore_dups(true)?
            .history_ignore_space(true)
            .build();
        let mut editor = Editor::<Typing, FileHistory>::with_config(config)?;
        editor.set_helper(Some(Typing { coloured, files: FilenameCompleter::new() }));
        if let Some(path) = &history {
            // The first session has none.
            let _ = editor.load_history(path);
        }
        bind(&mut editor, inputs, state);
        Ok(Self { editor, history, state: Arc::clone(state) })
    }

    /// Prints lines from a thread of its own, above what is being typed. Never waits for the terminal: what it cannot take
    /// in time is counted.
    pub(super) fn printer(&mut self) -> Result<blocking::SyncSender<String>, ReadlineError> {
        let mut printer = self.editor.create_external_printer()?;
        let state = Arc::clone(&self.state);
        let (sender, lines) = blocking::sync_channel::<String>(4096);
        std::thread::spawn(move || {
            while let Ok(mut text) = lines.recv() {
                // What waits already goes out at once: each print draws the typed line again.
                while let Ok(more) = lines.try_recv() {
                    text.push_str(&more);
                }
                while state.taking.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                state.printing.store(true, Ordering::SeqCst);
                let printed = printer.print(text);
                state.printing.store(false, Ordering::SeqCst);
                if printed.is_err() {
                    return;
                }
            }
        });
        Ok(sender)
    }

    /// Reads lines until there are no more. A line leaves the screen as it is taken: the session shows what became of it.
    pub(super) fn read(mut self, inputs: &mpsc::Sender<Input>) {
        loop {
            let read = self.editor.readline(PROMPT);
            let input = match read {
                Ok(line) => {
                    self.erase(&line);
                    let ended = self.state.ended.swap(false, Ordering::SeqCst);
                    let is_secret = self.state.awaits.load(Ordering::SeqCst) == 1 || holds_secret(&line);
                    if !line.trim().is_empty() && !is_secret {
                        let _ = self.editor.add_history_entry(line.as_str());
                        if let Some(path) = &self.history {
                            // Each line at once: a session may be killed.
                            let _ = self.editor.append_history(path);
                        }
                    }
                    match (ended, line.is_empty(), self.state.awaits.load(Ordering::SeqCst) == 1) {
                        (true, ..) => Input::Text(line),
                        (false, true, false) => continue,
                        (false, ..) => Input::Line(line),
                    }
                }
                Err(ReadlineError::Interrupted) => {
                    self.erase("");
                    Input::Interrupt
                }
                Err(_) => Input::Quit,
            };
            let over = input == Input::Quit;
            if inputs.blocking_send(input).is_err() || over {
                return;
            }
        }
    }

    /// Takes what was typed off the screen.
    fn erase(&mut self, line: &str) {
        let columns = crate::port::columns().unwrap_or(80);
        let rows: usize = line
            .split('\n')
            .enumerate()
            .map(|(at, row)| {
                let width = row.chars().count() + if at == 0 { PROMPT.len() } else { 0 };
                width / columns + 1
            })
            .sum();
        let mut out = io::stdout();
        let _ = write!(out, "\x1b[{rows}A\r\x1b[J").and_then(|()| out.flush());
        self.state.taking.store(false, Ordering::SeqCst);
    }
}

/// Whether a line holds a PIN or a password, which no history keeps.
fn holds_secret(line: &str) -> bool {
    let upper = line.to_ascii_uppercase();
    ["+CPIN=", "+CLCK=", "+CPWD=", "+CGAUTH="].iter().any(|secret| upper.contains(secret))
}

fn bind(editor: &mut Editor<Typing, FileHistory>, inputs: &mpsc::Sender<Input>, state: &Arc<State>) {
    let taking = |ends_text| Taking { state: Arc::clone(state), ends_text };
    let handler = |handler| EventHandler::Conditional(Box::new(handler));
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::NONE), handler(taking(false)));
    editor.bind_sequence(KeyEvent::ctrl('J'), handler(taking(false)));
    editor.bind_sequence(KeyEvent::ctrl('M'), handler(taking(false)));
    editor.bind_sequence(KeyEvent::ctrl('Z'), handler(taking(true)));
    let interrupt = EventHandler::Conditional(Box::new(Interrupting(Arc::clone(state))));
    editor.bind_sequence(KeyEvent::ctrl('C'), interrupt);
    let mut order = |keys: Vec<KeyEvent>, order: Order| {
        let ordering = Pressed { inputs: inputs.clone(), order };
        editor.bind_sequence(Event::KeySeq(keys), EventHandler::Conditional(Box::new(ordering)));
    };
    order(vec![KeyEvent::ctrl('T')], Order::Time(None));
    let key = |letter| KeyEvent(KeyCode::Char(letter), Modifiers::NONE);
    let orders = [
        ('?', Order::Help),
        ('h', Order::Hex(None)),
        ('t', Order::Time(None)),
        ('d', Order::Dtr(Switch::Other)),
        ('r', Order::Rts(Switch::Other)),
        ('l', Order::Lines),
        ('b', Order::Break),
        ('s', Order::Save(None)),
        ('e', Order::Escape),
    ];
    for (letter, what) in orders {
        order(vec![KeyEvent::ctrl('X'), key(letter)], what);
    }
}

/// Enter, or Ctrl-Z where a text is asked for: the line is taken.
struct Taking {
    state: Arc<State>,
    ends_text: bool,
}

impl Taking {
    /// From here on nothing is printed, until the line is off the screen.
    fn begin(state: &State) {
        state.taking.store(true, Ordering::SeqCst);
        // What is being printed goes to the editor, or is done in a moment.
        for _ in 0..20 {
            if !state.printing.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl ConditionalEventHandler for Taking {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        if self.ends_text {
            if self.state.awaits.load(Ordering::SeqCst) != 1 {
                // Pressed out of habit behind a text that was refused: it must not put the session to sleep.
                return Some(Cmd::Noop);
            }
            self.state.ended.store(true, Ordering::SeqCst);
        }
        Self::begin(&self.state);
        Some(Cmd::AcceptLine)
    }
}

/// Ctrl-C.
struct Interrupting(Arc<State>);

impl ConditionalEventHandler for Interrupting {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        if context.line().is_empty() {
            Taking::begin(&self.0);
            return Some(Cmd::Interrupt);
        }
        Some(Cmd::Kill(rustyline::Movement::WholeLine))
    }
}

/// A key that stands for an order.
struct Pressed {
    inputs: mpsc::Sender<Input>,
    order: Order,
}

impl ConditionalEventHandler for Pressed {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        // A session that is too busy for a key has it pressed again.
        let _ = self.inputs.try_send(Input::Order(self.order.clone()));
        Some(Cmd::Noop)
    }
}

/// Completion and hints of the line that is being typed.
struct Typing {
    coloured: bool,
    files: FilenameCompleter,
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..pos];
        if typed.starts_with(":run ") || typed.starts_with(":save ") {
            return self.files.complete_path(line, pos);
        }
        let (begin, choices) = completion::choices(typed);
        let pair = |choice: completion::Choice| Pair { display: choice.shown, replacement: choice.text };
        Ok((begin, choices.into_iter().map(pair).collect()))
    }
}

impl Hinter for Typing {
    type Hint = String;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<String> {
        let columns = crate::port::columns().unwrap_or(80);
        let room = columns.saturating_sub(PROMPT.len() + line.chars().count() + 1);
        let hint = completion::hint(line).filter(|_| pos == line.len())?;
        // A hint that goes on in the next row would jump about.
        Some(hint.chars().take(room).collect::<String>()).filter(|hint| hint.len() > 8)
    }
}

impl Highlighter for Typing {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.coloured { Cow::Owned(format!("\x1b[2m{hint}\x1b[0m")) } else { Cow::Borrowed(hint) }
    }
}

impl Validator for Typing {}
impl Helper for Typing {}

/// Reads lines from a pipe until its end.
pub(super) fn read_pipe(inputs: &mpsc::Sender<Input>) {
    use std::io::Read as _;
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let over = !matches!(read, Ok(1..));
        let input = match over {
            true => Input::End,
            false => Input::Piped(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()),
        };
        if inputs.blocking_send(input).is_err() || over {
            return;
        }
    }
}

/// The file in which typed lines are remembered: in the user's state folder.
pub(super) fn history() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let places = etcetera::choose_base_strategy().ok()?;
    let folder = places.state_dir().unwrap_or_else(|| places.data_dir()).join("atgate");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("console-history"))
}
