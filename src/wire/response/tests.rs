use proptest::prelude::*;

use super::*;

/// The elements of `input`, fed in pieces of `size`, one a line; neighbouring runs of data are joined.
fn pieces(
    scanner: &mut Scanner,
    input: &[u8],
    sizes: impl IntoIterator<Item = usize>,
) -> Vec<(Classes, Vec<u8>, std::ops::Range<u64>)> {
    let mut out: Vec<(Classes, Vec<u8>, std::ops::Range<u64>)> = Vec::new();
    let mut push = |element: Element<'_>| match out.last_mut() {
        Some((Classes::DATA, text, span)) if element.classes == Classes::DATA && span.end == element.span.start => {
            text.extend_from_slice(element.text);
            span.end = element.span.end;
        }
        _ => out.push((element.classes, element.text.to_vec(), element.span.clone())),
    };
    let mut sizes = sizes.into_iter();
    let mut rest = input;
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let (piece, tail) = rest.split_at(size);
        scanner.feed(piece, &mut push);
        assert!(scanner.pending().len() <= scanner.framing().longest + 1, "memory is bounded");
        rest = tail;
    }
    while let Some(element) = scanner.finish() {
        push(element);
    }
    assert_eq!(scanner.position(), input.len() as u64, "each byte is accounted for");
    out
}

fn written(elements: &[(Classes, Vec<u8>, std::ops::Range<u64>)]) -> String {
    elements.iter().map(|(classes, text, _)| format!("{classes} \"{}\"\n", text.escape_ascii())).collect()
}

fn play(input: &[u8]) -> String {
    play_with(Expectation::default(), Framing::default(), b"", input)
}

fn play_with(expectation: Expectation, framing: Framing, sent: &[u8], input: &[u8]) -> String {
    let with = |sizes: &mut dyn Iterator<Item = usize>| {
        let mut scanner = Scanner::new(framing, expectation.clone());
        scanner.sent(sent);
        pieces(&mut scanner, input, sizes)
    };
    let whole = with(&mut std::iter::empty());
    for size in [1, 2, 3, 7, 64] {
        assert_eq!(with(&mut std::iter::repeat(size)), whole, "in pieces of {size}");
    }
    for at in 1..input.len().min(400) {
        assert_eq!(with(&mut [at].into_iter()), whole, "cut at {at}");
    }
    written(&whole)
}

fn after_sending(sent: &[u8], input: &[u8]) -> String {
    play_with(Expectation::default(), Framing::default(), sent, input)
}

#[test]
fn an_error_before_an_ok_in_one_read_stays_the_error() {
    insta::assert_snapshot!(play(b"\r\nERROR\r\n\r\n+CSQ: 1,2\r\n\r\nOK\r\n"), @r#"
    final "ERROR"
    information "+CSQ: 1,2"
    final "OK"
    "#);
}

#[test]
fn an_echo_is_what_was_sent_and_no_line() {
    insta::assert_snapshot!(after_sending(b"AT+CGSN\r", b"AT+CGSN\r\r\n490154203237518\r\n\r\nOK\r\n"), @r#"
    echo "AT+CGSN"
    information "490154203237518"
    final "OK"
    "#);
}

proptest! {
    #[test]
    fn any_bytes_cut_anywhere_give_the_same_elements(
        input in proptest::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\r'), 1 => Just(b'\n'), 1 => Just(b'"'), 1 => Just(b'+')], 0..300),
        sizes in proptest::collection::vec(1usize..40, 0..80),
    ) {
        let whole = pieces(&mut Scanner::default(), &input, []);
        prop_assert_eq!(pieces(&mut Scanner::default(), &input, sizes), whole);
    }
}
