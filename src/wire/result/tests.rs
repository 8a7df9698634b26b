use proptest::prelude::*;

use super::*;

fn formats() -> [(&'static str, ResultFormat); 5] {
    let verbose = ResultFormat::default();
    [
        ("V1", verbose),
        ("V0", ResultFormat { verbose: false, ..verbose }),
        ("V1 CMEE=1", ResultFormat { errors: ErrorForm::Numeric, ..verbose }),
        ("V0 CMEE=2", ResultFormat { verbose: false, errors: ErrorForm::Verbose, ..verbose }),
        ("Q1", ResultFormat { quiet: true, ..verbose }),
    ]
}

fn written(write: impl Fn(&ResultFormat, &mut Vec<u8>)) -> String {
    let each = formats().map(|(name, format)| {
        let mut out = Vec::new();
        write(&format, &mut out);
        if out.is_empty() { format!("{name}: nothing") } else { format!("{name}: {}", out.escape_ascii()) }
    });
    each.join("\n")
}

#[test]
fn every_number_of_table_1_finds_its_code_again() {
    for result in FinalResult::FIXED {
        if let Some(number) = result.number() {
            assert_eq!(FinalResult::from_number(number), Some(result));
        }
        assert_eq!(FinalResult::from_text(result.text().as_bytes()), Some(result));
    }
    assert_eq!(FinalResult::from_number(1), None, "CONNECT is intermediate");
    assert_eq!(FinalResult::from_number(2), None, "RING is unsolicited");
    assert_eq!(FinalResult::from_text(b"NO DIAL TONE"), Some(FinalResult::NoDialtone));
    assert_eq!(FinalResult::from_text(b"+CME ERROR"), None);
}

#[test]
fn codes_have_the_frames_of_table_3() {
    let codes = [
        ResultCode::Final(FinalResult::Ok),
        ResultCode::Final(FinalResult::NoCarrier),
        ResultCode::Connect(None),
        ResultCode::Connect(Some("115200")),
        ResultCode::Ring,
        ResultCode::Extended("+CREG: 1"),
        ResultCode::Final(FinalResult::Aborted),
    ];
    let told = codes.map(|code| format!("{code:?}\n{}", written(|format, out| format.write_result(out, code))));
    insta::assert_snapshot!(told.join("\n"), @r#"
    Final(Ok)
    V1: \r\nOK\r\n
    V0: 0\r
    V1 CMEE=1: \r\nOK\r\n
    V0 CMEE=2: 0\r
    Q1: nothing
    Final(NoCarrier)
    V1: \r\nNO CARRIER\r\n
    V0: 3\r
    V1 CMEE=1: \r\nNO CARRIER\r\n
    V0 CMEE=2: 3\r
    Q1: nothing
    Connect(None)
    V1: \r\nCONNECT\r\n
    V0: 1\r
    V1 CMEE=1: \r\nCONNECT\r\n
    V0 CMEE=2: 1\r
    Q1: nothing
    Connect(Some("115200"))
    V1: \r\nCONNECT 115200\r\n
    V0: 1\r
    V1 CMEE=1: \r\nCONNECT 115200\r\n
    V0 CMEE=2: 1\r
    Q1: nothing
    Ring
    V1: \r\nRING\r\n
    V0: 2\r
    V1 CMEE=1: \r\nRING\r\n
    V0 CMEE=2: 2\r
    Q1: nothing
    Extended("+CREG: 1")
    V1: \r\n+CREG: 1\r\n
    V0: +CREG: 1\r
    V1 CMEE=1: \r\n+CREG: 1\r\n
    V0 CMEE=2: +CREG: 1\r
    Q1: nothing
    Final(Aborted)
    V1: \r\nABORTED\r\n
    V0: ABORTED\r
    V1 CMEE=1: \r\nABORTED\r\n
    V0 CMEE=2: ABORTED\r
    Q1: nothing
    "#);
}

#[test]
fn information_keeps_its_lines_apart() {
    let told = written(|format, out| format.write_information(out, b"Atgate\nRevision 1"));
    insta::assert_snapshot!(told, @r"
    V1: \r\nAtgate\r\nRevision 1\r\n
    V0: Atgate\r\nRevision 1\r\n
    V1 CMEE=1: \r\nAtgate\r\nRevision 1\r\n
    V0 CMEE=2: Atgate\r\nRevision 1\r\n
    Q1: \r\nAtgate\r\nRevision 1\r\n
    ");
    let empty = written(|format, out| format.write_information(out, b""));
    insta::assert_snapshot!(empty, @r"
    V1: \r\n\r\n
    V0: \r\n
    V1 CMEE=1: \r\n\r\n
    V0 CMEE=2: \r\n
    Q1: \r\n\r\n
    ");
}

#[test]
fn errors_are_shown_as_cmee_has_it() {
    let told = [
        FinalResult::Cme(CmeError::ILLEGAL_ME),
        FinalResult::Cme(CmeError::new(999)),
        FinalResult::Cms(CmsError::SIM_BUSY),
    ]
    .map(|result| written(|format, out| format.write_result(out, result)));
    insta::assert_snapshot!(told.join("\n"), @r"
    V1: \r\nERROR\r\n
    V0: 4\r
    V1 CMEE=1: \r\n+CME ERROR: 106\r\n
    V0 CMEE=2: +CME ERROR: Illegal ME\r
    Q1: nothing
    V1: \r\nERROR\r\n
    V0: 4\r
    V1 CMEE=1: \r\n+CME ERROR: 999\r\n
    V0 CMEE=2: +CME ERROR: 999\r
    Q1: nothing
    V1: \r\n+CMS ERROR: 314\r\n
    V0: +CMS ERROR: 314\r
    V1 CMEE=1: \r\n+CMS ERROR: 314\r\n
    V0 CMEE=2: +CMS ERROR: (U)SIM busy\r
    Q1: nothing
    ");
}

#[test]
fn s3_and_s4_frame_what_is_said() {
    let format = ResultFormat { s3: b'!', s4: b'$', ..ResultFormat::default() };
    let mut out = Vec::new();
    format.write_information(&mut out, b"a\nb");
    format.write_result(&mut out, FinalResult::Ok);
    insta::assert_snapshot!(out.escape_ascii(), @"!$a!$b!$!$OK!$");
}

#[test]
fn an_error_is_read_as_a_number_or_as_its_text() {
    assert_eq!(CmeError::parse(b" 106"), Some(CmeError::ILLEGAL_ME));
    assert_eq!(CmeError::parse(b"Illegal ME"), Some(CmeError::ILLEGAL_ME));
    assert_eq!(CmeError::parse(b"SIM NOT INSERTED"), Some(CmeError::SIM_NOT_INSERTED));
    assert_eq!(CmeError::parse(b"999"), Some(CmeError::new(999)));
    assert_eq!(CmeError::parse(b"no such text"), None);
    assert_eq!(CmeError::parse(b"+3"), None);
    assert_eq!(CmeError::parse(b"70000"), None);
    assert_eq!(CmsError::parse(b"500"), Some(CmsError::UNKNOWN));
    assert_eq!(CmsError::parse(b"(U)SIM busy"), Some(CmsError::SIM_BUSY));
}

#[test]
fn the_causes_of_a_refused_attach_are_100_and_the_cause() {
    for cause in [103, 106, 107, 108, 111, 112, 113, 114, 115, 122, 125] {
        assert!(CmeError::new(cause).text().is_some(), "{cause}");
    }
    assert_eq!(CmeError::new(105).text(), None, "the default table has no 105");
}

proptest! {
    #[test]
    fn every_text_is_read_as_its_number(number in 0_u16..600) {
        // 122 and 157 are both congestion; the lower number is the one that is read.
        for error in [CmeError::new(number).text().and_then(|text| CmeError::parse(text.as_bytes()).map(|read| read.text() == Some(text))),
                      CmsError::new(number).text().and_then(|text| CmsError::parse(text.as_bytes()).map(|read| read.text() == Some(text)))].into_iter().flatten() {
            prop_assert!(error);
        }
        prop_assert_eq!(CmeError::parse(number.to_string().as_bytes()), Some(CmeError::new(number)));
    }
}
