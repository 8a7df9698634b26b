//! One line: which sign it begins with, and what follows the sign.

use nom::Input;

use super::input::{Fault, Parsed, Text, fail};
use super::word::{blank, end, string, too_many_blanks, unknown, word};
use super::{check, direction, item, number};
use crate::script::direction::Direction;
use crate::script::tree::{Act, Directive, Include, LineKind, Name, Part, Span};

const SIGNS: &str = "the signs are `>` `>|` `<` `<|` `<!` `<?` `...` `~` `*` `?` `@` `#`";

/// A line up to this length is put right in a help; a longer one would drown it.
const SHORT: usize = 60;

/// The directives, in the grammar's order.
const DIRECTIVES: [&str; 12] = [
    "timeout",
    "within",
    "until",
    "never",
    "always",
    "include",
    "label",
    "strict",
    "any-order",
    "urc",
    "terminator",
    "finally",
];

/// `line`, without its end.
pub(super) fn line(input: Text<'_>) -> Result<LineKind, nom::Err<Fault>> {
    if let Some(b'#') = input.peek() {
        let text = input.take_from(1).shown();
        return Ok(LineKind::Comment(text.trim_end_matches([' ', '\t']).to_owned()));
    }
    if input.is_empty() {
        return Ok(LineKind::Blank);
    }
    blanks_around(input)?;
    if input.peek() == Some(b'@') {
        return directive(input).map(|(_, directive)| LineKind::Directive(directive));
    }
    let (at, modem) = prefix(input);
    let (_, act) = act(at, input)?;
    Ok(LineKind::Act { modem, act })
}

/// `[[name] "*" SP] direction`: a direction alone, whose sign may be left out.
pub(super) fn alone(input: Text<'_>) -> Result<(Option<Name>, Direction), nom::Err<Fault>> {
    blanks_around(input)?;
    let (at, modem) = prefix(input);
    let words = match at.peek() {
        Some(b'*') => word_sign(at, "* power cycle")?,
        _ if modem.is_some() => {
            let help = "a direction has the sign `*`: write `modem1* power cycle`";
            return fail(at.first(), "only directions are carried out here", help.to_owned());
        }
        _ => input,
    };
    let (_, direction) = direction::direction(words)?;
    Ok((modem, direction))
}

/// No indentation, and no blank at the end.
fn blanks_around(input: Text<'_>) -> Result<(), nom::Err<Fault>> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let leading = input.bytes.iter().take_while(|byte| is_blank(byte)).count();
    if leading == input.bytes.len() {
        return fail(
            input.span(),
            "the line holds only blanks",
            "an empty line is quite empty: delete them".to_owned(),
        );
    }
    if leading > 0 {
        return fail(
            input.take(leading).span(),
            "the line is indented",
            "a line begins with its sign: delete the blanks".to_owned(),
        );
    }
    let trailing = input.bytes.iter().rev().take_while(|byte| is_blank(byte)).count();
    if trailing > 0 {
        return fail(
            input.take_from(input.bytes.len() - trailing).span(),
            "a blank stands at the line's end",
            r"if it belongs to the text write it as `\x20` (a tab as `\t`), else delete it".to_owned(),
        );
    }
    Ok(())
}

