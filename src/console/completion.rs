//! What a typed line may become: names of commands with what they are for, and what they take.

use super::session::orders_words;
use crate::wire::meaning;

/// So many commands are listed; of more, which letters go on, so that a list fits on a screen.
const LISTED: usize = 20;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What takes the place of what was typed.
    pub text: String,
    /// How it is shown in a list.
    pub shown: String,
}

/// The ways to go on from `line`, and where what they replace begins, in bytes.
///
/// ```
/// use atgate::console::completion::choices;
///
/// let (begin, ways) = choices("AT+CMEE=1;+CES");
/// assert_eq!((begin, ways[0].text.as_str()), (10, "+CESQ"));
/// ```
#[must_use]
pub fn choices(line: &str) -> (usize, Vec<Choice>) {
    if let Some(typed) = line.strip_prefix(':') {
        let words = super::session::orders_words().filter(|(word, ..)| word.starts_with(typed));
        let choice = |(word, form, what): (&str, &str, &str)| Choice {
            text: format!(":{word}"),
            shown: format!("{form:<38} {what}"),
        };
        return (0, words.map(choice).collect());
    }
    let Some((begin, typed)) = name(line).filter(|(_, typed)| typed.len() > 1 || line.len() > 2) else {
        return (line.len(), Vec::new());
    };
    let upper = typed.to_ascii_uppercase();
    let known: Vec<_> = meaning::titles().filter(|(name, _)| name.starts_with(&upper)).collect();
    let written = |name: &str| {
        if typed.bytes().any(|byte| byte.is_ascii_lowercase()) { name.to_ascii_lowercase() } else { name.to_owned() }
    };
    let choice = |(name, title): &(&'static str, meaning::Title)| Choice {
        text: written(name),
        shown: format!("{name:<14} {}", title.purpose),
    };
    if known.len() <= LISTED {
        return (begin, known.iter().map(choice).collect());
    }
    // They are sorted: what the first and the last share, all do.
    let ends = known.first().zip(known.last());
    let shared =
        ends.map_or(0, |((first, _), (last, _))| first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count());
    let alike = |(one, _): &(&str, meaning::Title), (other, _): &(&str, meaning::Title)| {
        one.get(..=shared) == other.get(..=shared)
    };
    let group = |group: &[(&'static str, meaning::Title)]| match group {
        [(name, _), _, ..] => {
            let begin = name.get(..=shared).unwrap_or(name);
            Choice { text: written(begin), shown: format!("{:<14} {} commands", format!("{begin}…"), group.len()) }
        }
        [one] => choice(one),
        [] => Choice { text: written(&upper), shown: String::new() },
    };
    (begin, known.chunk_by(alike).map(group).collect())
}

/// What the command at the end of `line` is for, or takes, to be shown behind it.
#[must_use]
pub fn hint(line: &str) -> Option<String> {
    if let Some(order) = line.strip_prefix(':') {
        let (_, form, what) = orders_words().find(|(word, ..)| *word == order)?;
        return Some(format!("   {form}: {what}"));
    }
    let (begin, _) = last(line)?;
    let command = &line[begin..];
    let end = command.find(['=', '?']).unwrap_or(command.len());
    let title = meaning::of_name(&command[..end])?;
    match &command[end..] {
        "" if title.takes.is_empty() => Some(format!("   {}", title.purpose)),
        "" => Some(format!("   {}; ={}", title.purpose, title.takes)),
        "?" => Some(format!("   {}: read", title.purpose)),
        "=?" => Some(format!("   {}: which values it takes", title.purpose)),
        "=" if !title.takes.is_empty() => Some(format!("   {}", title.takes)),
        _ if title.takes.is_empty() => None,
        _ => Some(format!("   {}", title.takes)),
    }
}

/// The extended command that the line ends in: where it begins, and its text.
fn last(line: &str) -> Option<(usize, &str)> {
    let bytes = line.as_bytes();
    let mut quoted = false;
    let mut begin = match bytes.get(..2) {
        Some(start) if start.eq_ignore_ascii_case(b"AT") => 2,
        Some(_) | None => 0,
    };
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => begin = at + 1,
            _ => {}
        }
    }
    // Basic commands may stand before it: ATE0+CSQ.
    let rest = line.get(begin..)?;
    if !rest.starts_with(['+', '#', '^', '%', '$', '!', '*']) && begin <= 2 {
        begin += rest
            .find(['+', '#', '^', '$', '!'])
            .filter(|at| rest[..*at].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'&'))?;
    }
    let text = line.get(begin..).filter(|text| text.starts_with(['+', '#', '^', '%', '$', '!', '*']))?;
    Some((begin, text))
}

