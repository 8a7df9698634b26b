use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// What an assembler with S3 = CR and S5 = BS makes of `input`, one word a byte that did something.
fn play(assembler: &mut LineAssembler, input: &[u8]) -> String {
    let mut story = String::new();
    for &byte in input {
        let outcome = assembler.push(byte, CARRIAGE_RETURN, BACKSPACE);
        tell(assembler, outcome, &mut story);
    }
    story
}

fn tell(assembler: &LineAssembler, outcome: Assembled, story: &mut String) {
    let word = match outcome {
        Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => return,
        Assembled::Line => "line",
        Assembled::Repeat => "repeat",
        Assembled::TooLong => "too long",
    };
    writeln!(story, "{word} {}", assembler.body().escape_ascii()).expect("a String takes it");
}

fn lines(input: &[u8]) -> String {
    play(&mut LineAssembler::default(), input)
}

#[test]
fn a_line_ends_with_s3_and_the_prefix_is_taken_in_any_case() {
    insta::assert_snapshot!(lines(b"AT+CSQ\rate0\rAt+cgmi\raTI\r"), @r"
    line +CSQ
    line e0
    line +cgmi
    line I
    ");
}

#[test]
fn what_stands_before_the_prefix_is_dropped() {
    insta::assert_snapshot!(lines(b"\x1b\r\r\n~}xAATZ\r  ATI\r"), @r"
    line Z
    line I
    ");
}

#[test]
fn a_line_feed_after_or_before_cr_is_no_line_and_no_character() {
    insta::assert_snapshot!(lines(b"AT\r\nATI\n\r\n\rATE0\r"), @r"
    line 
    line I
    line E0
    ");
    let mut assembler = LineAssembler::default();
    assert_eq!(assembler.push(b'\n', CARRIAGE_RETURN, BACKSPACE), Assembled::Swallowed);
}

#[test]
fn a_slash_needs_no_terminator_and_repeats_the_last_line() {
    insta::assert_snapshot!(lines(b"A/AT+CSQ\ra/A/\rATI\rA/"), @r"
    repeat 
    line +CSQ
    repeat +CSQ
    repeat +CSQ
    line I
    repeat I
    ");
}

#[test]
fn a_slash_inside_other_text_repeats_nothing() {
    insta::assert_snapshot!(lines(b"ATI\rMEDIA/MORE\r"), @"line I");
}

#[test]
fn what_follows_a_terminator_is_the_next_line_or_nothing() {
    insta::assert_snapshot!(lines(b"ATDT -1234567890ABCDPSTW*#+,!@\r;\rATI\r"), @r"
    line DT -1234567890ABCDPSTW*#+,!@
    line I
    ");
    insta::assert_snapshot!(lines(b"AT+CMGS=\"+15551234567\"\r\n> \r\nBody\x00\x1a\r\nOK\r\nAT\r\n"), @r#"
    line +CMGS=\"+15551234567\"
    line
    "#);
}

#[test]
fn backspace_edits_the_body_but_not_the_prefix() {
    insta::assert_snapshot!(lines(b"ATX\x08\x08\x08E1\x080\rA\x08AT&F\r"), @r"
    line E0
    line &F
    ");
}

#[test]
fn s3_is_looked_for_before_s5() {
    let mut assembler = LineAssembler::default();
    let outcomes = b"ATI!".map(|byte| assembler.push(byte, b'!', b'!'));
    assert_eq!(outcomes[3], Assembled::Line);
    assert_eq!(assembler.body(), b"I");
}

#[test]
fn a_line_may_end_with_the_s3_that_it_has_set_itself() {
    let mut assembler = LineAssembler::default();
    assert_eq!(assembler.feed(b"ATS3=30\rATI\x1e", 13, 8), (8, Assembled::Line));
    assert_eq!(assembler.feed(b"ATI\x1e", 30, 8), (4, Assembled::Line));
}

#[test]
fn other_control_characters_and_nul_vanish() {
    insta::assert_snapshot!(lines(b"\0\0AT\x00+C\x1bG\x11MI\x7f\r"), @"line +CGMI");
}

#[test]
fn the_eighth_bit_is_dropped_where_that_is_asked_for() {
    let mut assembler = LineAssembler::default();
    insta::assert_snapshot!(play(&mut assembler, b"AT\xc3\xa9\r"), @r"line \xc3\xa9");
    assembler.ignore_eighth_bit(true);
    insta::assert_snapshot!(play(&mut assembler, b"\xc1\xd4\xc9\x8d"), @"line I");
}

#[test]
fn a_line_that_is_too_long_is_told_at_its_end_and_the_next_is_clean() {
    let mut assembler = LineAssembler::new(4);
    insta::assert_snapshot!(play(&mut assembler, b"AT1234\rAT12345\rA/ATI\rA/"), @r"
    line 1234
    too long 
    too long 
    line I
    repeat I
    ");
}

#[test]
fn an_idle_assembler_owns_no_memory() {
    let mut assembler = LineAssembler::default();
    play(&mut assembler, b"garbage\r\n\r\nA/");
    assert_eq!(assembler.body.capacity(), 0);
    play(&mut assembler, b"ATI\r");
    assembler.clear();
    assert_eq!(assembler.body.capacity(), 0);
}

#[test]
fn a_body_is_found_in_a_line_of_text() {
    assert_eq!(body_of(b"AT+CSQ\r\n"), Some(&b"+CSQ"[..]));
    assert_eq!(body_of(b"\x1b at"), Some(&b""[..]));
    assert_eq!(body_of(b"hello"), None);
}

/// Bytes that mean something to an assembler, often.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(b"AaTt/\r\n\x08\0 +;\"".to_vec()),
        1 => any::<u8>(),
        6 => b' '..b'~',
    ];
    let line = prop::collection::vec(byte, 0..40).prop_map(|body| [b"AT", &body[..], b"\r"].concat());
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_cut_of_the_input_gives_the_same_lines(
        input in traffic(),
        cuts in prop::collection::vec(prop_oneof![1_usize..9, 9_usize..80], 1..60),
        maximum in 0_u16..60,
        (s3, s5) in prop_oneof![3 => Just((CARRIAGE_RETURN, BACKSPACE)), 1 => (0_u8..128, 0_u8..128)],
    ) {
        let mut whole = LineAssembler::new(maximum);
        let mut by_byte = String::new();
        for &byte in &input {
            let outcome = whole.push(byte, s3, s5);
            tell(&whole, outcome, &mut by_byte);
        }
        let mut pieces = LineAssembler::new(maximum);
        let mut story = String::new();
        let mut rest = &input[..];
        for cut in cuts.iter().cycle() {
            let mut piece = &rest[..rest.len().min(*cut)];
            rest = &rest[piece.len()..];
            while !piece.is_empty() {
                let (taken, outcome) = pieces.feed(piece, s3, s5);
                tell(&pieces, outcome, &mut story);
                piece = &piece[taken..];
            }
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(by_byte, story);
        prop_assert_eq!(whole.body(), pieces.body());
        prop_assert!(whole.body().len() <= usize::from(maximum));
    }
}