/// `[name]` before a sign.
fn prefix(input: Text<'_>) -> (Text<'_>, Option<Name>) {
    let length = input
        .position(|byte| !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'))
        .unwrap_or(input.bytes.len());
    let (rest, word) = input.take_split(length);
    match (word.peek(), rest.bytes) {
        (Some(b'a'..=b'z'), [b'>' | b'<' | b'~' | b'*' | b'?' | b'@' | b'#', ..] | [b'.', b'.', ..]) => {
            (rest, Some(Name { text: word.shown().into_owned(), span: word.span() }))
        }
        _ => (input, None),
    }
}

/// `act`, from its sign.
fn act<'a>(at: Text<'a>, line: Text<'a>) -> Parsed<'a, Act> {
    match at.bytes {
        [b'>', b'|', ..] => item::send(sign(at, 2, r">| \x1A")?).map(|(rest, text)| (rest, Act::SendRaw(text))),
        [b'>'] => Ok((
            at.take_from(1),
            Act::Send(crate::script::tree::Template { parts: Vec::new(), span: at.take_from(1).span() }),
        )),
        [b'>', ..] => item::send(sign(at, 1, ">")?).map(|(rest, text)| (rest, Act::Send(text))),
        [b'<', b'|', ..] => item::send(sign(at, 2, r"<| \r\n>\x20")?).map(|(rest, text)| (rest, Act::ExpectRaw(text))),
        [b'<', b'!', ..] => {
            item::expect(sign(at, 2, "<! +CREG: 5")?).map(|(rest, pattern)| (rest, Act::ExpectUrc(pattern)))
        }
        [b'<', b'?', ..] => {
            item::expect(sign(at, 2, "<? RING")?).map(|(rest, pattern)| (rest, Act::ExpectOptional(pattern)))
        }
        [b'<', ..] => item::expect(sign(at, 1, "< OK")?).map(|(rest, pattern)| (rest, Act::Expect(pattern))),
        [b'.', b'.', b'.', ..] => {
            end(at.take_from(3), "...")?;
            Ok((at.take_from(3), Act::Rest))
        }
        [b'~', ..] => {
            let (rest, interval) = number::duration(word_sign(at, "~ 500ms")?)?;
            end(rest, "the duration")?;
            Ok((rest, Act::Wait(interval)))
        }
        [b'*', ..] => direction::direction(word_sign(at, "* power cycle")?)
            .map(|(rest, direction)| (rest, Act::Direction(direction))),
        [b'?', ..] => check::check(word_sign(at, r#"? registration.eps == "home""#)?)
            .map(|(rest, check)| (rest, Act::Check(check))),
        [b'@' | b'#', ..] => fail(
            line.span_to(at),
            format!("`{}` takes no modem before it", at.take(1).shown()),
            "directives and comments concern the whole script: delete the name".to_owned(),
        ),
        _ => no_sign(line),
    }
}

/// The one blank between a sign and its text; `example` is a whole line.
fn sign<'a>(at: Text<'a>, length: usize, example: &str) -> Result<Text<'a>, nom::Err<Fault>> {
    let (rest, sign) = at.take_split(length);
    match rest.bytes {
        [b' ', ..] => Ok(rest.take_from(1)),
        [] => fail(sign.span(), format!("nothing follows the sign `{}`", sign.shown()), format!("write `{example}`")),
        _ => {
            let help = if rest.bytes.len() <= SHORT {
                format!("write `{} {}`", sign.shown(), rest.shown())
            } else {
                format!("write `{example}`")
            };
            fail(sign.span(), format!("a blank is missing after the sign `{}`", sign.shown()), help)
        }
    }
}

/// The one blank between a sign and the words that follow it.
fn word_sign<'a>(at: Text<'a>, example: &str) -> Result<Text<'a>, nom::Err<Fault>> {
    let rest = sign(at, 1, example)?;
    if rest.peek() == Some(b' ') { too_many_blanks(at.take_from(1)) } else { Ok(rest) }
}

/// The line begins with none of the signs.
fn no_sign<T>(input: Text<'_>) -> Result<T, nom::Err<Fault>> {
    let word = input.word();
    let text = input.shown();
    let upper = text.to_ascii_uppercase();
    let glued = word.bytes.first().is_some_and(u8::is_ascii_lowercase)
        && input
            .take_from(word.bytes.len())
            .bytes
            .get(1)
            .is_some_and(|byte| matches!(byte, b'>' | b'<' | b'~' | b'*' | b'?'));
    let help = if text.starts_with("+++") {
        "the header stands only at the top of the file, and ends with a line `+++`".to_owned()
    } else if glued {
        let rest = String::from_utf8_lossy(&input.bytes[word.bytes.len() + 1..]);
        format!("a modem's name stands glued to its sign: `{}{rest}`", word.shown())
    } else if upper.starts_with("AT") && text.len() <= SHORT {
        format!("to send it write `> {text}`")
    } else if (upper.starts_with('+')
        || ["OK", "ERROR", "RING", "CONNECT", "NO CARRIER", "BUSY"].contains(&upper.as_str()))
        && text.len() <= SHORT
    {
        format!("to expect it write `< {text}`")
    } else if text.starts_with("//") || text.starts_with(';') || text.starts_with("--") {
        "a comment begins with `#`".to_owned()
    } else if word.bytes.starts_with(b"..") {
        "the sign has three dots: `...`".to_owned()
    } else {
        SIGNS.to_owned()
    };
    fail(word.span(), "the line begins with no sign", help)
}

