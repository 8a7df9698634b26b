//! A direction whose quotation marks a shell has taken away: `sms from +15550100 "two words"` comes as four arguments.
//!
//! Where the grammar has a string, the argument is one whatever stands in it; everywhere else it is a word.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The arguments as one line of the language. One argument alone that holds blanks is the line itself.
pub fn quoted(arguments: &[String]) -> String {
    if let [line] = arguments {
        return line.trim().to_owned();
    }
    let words: Vec<Cow<'_, str>> = (0..arguments.len())
        .map(|at| {
            let argument = arguments[at].as_str();
            let is_quoted = argument.len() >= 2 && argument.starts_with('"') && argument.ends_with('"');
            if !is_quoted && (is_string(arguments, at) || argument.contains(' ')) {
                string(argument).into()
            } else {
                argument.into()
            }
        })
        .collect();
    words.join(" ")
}

/// Whether the grammar has a string there and nothing else.
fn is_string(arguments: &[String], at: usize) -> bool {
    let word = |at: usize| arguments.get(at).map(String::as_str);
    // A sign, `*` or `modem1*`, is an argument of its own.
    let first = usize::from(word(0).is_some_and(|word| word.ends_with('*')));
    match (word(first), at.checked_sub(first)) {
        (Some("urc" | "clock"), Some(at)) => at == 1,
        (Some("sms"), Some(at)) => at == 3,
        (Some("answer"), Some(at)) => at == 1 || at == 3 && word(first + 2) == Some("with"),
        (Some("fault"), Some(at)) => at == 2 && word(first + 1) == Some("interleave"),
        (Some(_) | None, _) => false,
    }
}

/// In quotation marks. Escapes and values stay what they are: the text is in the language already, but for the marks.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '"' if !escaped => out.push_str("\\\""),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            // A String takes whatever is written to it.
            '\0'..='\x1f' | '\x7f' => drop(write!(out, r"\x{:02X}", u32::from(c))),
            c => out.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::script::{Source, direction};

    fn line(arguments: &[&str]) -> String {
        quoted(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>())
    }

    fn read(text: &str) -> String {
        let source = Arc::new(Source { name: "direction".to_owned(), text: text.to_owned() });
        match direction(&source) {
            Ok((modem, direction)) => {
                format!("{}* {direction}", modem.map(|name| name.text).unwrap_or_default())
            }
            Err(error) => error.render(false),
        }
    }

    #[test]
    fn what_a_shell_leaves_of_a_direction_is_that_direction_again() {
        for (arguments, expected) in [
            (&["sms", "from", "+15551234567", "hello"][..], r#"sms from +15551234567 "hello""#),
            (&["urc", "+CREG: 5"], r#"urc "+CREG: 5""#),
            (&["urc", "\"+CREG: 5\""], r#"urc "+CREG: 5""#),
            (&["answer", "AT+CSQ", "with", "+CSQ: 1,1\\nOK"], r#"answer "AT+CSQ" with "+CSQ: 1,1\nOK""#),
            (&["answer", "AT+CSQ", "again"], r#"answer "AT+CSQ" again"#),
            (&["answer", "AT+X=\"a\"", "with", "a\nb"], r#"answer "AT+X=\"a\"" with "a\nb""#),
            (&["modem1*", "urc", "RDY"], r#"modem1* urc "RDY""#),
            (&["fault", "interleave", "RING", "after", "4"], r#"fault interleave "RING" after 4"#),
            (&["network deny 6"], "network deny 6"),
            (&["hangup"], "hangup"),
        ] {
            let line = line(arguments);
            assert_eq!(line, expected);
            assert_eq!(read(&line).trim_start_matches("* "), expected);
        }
    }

    #[test]
    fn a_direction_alone_has_its_sign_and_its_modem_or_neither() {
        assert_eq!(read("network deny 6"), "* network deny 6");
        assert_eq!(read("* network deny 6"), "* network deny 6");
        assert_eq!(read("modem1* network deny 6"), "modem1* network deny 6");
    }

    #[test]
    fn what_is_wrong_with_it_is_told_with_a_caret() {
        insta::assert_snapshot!(read("network denny 6"), @r"
        error: `denny` is not what a network does
         --> direction:1:9
          |
        1 | network denny 6
          |         ^^^^^
          |
          = help: did you mean `deny`?
        ");
        insta::assert_snapshot!(read("modem1> AT"), @r"
        error: only directions are carried out here
         --> direction:1:7
          |
        1 | modem1> AT
          |       ^
          |
          = help: a direction has the sign `*`: write `modem1* power cycle`
        ");
        insta::assert_snapshot!(read("~ 2s"), @"
        error: `~` is not a direction
         --> direction:1:1
          |
        1 | ~ 2s
          | ^
          |
          = help: it is one of `power`, `sim`, `signal`, `network`, `register`, `urc`, `sms from`, `ring from`, `hangup`, `peer`, `clock`, `unplug`, `plug`, `fault`, `answer`
        ");
    }
}
