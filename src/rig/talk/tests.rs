use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::wire::result::{CmeError, FinalResult};

/// A modem made of a script: what it is sent, and what it says then, piece by piece.
async fn talk(answers: &'static [(&'static str, &'static [&'static str])]) -> (Talk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("modem");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        for (asked, said) in answers {
            let mut came = vec![0; asked.len()];
            stream.read_exact(&mut came).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&came), *asked);
            for piece in *said {
                stream.write_all(piece.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
        std::future::pending::<()>().await;
    });
    (Talk::open(&Address::Unix(path)).await.unwrap(), folder)
}

#[tokio::test]
async fn an_answer_is_told_from_what_came_by_itself() {
    let (mut talk, _folder) = talk(&[
        ("AT+CGSN\r", &["AT+CGSN\r\r\n+CEREG: 2\r\n", "\r\n0010170012", "34569\r\n\r\nOK\r\n\r\nRING\r\n"]),
        ("AT+CSQ\r", &["\r\n+CSQ: 21,99\r\n\r\nOK\r\n"]),
    ])
    .await;
    let reply = talk.ask("AT+CGSN", None).await.unwrap();
    assert_eq!(reply.lines, ["001017001234569"]);
    assert_eq!(reply.unsolicited, ["+CEREG: 2"]);
    let reply = talk.ask("AT+CSQ", None).await.unwrap();
    assert_eq!((reply.value("+csq"), reply.unsolicited.as_slice()), (Some("21,99"), &["RING".to_owned()][..]));
}

#[tokio::test]
async fn a_text_follows_its_prompt() {
    let (mut talk, _folder) =
        talk(&[("AT+CMGS=\"+15551234567\"\r", &["\r\n> "]), ("hello\x1a", &["\r\n+CMGS: 7\r\n\r\nOK\r\n"])]).await;
    let reply = talk.ask("AT+CMGS=\"+15551234567\"", None).await.unwrap();
    assert_eq!((reply.ended, reply.lines.len()), (Ended::Prompt, 0));
    let mut said = Vec::new();
    let ended = talk.text("hello", None, |heard| said.push(format!("{heard:?}"))).await.unwrap();
    assert!(ended.is_success());
    assert_eq!(said, [r#"Answer("+CMGS: 7")"#, r#"Answer("OK")"#]);
}

#[tokio::test]
async fn what_rewrites_an_identity_is_never_sent() {
    let (mut talk, _folder) = talk(&[("AT\r", &["\r\nOK\r\n"])]).await;
    let error = talk.ask("AT+CGMI;+EGMR=1,7,\"001017001234569\"", None).await.unwrap_err();
    assert_eq!(error.to_string(), "writes the item that holds an IMEI; nothing was sent");
    assert!(talk.ask("AT", None).await.unwrap().ended.is_success());
}

#[tokio::test]
async fn silence_is_told_of_with_what_was_asked() {
    let (mut talk, _folder) = talk(&[("AT+COPS=?\r", &["\r\n+COPS: (2,"])]).await;
    let error = talk.ask("AT+COPS=?", Some(Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(error.to_string(), "no final result to `AT+COPS=?` within 20ms");
}

#[tokio::test]
async fn who_looks_on_sees_every_byte_both_ways() {
    let (plain, _folder) = talk(&[("AT+NOSUCH\r", &["\r\n+CME ERROR: 4\r\n"])]).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watching = seen.clone();
    let mut talk = plain.watched(move |way, bytes| watching.lock().unwrap().push((way, bytes.to_vec())));
    let reply = talk.ask("AT+NOSUCH", None).await.unwrap();
    assert_eq!(reply.ended, Ended::Final(FinalResult::Cme(CmeError::OPERATION_NOT_SUPPORTED)));
    assert_eq!(reply.lines, Vec::<String>::new());
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], (Way::ToModem, b"AT+NOSUCH\r".to_vec()));
    let came: Vec<u8> = seen[1..].iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    assert_eq!(came, b"\r\n+CME ERROR: 4\r\n");
}

#[tokio::test]
async fn listening_ends_with_the_line_that_was_waited_for() {
    let (mut talk, _folder) = talk(&[("AT\r", &["\r\nOK\r\n\r\n+CEREG: 2\r\n", "\r\n+CEREG: 3,,,,0,6\r\n"])]).await;
    talk.ask("AT", None).await.unwrap();
    let mut heard = Vec::new();
    let found = talk.listen(Duration::from_secs(5), |line| {
        heard.push(line.to_owned());
        line.starts_with("+CEREG: 3")
    });
    assert!(found.await.unwrap());
    assert_eq!(heard, ["+CEREG: 2", "+CEREG: 3,,,,0,6"]);
    assert!(!talk.listen(Duration::from_millis(10), |_| true).await.unwrap());
}

#[tokio::test]
async fn a_number_is_a_result_only_where_results_are_numbers() {
    let (mut talk, _folder) = talk(&[
        ("AT\r", &["\r\nOK\r\n"]),
        ("AT+FCLASS?\r", &["\r\n0\r\n", "\r\nOK\r\n"]),
        ("ATV0\r", &["0\r"]),
        ("AT+NOSUCH\r", &["4\r"]),
    ])
    .await;
    talk.ask("AT", None).await.unwrap();
    assert_eq!(talk.ask("AT+FCLASS?", None).await.unwrap().lines, ["0"]);
    assert!(talk.ask("ATV0", None).await.unwrap().ended.is_success());
    assert_eq!(talk.ask("AT+NOSUCH", None).await.unwrap().ended, Ended::Final(FinalResult::Error));
}