/// `"@" SP directive`
fn directive(input: Text<'_>) -> Parsed<'_, Directive> {
    let input = word_sign(input, "@ timeout 10s")?;
    let name = input.word();
    let rest = input.take_from(name.bytes.len());
    let (rest, directive) = match name.bytes {
        b"timeout" => {
            let (rest, interval) = number::duration(blank(rest, "`timeout`", "@ timeout 10s")?)?;
            (rest, Directive::Timeout(interval))
        }
        b"within" => {
            let (rest, interval) = number::duration(blank(rest, "`within`", "@ within 10s")?)?;
            (rest, Directive::Within(interval))
        }
        b"until" => until(rest)?,
        b"never" => never(rest)?,
        b"always" => (rest, Directive::Always),
        b"include" => include(rest)?,
        b"label" => {
            let (rest, text) = string(rest, "`label`", r#"@ label "First attach""#)?;
            (rest, Directive::Label(text))
        }
        b"strict" => (rest, Directive::Strict),
        b"any-order" => (rest, Directive::AnyOrder),
        b"urc" => {
            let (rest, name) =
                word(blank(rest, "`urc`", "@ urc +CRING")?, "a URC's name stands as it is: `@ urc +CRING`")?;
            (rest, Directive::Urc(name))
        }
        b"terminator" => {
            // What is sent may begin with a blank of its own.
            let text = match rest.bytes {
                [b' ', _, ..] => rest.take_from(1),
                _ => blank(rest, "`terminator`", r"@ terminator \r\n")?,
            };
            let (rest, text) = item::send(text)?;
            (rest, Directive::Terminator(text))
        }
        b"finally" => (rest, Directive::Finally),
        _ => return unknown(name, "a directive", &DIRECTIVES),
    };
    end(rest, &String::from_utf8_lossy(&input.bytes[..rest.offset - input.offset]))?;
    Ok((rest, directive))
}

/// `duration SP "every" SP duration`
fn until(input: Text<'_>) -> Parsed<'_, Directive> {
    const EXAMPLE: &str = "@ until 60s every 1s";
    let (rest, limit) = number::duration(blank(input, "`until`", EXAMPLE)?)?;
    let rest = blank(rest, "the limit", EXAMPLE)?;
    if rest.word().bytes != b"every" {
        return unknown(rest.word(), "what follows the limit", &["every"]);
    }
    let at = blank(rest.take_from(5), "`every`", EXAMPLE)?;
    let (rest, every) = number::duration(at)?;
    if every.duration.is_zero() {
        return fail(at.span_to(rest), "`every` takes more than no time", format!("write `{EXAMPLE}`"));
    }
    Ok((rest, Directive::Until { limit, every }))
}

/// `(">"|"<") SP expect`
fn never(input: Text<'_>) -> Parsed<'_, Directive> {
    const EXAMPLE: &str = "@ never < +CEREG: 1{*}";
    let at = blank(input, "`never`", EXAMPLE)?;
    let directive = match at.bytes {
        [b'>', next, ..] if *next != b'|' => Directive::NeverSend,
        [b'<', next, ..] if !matches!(next, b'|' | b'!' | b'?') => Directive::NeverExpect,
        [b'>'] => Directive::NeverSend,
        [b'<'] => Directive::NeverExpect,
        _ => {
            return fail(
                at.word().span(),
                "`never` needs to know whose lines",
                format!("`>` the host's, `<` the modem's: `{EXAMPLE}`"),
            );
        }
    };
    let (rest, pattern) = item::expect(sign(at, 1, EXAMPLE)?)?;
    Ok((rest, directive(pattern)))
}

/// `string`, which must be a plain relative path.
fn include(input: Text<'_>) -> Parsed<'_, Directive> {
    let (rest, path) = string(input, "`include`", r#"@ include "attach.atg""#)?;
    let span = path.span;
    let bytes = match path.parts.as_slice() {
        [Part::Bytes(bytes)] => bytes.clone(),
        [] => return fail(span, "the path is empty", "it is relative to this file".to_owned()),
        _ => {
            return fail(
                span,
                "the path of an include holds a value",
                "files are read before anything is bound: write the path out".to_owned(),
            );
        }
    };
    let Some(path) = String::from_utf8(bytes).ok().filter(|path| !path.contains(|c: char| c.is_control())) else {
        return fail(span, "the path of an include is not text", None);
    };
    if path.starts_with('/') || path.starts_with('\\') || path.as_bytes().get(1) == Some(&b':') {
        return fail(span, "the path of an include is absolute", "it is relative to this file".to_owned());
    }
    Ok((rest, Directive::Include(Include { path, span: Span::new(span.start, span.end), script: None })))
}