/// The name at the end of the line, still being typed.
fn name(line: &str) -> Option<(usize, &str)> {
    last(line).filter(|(_, text)| text.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let (begin, choices) = choices(line);
        let rows: Vec<String> = choices.iter().map(|choice| format!("{}  |  {}", choice.text, choice.shown)).collect();
        format!("{begin}\n{}", rows.join("\n"))
    }

    #[test]
    fn a_command_is_completed_with_what_it_is_for() {
        insta::assert_snapshot!(shown("AT+CPI"), @"
        2
        +CPIN  |  +CPIN          which PIN or PUK is awaited, or its entry
        +CPINR  |  +CPINR         how many tries of each PIN remain
        ");
        insta::assert_snapshot!(shown("at+cmee=1;+cesq"), @"
        10
        +cesq  |  +CESQ          extended signal quality
        ");
        insta::assert_snapshot!(shown("+QN"), @"
        0
        +QNWINFO  |  +QNWINFO       operator, band and channel
        ");
        insta::assert_snapshot!(shown(":t"), @"
        0
        :time  |  :time [off|absolute|relative|delta]    time stamps; alone the next kind
        ");
        assert_eq!(shown("AT+CSCA=\"+CS"), "12\n");
    }

    #[test]
    fn where_there_are_too_many_for_a_screen_the_next_letters_are_listed() {
        for typed in ["at+", "AT+C", "AT+CG"] {
            let (begin, ways) = choices(typed);
            assert!((2..=27).contains(&ways.len()), "{typed}: {ways:?}");
            // Each leads on, and all of them to all that there is.
            assert!(
                ways.iter().all(|way| way.text.len() > typed[begin..].len() && way.text.starts_with(&typed[begin..]))
            );
            let known = meaning::titles().filter(|(name, _)| name.starts_with(&typed[begin..].to_ascii_uppercase()));
            let under =
                known.filter(|(name, _)| ways.iter().any(|way| name.starts_with(&way.text.to_ascii_uppercase())));
            assert_eq!(
                under.count(),
                meaning::titles().filter(|(name, _)| name.starts_with(&typed[begin..].to_ascii_uppercase())).count()
            );
        }
        let (_, ways) = choices("AT+C");
        assert!(
            ways.iter().any(|way| way.text == "+CG"
                && way.shown.starts_with("+CG…           ")
                && way.shown.ends_with(" commands")),
            "{ways:?}"
        );
    }

    #[test]
    fn what_it_takes_is_shown_behind_it() {
        let hints =
            ["AT+CEREG", "AT+CEREG=", "AT+CEREG?", "AT+CSQ", "ATE0+CFUN=1", "AT+NONE=", "ATI", ":baud", "hello"];
        let hints = hints.map(|line| format!("{line}{}", hint(line).unwrap_or_default()));
        insta::assert_snapshot!(hints.join("\n"), @"
        AT+CEREG   registration in EPS; =<n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause, 4 and 5 with power saving
        AT+CEREG=   <n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause, 4 and 5 with power saving
        AT+CEREG?   registration in EPS: read
        AT+CSQ   signal quality
        ATE0+CFUN=1   <fun>[,<rst>]: 0 minimum, 1 full, 4 radio off; <rst> 1 restarts first
        AT+NONE=
        ATI
        :baud   :baud N: another speed
        hello
        ");
    }
}
