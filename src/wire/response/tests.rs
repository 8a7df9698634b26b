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
        assert!(scanner.pending().len() <= scanner.framing().longest.max(16) + 1, "memory is bounded");
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
fn the_first_final_result_decides_though_another_comes_in_the_same_read() {
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

#[test]
fn where_there_is_no_echo_the_first_line_is_kept() {
    insta::assert_snapshot!(after_sending(b"AT+CGSN\r", b"\r\n490154203237518\r\n\r\nOK\r\n"), @r#"
    information "490154203237518"
    final "OK"
    "#);
}

#[test]
fn a_line_before_the_echo_is_kept_and_the_echo_still_found() {
    insta::assert_snapshot!(after_sending(b"ATI\r", b"\r\nRING\r\nATI\r\r\nAG-1\r\n\r\nOK\r\n"), @r#"
    unsolicited "RING"
    echo "ATI"
    information "AG-1"
    final "OK"
    "#);
}

#[test]
fn text_after_a_prompt_is_echo_too() {
    insta::assert_snapshot!(after_sending(b"AT+CMGS=\"441234567890\"\rBody\x1a", b"AT+CMGS=\"441234567890\"\r\r\n> Body\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n"), @r#"
    echo "AT+CMGS=\"441234567890\""
    prompt "> "
    echo "Body\x1a"
    information "+CMGS: 7"
    final "OK"
    "#);
}

#[test]
fn what_ends_a_text_need_not_come_back_with_it() {
    insta::assert_snapshot!(after_sending(b"AT+CMGS=\"1\"\rBody\x1a", b"AT+CMGS=\"1\"\r\r\n> Body\r\n+CMGS: 7\r\n\r\nOK\r\n"), @r#"
    echo "AT+CMGS=\"1\""
    prompt "> "
    echo "Body"
    information "+CMGS: 7"
    final "OK"
    "#);
}

#[test]
fn a_report_in_text_mode_has_no_line_below_it() {
    insta::assert_snapshot!(play(b"\r\n+CDS: 6,1,\"1\",129\r\n\r\nOK\r\n\r\n+CDS: 25\r\n0006\r\n\r\nOK\r\n"), @r#"
    unsolicited "+CDS: 6,1,\"1\",129"
    final "OK"
    unsolicited "+CDS: 25"
    body "0006"
    final "OK"
    "#);
}

#[test]
fn several_lines_of_text_are_echoed_with_a_prompt_each() {
    insta::assert_snapshot!(after_sending(b"AT+CMGS=\"1\"\rone\rtwo\x1a", b"AT+CMGS=\"1\"\r\r\n> one\r\n> two\x1a\r\n+CMGS: 7\r\nOK\r\n"), @r#"
    echo "AT+CMGS=\"1\""
    prompt "> "
    echo "one"
    prompt "> "
    echo "two\x1a"
    information "+CMGS: 7"
    final "OK"
    "#);
}

#[test]
fn a_command_that_nobody_announced_may_be_an_echo() {
    insta::assert_snapshot!(play(b"AT+CMGS=\"441234567890\"\r\n> \r\nBody\x00\x1a\r\nOK\r\n"), @r#"
    echo|information "AT+CMGS=\"441234567890\""
    prompt "> "
    information|garbage "Body\x00\x1a"
    final "OK"
    "#);
}

#[test]
fn raw_quotes_inside_a_string_do_not_close_it() {
    insta::assert_snapshot!(play(b"\r\n+QMTRECV: 1,0\r\n+QMTRECV: 1,0,\"t/dev/commands\",16,\"{\"cmd\": \"blink\"}\"\r\n\r\nOK\r\n"), @r#"
    unsolicited "+QMTRECV: 1,0"
    unsolicited "+QMTRECV: 1,0,\"t/dev/commands\",16,\"{\"cmd\": \"blink\"}\""
    final "OK"
    "#);
}

#[test]
fn the_length_decides_where_a_payload_ends() {
    insta::assert_snapshot!(play(b"\r\n+USORD: 0,10,\"\r\nOK\r\nabcd\"\r\n\r\nOK\r\n"), @r#"
    information|unsolicited "+USORD: 0,10,\"\r\nOK\r\nabcd\""
    final "OK"
    "#);
}

#[test]
fn a_payload_in_hexadecimal_is_twice_its_length_and_still_one_line() {
    insta::assert_snapshot!(play(b"+USORD: 0,4,\"90030002\"\r\nOK\r\n"), @r#"
    information|unsolicited "+USORD: 0,4,\"90030002\""
    final "OK"
    "#);
}

#[test]
fn a_payload_that_never_ends_is_told_at_the_end() {
    insta::assert_snapshot!(play(b"+URDFILE: \"response.txt\",655,\"HTTP/1.1 400 Bad Request\r\nContent-Type: text\r\n"), @r#"information|unsolicited|partial "+URDFILE: \"response.txt\",655,\"HTTP/1.1 400 Bad Request\r\nContent-Type: text\r\n""#);
}

#[test]
fn a_line_end_inside_a_string_belongs_to_it() {
    insta::assert_snapshot!(play(b"+CPBR: 241,\"\x0e\x04\n\xa1$_   \",129,\"O2 AsistZahr\",0\r\nOK\r\n"), @r#"
    information "+CPBR: 241,\"\x0e\x04\n\xa1$_   \",129,\"O2 AsistZahr\",0"
    final "OK"
    "#);
}

#[test]
fn a_text_of_several_lines_is_one_element() {
    insta::assert_snapshot!(play(b"+CUSD: 2,\"You have the following remaining balances:\n0 free minutes\n20 MORE Weekend minutes \",15\r\n"), @r#"information|unsolicited "+CUSD: 2,\"You have the following remaining balances:\n0 free minutes\n20 MORE Weekend minutes \",15""#);
}

#[test]
fn a_quote_in_the_middle_of_a_field_opens_nothing() {
    insta::assert_snapshot!(play(b"+CPMS: (ME\", \"SR\"), (\"ME\", \"SR\"), (\"ME\")\nOK\n\n"), @r#"
    information "+CPMS: (ME\", \"SR\"), (\"ME\", \"SR\"), (\"ME\")"
    final "OK"
    "#);
}

#[test]
fn a_group_that_closes_too_often_is_still_one_line() {
    insta::assert_snapshot!(play(b"+COPS: (2,\"\",\"T-Mobile\",\"31026\",0),(2,\"T - Mobile\",\"T - Mobile\",\"310260\"),2),(1,\"AT&T\",\"AT&T\",\"310410\"),0)\r\n"), @r#"information "+COPS: (2,\"\",\"T-Mobile\",\"31026\",0),(2,\"T - Mobile\",\"T - Mobile\",\"310260\"),2),(1,\"AT&T\",\"AT&T\",\"310410\"),0)""#);
}

#[test]
fn a_lost_quote_costs_one_line() {
    insta::assert_snapshot!(play(b"\r\n+COPS: 0,0,\"Lost\r\n\r\nplain text\r\nmore\r\n\r\nOK\r\n+CREG: 1\r\n"), @r#"
    information "+COPS: 0,0,\"Lost"
    information "plain text"
    information "more"
    final "OK"
    information|unsolicited "+CREG: 1"
    "#);
}

#[test]
fn cr_cr_lf_frames_a_line() {
    insta::assert_snapshot!(play(b"\r\r\nRING\r\r\n"), @r#"unsolicited "RING""#);
}

#[test]
fn a_lone_cr_ends_a_line() {
    insta::assert_snapshot!(play(b"+CEREG: 2,\"76C1\",\"0102DA04\", 7\rOK\r\n"), @r#"
    information|unsolicited "+CEREG: 2,\"76C1\",\"0102DA04\", 7"
    final "OK"
    "#);
}

#[test]
fn a_lone_lf_ends_a_line() {
    insta::assert_snapshot!(play(b"+CSQ: 1,2\nOK\n"), @r#"
    information "+CSQ: 1,2"
    final "OK"
    "#);
}

#[test]
fn two_lines_glued_together_are_one() {
    insta::assert_snapshot!(play(b"+CREG: 1,\"FFFE\",\"341B50D\", 8+CREG: 1,\"FFFE\",\"341B50D\", 8\r\n"), @r#"information|unsolicited "+CREG: 1,\"FFFE\",\"341B50D\", 8+CREG: 1,\"FFFE\",\"341B50D\", 8""#);
}

#[test]
fn a_payload_behind_a_colon_needs_no_line_end() {
    insta::assert_snapshot!(play(b"+IPD,0,27,104.154.97.9,443:{\"nics_dev\":{\"curTemp\":69}}0,CLOSED"), @r#"
    unsolicited "+IPD,0,27,104.154.97.9,443:"
    data "{\"nics_dev\":{\"curTemp\":69}}"
    information|partial "0,CLOSED"
    "#);
}

#[test]
fn a_payload_behind_a_line_end_needs_its_length() {
    insta::assert_snapshot!(play(b"+RECEIVE,0,6:\r\n\r\nOK\r\n\r\nOK\r\n"), @r#"
    unsolicited "+RECEIVE,0,6:"
    data "\r\nOK\r\n"
    final "OK"
    "#);
}

#[test]
fn no_space_after_the_colon_is_needed() {
    insta::assert_snapshot!(play(b"^SYSCFG:(2,13,14,16),(0),((2000000400380,\"GSM900/GSM1800/WCDMA900/WCDMA2100\"),(3fffffff,\"All bands\")),(0-2)\r\n+IPR:9600\r\n"), @r#"
    information|unsolicited "^SYSCFG:(2,13,14,16),(0),((2000000400380,\"GSM900/GSM1800/WCDMA900/WCDMA2100\"),(3fffffff,\"All bands\")),(0-2)"
    information "+IPR:9600"
    "#);
}

#[test]
fn nuls_before_a_line_are_skipped() {
    insta::assert_snapshot!(play(b"\x00\x00\r\nRDY\r\n"), @r#"unsolicited "RDY""#);
}

#[test]
fn noise_before_a_result_is_taken_off_it() {
    insta::assert_snapshot!(play(b"\xff\xfe\x80OK\r\n\xff\xc0\r\nRDY\r\n"), @r#"
    garbage "\xff\xfe\x80"
    final "OK"
    information|garbage "\xff\xc0"
    unsolicited "RDY"
    "#);
}

#[test]
fn connect_begins_data_until_somebody_says_otherwise() {
    insta::assert_snapshot!(play(b"\r\nCONNECT 115200\r\n~\xff}#\r\nOK\r\n"), @r#"
    intermediate "CONNECT 115200"
    data "~\xff}#\r\nOK\r\n"
    "#);
}

#[test]
fn a_recording_leaves_data_state_where_a_result_stands() {
    insta::assert_snapshot!(play_with(Expectation { connect: Connect::DataUntilResult, ..Expectation::default() }, Framing::default(), b"", b"\r\nCONNECT\r\n~\xff\r\nNO CARR~\r\nNO CARRIER\r\n\r\nRING\r\n"), @r#"
    intermediate "CONNECT"
    data "~\xff\r\nNO CARR~"
    final|unsolicited "NO CARRIER"
    unsolicited "RING"
    "#);
}

#[test]
fn connect_to_a_socket_is_a_line_where_the_command_says_so() {
    insta::assert_snapshot!(play_with(Expectation::after(b"AT+CIPSTART=0"), Framing::default(), b"", b"0,CONNECT\r\nCONNECT\r\n\r\nOK\r\n"), @r#"
    information "0,CONNECT"
    intermediate "CONNECT"
    final "OK"
    "#);
}

#[test]
fn a_read_of_a_socket_awaits_its_payload() {
    insta::assert_snapshot!(play_with(Expectation::after(b"AT+QIRD=0,1500"), Framing::default(), b"", b"\r\n+QIRD: 8\r\n\r\nERROR\r\n\r\nOK\r\n"), @r#"
    information|unsolicited "+QIRD: 8"
    data "\r\nERROR\r"
    final "OK"
    "#);
}

#[test]
fn a_file_behind_connect_and_a_length_is_no_data_state() {
    insta::assert_snapshot!(play_with(Expectation::after(b"AT+QFDWL=\"a\""), Framing::default(), b"", b"\r\nCONNECT 6\r\nab\r\ncd\r\n+QFDWL: 6,0\r\n\r\nOK\r\n"), @r#"
    intermediate "CONNECT 6"
    data "ab\r\ncd"
    information|unsolicited "+QFDWL: 6,0"
    final "OK"
    "#);
}

#[test]
fn a_number_is_a_result_where_results_are_numbers() {
    insta::assert_snapshot!(play_with(Expectation { numeric: Some(true), ..Expectation::default() }, Framing::default(), b"AT\r", b"AT\r0\r2\r+CSQ: 1,2\r\n4\r1\r~"), @r#"
    echo "AT"
    final "0"
    unsolicited "2"
    information "+CSQ: 1,2"
    final "4"
    intermediate "1"
    data "~"
    "#);
}

#[test]
fn a_number_may_be_a_result_where_nobody_knows() {
    insta::assert_snapshot!(play(b"0\r12345\r\n"), @r#"
    information|final "0"
    information "12345"
    "#);
}

#[test]
fn other_line_ends_are_s3_and_s4() {
    insta::assert_snapshot!(play_with(Expectation::default(), Framing { s3: 30, s4: 31, ..Framing::default() }, b"", b"\x1e\x1f+CSQ: 1,2\x1e\x1f\x1e\x1fOK\x1e\x1f"), @r#"
    information "+CSQ: 1,2"
    final "OK"
    "#);
}

#[test]
fn by_the_standard_a_line_end_ends_a_string() {
    insta::assert_snapshot!(play_with(Expectation::default(), Framing { quotes: Quotes::Strict, ..Framing::default() }, b"", b"+CUSD: 2,\"one\ntwo\",15\r\n"), @r#"
    information|unsolicited "+CUSD: 2,\"one"
    information "two\",15"
    "#);
}

#[test]
fn a_line_that_is_too_long_comes_in_parts_and_the_next_is_clean() {
    insta::assert_snapshot!(play_with(Expectation::default(), Framing { longest: 10, ..Framing::default() }, b"", b"+CLAC: 0123456789abcdefghijk\r\nOK\r\n+CSQ: 1,2\r\n"), @r#"
    overflow "+CLAC: 012"
    overflow "3456789abc"
    overflow "defghijk"
    final "OK"
    information "+CSQ: 1,2"
    "#);
}

#[test]
fn a_pdu_follows_its_header_whatever_cuts_in() {
    insta::assert_snapshot!(play(b"+CMGL: 1,0,,24\r\n07911326060032F0\r\n+CMGL: 2,1,,24\r\n07911326060032F1\r\n\r\nOK\r\n"), @r#"
    information "+CMGL: 1,0,,24"
    body "07911326060032F0"
    information "+CMGL: 2,1,,24"
    body "07911326060032F1"
    final "OK"
    "#);
}

#[test]
fn a_urc_between_header_and_pdu_is_no_pdu() {
    insta::assert_snapshot!(play_with(Expectation { body: Body::Pdu, ..Expectation::default() }, Framing::default(), b"", b"+CMGR: 0,,24\r\n+CREG: 1\r\n07911326060032F0\r\n\r\nOK\r\n"), @r#"
    information "+CMGR: 0,,24"
    information|unsolicited "+CREG: 1"
    body "07911326060032F0"
    final "OK"
    "#);
}

#[test]
fn a_message_that_says_ok_is_no_result_in_text_mode() {
    insta::assert_snapshot!(play_with(Expectation { body: Body::Text, ..Expectation::default() }, Framing::default(), b"", b"+CMT: \"+15551234567\",,\"26/11/22\"\r\nOK\r\nRING\r\n"), @r#"
    unsolicited "+CMT: \"+15551234567\",,\"26/11/22\""
    body "OK"
    unsolicited "RING"
    "#);
}

#[test]
fn a_message_that_says_ok_may_be_a_result_where_nobody_knows() {
    insta::assert_snapshot!(play(b"+CMT: \"+15551234567\",,\"26/11/22\"\r\nOK\r\n"), @r#"
    unsolicited "+CMT: \"+15551234567\",,\"26/11/22\""
    final|body "OK"
    "#);
}

#[test]
fn a_prompt_of_one_character_takes_its_blank() {
    insta::assert_snapshot!(play_with(Expectation { prompts: vec![b">".into(), b"@".into()], ..Expectation::default() }, Framing::default(), b"", b"\r\n>\r\n> @\r\nOK\r\n"), @r#"
    prompt ">"
    prompt ">"
    prompt "@"
    final "OK"
    "#);
}

#[test]
fn what_no_command_asked_for_is_unsolicited() {
    insta::assert_snapshot!(play_with(Expectation { answer: Answer::Nothing, ..Expectation::default() }, Framing::default(), b"", b"+CREG: 5\r\n+CSQ: 1,2\r\nNO CARRIER\r\nHello\r\n"), @r#"
    unsolicited "+CREG: 5"
    unsolicited "+CSQ: 1,2"
    final|unsolicited "NO CARRIER"
    unsolicited "Hello"
    "#);
}

#[test]
fn another_name_than_the_awaited_is_unsolicited() {
    insta::assert_snapshot!(play_with(Expectation { answer: Answer::Named(vec![b"+CREG".to_vec(), b"+CSQ".to_vec()]), ..Expectation::default() }, Framing::default(), b"", b"+CSQ: 1,2\r\n+CGREG: 1\r\n+CREG: 0,1\r\nOK\r\n"), @r#"
    information "+CSQ: 1,2"
    unsolicited "+CGREG: 1"
    information|unsolicited "+CREG: 0,1"
    final "OK"
    "#);
}

#[test]
fn results_of_the_standard_and_of_makers() {
    insta::assert_snapshot!(play(b"OK\r\nERROR\r\nNO CARRIER\r\nBUSY\r\nNO ANSWER\r\nNO DIALTONE\r\nNO DIAL TONE\r\nDELAYED\r\nBLACKLISTED\r\n+CME ERROR: 106\r\n+CME ERROR: SIM not inserted\r\n+CMS ERROR: 500\r\n+CIS ERROR: 1\r\nSEND OK\r\nCOMMAND NOT SUPPORT\r\nOKAY\r\n+CME ERRORS\r\n"), @r#"
    final "OK"
    final "ERROR"
    final|unsolicited "NO CARRIER"
    final "BUSY"
    final "NO ANSWER"
    final "NO DIALTONE"
    final "NO DIAL TONE"
    information|final "DELAYED"
    information|final "BLACKLISTED"
    final "+CME ERROR: 106"
    final "+CME ERROR: SIM not inserted"
    final "+CMS ERROR: 500"
    final "+CIS ERROR: 1"
    information|final|unsolicited "SEND OK"
    information|final "COMMAND NOT SUPPORT"
    information "OKAY"
    information|unsolicited "+CME ERRORS"
    "#);
}

#[test]
fn a_payload_that_another_head_follows_at_once() {
    insta::assert_snapshot!(play(b"+USORD: 0,4,\"abcd\"+USORD: 0,4,\"+RECEIVE,0,3:\r\n\r\nOK\r\n"), @r#"
    information|unsolicited "+USORD: 0,4,\"abcd\"+USORD: 0,4,\"+RECEIVE,0,3:"
    final "OK"
    "#);
}

#[test]
fn an_unsolicited_line_may_cut_into_an_answer() {
    insta::assert_snapshot!(play(b"\r\n+CSQ: 21,99\r\n\r\n+CREG: 5\r\n\r\nRING\r\n\r\nOK\r\n"), @r#"
    information "+CSQ: 21,99"
    information|unsolicited "+CREG: 5"
    unsolicited "RING"
    final "OK"
    "#);
}

/// Parts of which traffic is made, and of which parsers break.
const PARTS: &[&str] = &[
    "\r\n",
    "\r",
    "\n",
    "\r\r\n",
    "OK",
    "ERROR",
    "+CME ERROR: 6",
    "+CSQ: 21,99",
    "\r\nOK\r\n",
    "AT",
    "AT+CSQ\r",
    "> ",
    ">",
    "+CUSD: 2,\"one",
    "two\",15",
    "\"",
    "+USORD: 0,4,\"",
    "abcd\"",
    "+IPD,5:",
    "hello",
    "+RECEIVE,0,3:\r\n",
    "+CMGL: 1,0,,9\r\n",
    "0791",
    "CONNECT\r\n",
    "\r\nNO CARRIER\r\n",
    "RING",
    "0\r",
    "\u{0}",
    "\u{fe}",
    "+",
    ":",
    ",",
    "(",
    ")",
    " ",
    "+++",
    "\u{1a}",
    "+URDFILE: \"a\",99999,\"",
];

fn expectations() -> impl Strategy<Value = Expectation> {
    let connect = prop_oneof![Just(Connect::Data), Just(Connect::DataUntilResult), Just(Connect::Lines)];
    let body = prop_oneof![Just(Body::Unknown), Just(Body::Pdu), Just(Body::Text)];
    let answer = prop_oneof![Just(Answer::Unknown), Just(Answer::Nothing), Just(Answer::Named(vec![b"+CSQ".to_vec()]))];
    let prompts = prop_oneof![Just(vec![]), Just(vec!["> "]), Just(vec![">", "@"])];
    let numeric = prop_oneof![Just(None), Just(Some(true)), Just(Some(false))];
    (connect, body, answer, prompts, numeric).prop_map(|(connect, body, answer, prompts, numeric)| Expectation {
        answer,
        prompts: prompts.into_iter().map(|prompt| prompt.as_bytes().into()).collect(),
        body,
        numeric,
        connect,
        ..Expectation::default()
    })
}

fn framings() -> impl Strategy<Value = Framing> {
    let quotes = prop_oneof![Just(Quotes::Strict), Just(Quotes::Tolerant)];
    let ends = prop_oneof![4 => Just((13, 10)), 1 => Just((10, 13)), 1 => Just((33, 10)), 1 => Just((34, 10)), 1 => Just((13, 13))];
    let longest = prop_oneof![3 => Just(8192usize), 1 => 0usize..40];
    (quotes, ends, longest).prop_map(|(quotes, (s3, s4), longest)| Framing { s3, s4, quotes, longest })
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

    #[test]
    fn traffic_cut_anywhere_gives_the_same_elements_in_every_context(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
        sizes in proptest::collection::vec(1usize..12, 0..200),
        expectation in expectations(),
        framing in framings(),
        sent in prop_oneof![Just(""), Just("AT+CSQ\r"), Just("AT\rhello\u{1a}")],
    ) {
        let input = parts.concat().into_bytes();
        let with = |sizes: Vec<usize>| {
            let mut scanner = Scanner::new(framing, expectation.clone());
            scanner.sent(sent.as_bytes());
            pieces(&mut scanner, &input, sizes)
        };
        let whole = with(vec![]);
        prop_assert_eq!(with(vec![1; input.len()]), whole.clone());
        prop_assert_eq!(with(sizes), whole);
    }

    #[test]
    fn between_two_elements_lie_only_blanks(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40)) {
        let input = parts.concat().into_bytes();
        let mut at = 0;
        for (_, text, span) in pieces(&mut Scanner::default(), &input, []) {
            let (begin, end) = (span.start as usize, span.end as usize);
            prop_assert!(input[at..begin].iter().all(|byte| b"\r\n\0 \"".contains(byte)), "{}", input.escape_ascii());
            prop_assert!(input[begin..end].starts_with(&text), "{}", input.escape_ascii());
            prop_assert!(end - begin <= text.len() + 1);
            at = end;
        }
        prop_assert!(input[at..].iter().all(|byte| b"\r\n\0 \"".contains(byte)));
    }
}

/// The corpus lies beside the project; where it is absent the test says so.
fn corpus() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/dialogues.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("no corpus at {path}: nothing to test");
        return Vec::new();
    };
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            unescaped(row["bytes"].as_str().unwrap())
        })
        .collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match (character, (character == '\\').then(|| rest.next()).flatten()) {
            (_, Some('r')) => out.push(b'\r'),
            (_, Some('n')) => out.push(b'\n'),
            (_, Some('t')) => out.push(b'\t'),
            (_, Some('x')) => {
                let digits: String = rest.by_ref().take(2).collect();
                out.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            (_, Some(other)) => out.extend(other.to_string().bytes()),
            (character, None) => out.extend(character.to_string().bytes()),
        }
    }
    out
}

#[test]
fn each_row_of_the_corpus_gives_the_same_elements_however_it_is_cut() {
    for row in corpus() {
        let whole = pieces(&mut Scanner::default(), &row, []);
        for size in [1, 3, 7, 64] {
            let cut = pieces(&mut Scanner::default(), &row, std::iter::repeat(size));
            assert_eq!(cut, whole, "{} in pieces of {size}", row.escape_ascii());
        }
    }
}

#[test]
fn each_row_of_the_corpus_can_be_read_to_its_last_field() {
    let mut fields = 0;
    for row in corpus() {
        let mut scanner = Scanner::default();
        let mut each = |element: Element<'_>| {
            for field in element.fields() {
                fields += 1;
                let begin = field.raw.as_ptr() as usize - element.text.as_ptr() as usize;
                assert!(begin + field.raw.len() <= element.text.len(), "a field lies in its line");
                assert!(field.group().is_none_or(|group| group.count() <= field.raw.len()));
            }
        };
        scanner.feed(&row, &mut each);
        while let Some(element) = scanner.finish() {
            each(element);
        }
    }
    eprintln!("{fields} fields");
}

#[test]
fn an_element_that_lies_whole_in_a_piece_is_borrowed_from_it() {
    let input = b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n";
    let mut scanner = Scanner::default();
    let mut piece = &input[..];
    let mut texts = 0;
    while let Some(element) = scanner.next(&mut piece) {
        assert!(input.as_ptr_range().contains(&element.text.as_ptr()), "no copy");
        texts += 1;
    }
    assert_eq!(texts, 2);
}

#[test]
fn a_quiet_line_gives_up_a_lost_quote() {
    let mut scanner = Scanner::default();
    let mut lines = 0;
    scanner.feed(b"+COPS: 0,0,\"Lost\r\nmore", |_| lines += 1);
    assert_eq!(lines, 0, "the string may go on");
    assert_eq!(scanner.settle().map(|element| element.text.to_vec()), Some(b"+COPS: 0,0,\"Lost".to_vec()));
    assert!(scanner.settle().is_none(), "what has no line end stays");
    assert_eq!(scanner.pending(), b"more");
}

#[test]
fn bytes_that_are_announced_raw_are_no_lines() {
    let mut scanner = Scanner::default();
    scanner.raw(6);
    let mut seen = Vec::new();
    scanner.feed(b"\r\nOK\r\nOK\r\n", |element| seen.push(format!("{element:?}")));
    assert_eq!(seen, [r#"data "\r\nOK\r\n""#, r#"final "OK""#]);
}

#[test]
fn data_state_ends_when_it_is_told() {
    let mut scanner = Scanner::default();
    let mut seen = Vec::new();
    scanner.feed(b"CONNECT\r\nabc", |element| seen.push(format!("{element:?}")));
    assert!(scanner.is_data());
    scanner.end_data();
    scanner.feed(b"\r\nOK\r\n", |element| seen.push(format!("{element:?}")));
    assert_eq!(seen, [r#"intermediate "CONNECT""#, r#"data "abc""#, r#"final "OK""#]);
}
