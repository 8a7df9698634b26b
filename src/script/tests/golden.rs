//! The tree of a whole script, and its canonical text.

use super::super::*;

const STORY: &str = r#"+++
title    = "A blocked device is refused, says why, and is let in again"
modem    = "generic-lte"
imei     = "001017001234569"
register = { block = ["00101700123456"] }
+++

# Radio off first, so that the refusal comes where it can be seen.
> AT+CFUN=4
< OK
> AT+CGSN=1
< {imei:imei}
< OK
<! +CEREG: 2{*}
? registration.eps == "denied" and cause == 6 and register.decision == "block"
@ never < +CEREG: 1{*}
~ 10m

@ always
* register allow {imei}
* power cycle
@ until 60s every 1s
> AT+CEREG?
< +CEREG: {:int},1{*}
...
< OK
"#;

#[test]
fn a_whole_story_has_this_tree() {
    let script = parse("story.atg", STORY).expect("a sound script");
    let tree: Vec<String> = script
        .lines
        .iter()
        .map(|line| {
            let (number, _) = script.source.position(line.span.start);
            format!("{number}: {:?}", line.kind)
        })
        .collect();
    insta::assert_snapshot!(readable(&tree.join("\n")));
    insta::assert_snapshot!(format_header(&Header { text: None, ..script.header }), @r#"
    +++
    title = "A blocked device is refused, says why, and is let in again"
    modem = "generic-lte"
    imei = "001017001234569"
    register = { block = ["00101700123456"] }
    +++
    "#);
}

/// A tree without its places, which other tests tell apart, and with bytes as text.
fn readable(tree: &str) -> String {
    let mut plain = String::new();
    let mut rest = tree;
    while let Some(at) = rest.find("span: Span {").into_iter().chain(rest.find("Bytes([")).min() {
        let before = &rest[..at];
        rest = &rest[at..];
        plain.push_str(if rest.starts_with('s') { before.trim_end_matches(", ") } else { before });
        let end = rest.find([']', '}']).map_or(rest.len(), |end| end + 1);
        if let Some(numbers) = rest[..end].strip_prefix("Bytes([") {
            let bytes: Vec<u8> =
                numbers.trim_end_matches(']').split(", ").filter_map(|byte| byte.parse().ok()).collect();
            plain.push_str(&format!("Bytes(b\"{}\"", bytes.escape_ascii()));
        }
        rest = &rest[end..];
    }
    plain + rest
}

#[test]
fn a_tidy_script_stays_as_it_is() {
    let script = parse("story.atg", STORY).expect("a sound script");
    assert_eq!(format(&script), STORY);
}

#[test]
fn what_is_not_tidy_is_made_so() {
    let text = "\u{feff}+++  \r\n".replace("  ", "")
        + "title = \"x\"  \r\n+++\r\n#comment  \r\n> AT\u{e9}\u{7f}\t\\x41  b\\x20\r\n<|  \\x0D\\x0A> \\x20\r\n* fault drop 03 to host\r\n~ 1.500s\r\n\r\n? signal > -095.50dBm";
    let script = parse("untidy.atg", &text).expect("a sound script");
    insta::assert_snapshot!(format(&script), @r#"
    +++
    title = "x"
    +++
    #comment
    > AT\xC3\xA9\x7F\tA  b\x20
    <|  \r\n> \x20
    * fault drop 3
    ~ 1.5s

    ? signal > -95.5dBm
    "#);
}

#[test]
fn places_are_bytes_and_positions_are_characters() {
    let text = "\u{feff}# \u{fc}\n< \u{20ac}{x:int}\n";
    let script = parse("places.atg", text).expect("a sound script");
    let LineKind::Act { act: Act::Expect(pattern), .. } = &script.lines[1].kind else { panic!("no expectation") };
    let Item::Value(value) = &pattern.items[1] else { panic!("no value") };
    assert_eq!(&text[value.span.range()], "{x:int}");
    assert_eq!(script.source.position(value.span.start), (2, 4));
    assert_eq!(script.source.position(script.lines[0].span.start), (1, 1));
}
