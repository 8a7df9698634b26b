//! `atgate register serve`, over real sockets: every answer and every error, as its text.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use atgate::identity::Pei;
use atgate::register::List;
use atgate::register::remote::{Client, Reply};
use atgate::register::store::Address;

use crate::server::on_each_store;

/// A device that is blocked by its own entry, tracked, allowed, blocked by its TAC; and one on no list.
const BLOCKED: &str = "001017001234569";
const TRACKED: &str = "001017001234577";
const ALLOWED: &str = "001017001234585";
const OF_MODEL: &str = "001017020000007";
const UNKNOWN: &str = "001017001234593";

/// A server with a register of its own; it ends with this.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn atgate(register: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.arg("register").arg("--register").arg(register).env("ATGATE_USER", "qa");
    command
}

pub(crate) fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

impl Served {
    pub(crate) fn start(words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let register = folder.path().join("register.db");
        done(atgate(&register).args(["block", "--reason", "stolen, report 12", BLOCKED]));
        done(atgate(&register).args(["block", "--reason", "recalled", "00101702"]));
        done(atgate(&register).args(["track", "--reason", "watched", TRACKED]));
        done(atgate(&register).args(["allow", "--reason", "ours", ALLOWED]));
        Self::of(&register, folder, words)
    }

    /// Of a register that is there.
    pub(crate) fn of(register: &Path, folder: tempfile::TempDir, words: &[&str]) -> Self {
        let mut child = atgate(register)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("://").map(|(_, address)| address.parse().unwrap());
        let Some(address) = address else {
            let mut errors = String::new();
            child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
            panic!("it does not listen: {line}{errors}");
        };
        Self { child, address, folder }
    }

    /// What is answered to these bytes until the connection closes; times and dates made equal.
    pub(crate) fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        timeless(&whole(&String::from_utf8(answer).unwrap()))
    }

    /// A request with further header lines and a body, as `METHOD path`.
    pub(crate) fn ask(&self, line: &str, headers: &str, body: &str) -> String {
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let request = format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}{length}\r\n{body}");
        self.raw(request.as_bytes())
    }

    /// A JSON body to a path.
    pub(crate) fn post(&self, path: &str, body: &str) -> String {
        self.ask(&format!("POST {path}"), "content-type: application/json\r\n", body)
    }

    /// What it tells on standard error, line by line, until it ends.
    pub(crate) fn errors(&mut self) -> std::sync::mpsc::Receiver<String> {
        let errors = BufReader::new(self.child.stderr.take().unwrap());
        let (told, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        lines
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// What is told on standard error until the end, after a signal; the exit code.
    pub(crate) fn end(mut self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        self.signal(signal);
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (self.child.wait().unwrap().code(), errors)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer without the chunks in which it came, which are cut by chance.
fn whole(answer: &str) -> String {
    let Some((head, mut rest)) = answer.split_once("\r\n\r\n").filter(|(head, _)| head.contains("chunked")) else {
        return answer.to_owned();
    };
    let mut body = String::new();
    while let Some((length, chunk)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        body += &chunk[..length];
        rest = &chunk[length + 2..];
    }
    format!("{head}\r\n\r\n{body}")
}

/// Dates, times and the connection's own headers taken out; line ends as here.
fn timeless(answer: &str) -> String {
    let mut out = String::new();
    for line in answer.replace("\r\n", "\n").lines() {
        if line.starts_with("date: ") || line == "connection: close" {
            continue;
        }
        let mut rest = line;
        while let Some(at) = rest.find("\"20") {
            let (before, time) = rest.split_at(at + 1);
            out.push_str(before);
            let end = time.find('"').unwrap_or(time.len());
            out.push_str(if time[..end].ends_with('Z') { "TIME" } else { &time[..end] });
            rest = &time[end..];
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

pub(crate) fn status(pei: &str) -> String {
    format!("GET /n5g-eir-eic/v1/equipment-status?pei={pei}")
}

/// Each request with its answer.
pub(crate) fn told(served: &Served, requests: &[(&str, &str, &str)]) -> String {
    requests.iter().fold(String::new(), |mut all, (line, headers, body)| {
        let shown = [headers.trim_end(), body.trim_end()].into_iter().filter(|part| !part.is_empty());
        let shown: String = shown.map(|part| format!("\n{part}")).collect();
        writeln!(all, "> {line}{shown}\n{}", served.ask(line, headers, body)).unwrap();
        all
    })
}

#[test]
fn the_equipment_identity_check_answers_to_the_letter() {
    let served = Served::start(&[]);
    let path = "/n5g-eir-eic/v1/equipment-status";
    let known = [BLOCKED, TRACKED, ALLOWED, OF_MODEL, UNKNOWN].map(|imei| status(&format!("imei-{imei}")));
    let mut requests: Vec<(&str, &str, &str)> = known.iter().map(|line| (line.as_str(), "", "")).collect();
    let spellings = [
        "imei-00101700123456",
        "imei-001017001234560",
        "imeisv-0010170012345699",
        "imei%2D001017001234569",
        "mac-00-00-5E-00-53-01",
        "imei-12",
        "",
        "imei-001017001234569&pei=imei-001017001234569",
        "imei-001017001234569&supi=imsi-001010000000001&gpsi=msisdn-15550100&supported-features=0F&other=1",
        "imei-001017001234569&supi=imsi-1",
        "imei-001017001234569&supported-features=xyz",
    ]
    .map(status);
    requests.extend(spellings.iter().map(|line| (line.as_str(), "", "")));
    let (bare, head, post) = (format!("GET {path}"), format!("HEAD {}", &known[0][4..]), format!("POST {path}"));
    requests.extend([
        (bare.as_str(), "", ""),
        (head.as_str(), "", ""),
        (post.as_str(), "", ""),
        (known[0].as_str(), "accept: text/html\r\n", ""),
        (known[0].as_str(), "accept: application/problem+json\r\n", ""),
        ("GET /n5g-eir-eic/v2/equipment-status?pei=imei-1", "", ""),
        ("GET /n5g-eir-eic/v1/equipment", "", ""),
        ("GET /nowhere", "", ""),
    ]);
    let long = status(&format!("imei-001017001234569&x={}", "a".repeat(5000)));
    let mut all = told(&served, &requests);
    write!(all, "> GET with 5,000 characters\n{}", served.ask(&long, "", "")).unwrap();
    insta::assert_snapshot!(all);
}

fn http(builder: reqwest::ClientBuilder) -> reqwest::Client {
    // Whoever came first in this process has set one; any will do.
    drop(tokio_rustls::rustls::crypto::ring::default_provider().install_default());
    builder.no_proxy().tls_certs_only([]).build().unwrap()
}

/// Some of the requests over HTTP/2 in the clear, by prior knowledge, on the same port.
#[tokio::test]
async fn http_2_answers_the_same_on_the_same_port() {
    let served = Served::start(&[]);
    let client = http(reqwest::Client::builder().http2_prior_knowledge());
    let mut all = String::new();
    for query in ["pei=imei-001017001234569", "pei=imei-001017001234593", "pei=x", ""] {
        let url = format!("http://{}/n5g-eir-eic/v1/equipment-status?{query}", served.address);
        let answer = client.get(url).send().await.unwrap();
        let (version, status) = (answer.version(), answer.status());
        writeln!(all, "{query}: {version:?} {status} {}", answer.text().await.unwrap()).unwrap();
    }
    // Many streams at once on one connection.
    let asked = (0..200).map(|serial| {
        let url = format!("http://{}/n5g-eir-eic/v1/equipment-status?pei=imei-00101702{serial:06}0", served.address);
        let client = client.clone();
        tokio::spawn(async move { client.get(url).send().await.unwrap().status().as_u16() })
    });
    for answer in asked.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), 200);
    }
    insta::assert_snapshot!(all, @r#"
    pei=imei-001017001234569: HTTP/2.0 200 OK {"status":"BLACKLISTED"}
    pei=imei-001017001234593: HTTP/2.0 404 Not Found {"type":"about:blank","title":"Not Found","status":404,"detail":"this equipment is on no list","instance":"/n5g-eir-eic/v1/equipment-status","cause":"ERROR_EQUIPMENT_UNKNOWN"}
    pei=x: HTTP/2.0 400 Bad Request {"type":"about:blank","title":"Bad Request","status":400,"detail":"pei: expected `imei-` and 14 or 15 digits, `imeisv-` and 16, `mac-…` or `eui-…`","instance":"/n5g-eir-eic/v1/equipment-status","cause":"MANDATORY_QUERY_PARAM_INCORRECT","invalidParams":[{"param":"query pei","reason":"expected `imei-` and 14 or 15 digits, `imeisv-` and 16, `mac-…` or `eui-…`"}]}
    : HTTP/2.0 400 Bad Request {"type":"about:blank","title":"Bad Request","status":400,"detail":"pei: it is missing; ask `?pei=imei-001017001234569`","instance":"/n5g-eir-eic/v1/equipment-status","cause":"MANDATORY_QUERY_PARAM_MISSING","invalidParams":[{"param":"query pei","reason":"it is missing; ask `?pei=imei-001017001234569`"}]}
    "#);
}

#[test]
fn what_the_keeper_does_is_told_to_the_letter() {
    let served = Served::start(&[]);
    let json = "content-type: application/json\r\n";
    let all = told(
        &served,
        &[
            ("GET /v1/lists/block/entries", "", ""),
            ("GET /v1/lists/block/entries?limit=1&source=own", "", ""),
            ("GET /v1/lists/block/entries?after=101700123456.101700123456..0.1", "", ""),
            ("GET /v1/lists/block/entries?after=1", "", ""),
            ("GET /v1/lists/block/entries?offset=1", "", ""),
            ("GET /v1/lists/block/entries?source=nobody", "", ""),
            ("GET /v1/lists/block/entries?limit=0", "", ""),
            ("GET /v1/lists/block/entries?limit=x", "", ""),
            ("GET /v1/lists/block/entries?limits=1", "", ""),
            ("GET /v1/lists/grey/entries", "", ""),
            (
                "POST /v1/lists/track/entries",
                json,
                r#"{"entries":[{"entry":"00101703","until":"2099-01-01T00:00:00Z"},{"entry":"001017001234593"}],"reason":"fraud"}"#,
            ),
            (
                "POST /v1/lists/track/entries",
                json,
                r#"{"entries":[{"entry":"00101703","until":"tomorrow"}],"reason":"x"}"#,
            ),
            ("POST /v1/lists/track/entries", json, r#"{"entries":[{"entry":"12"}],"reason":"x"}"#),
            (
                "POST /v1/lists/track/entries",
                json,
                r#"{"entries":[{"entry":"00101703"},{"entry":"00101703"}],"reason":"x"}"#,
            ),
            ("POST /v1/lists/track/entries", json, r#"{"entries":[],"reason":"x"}"#),
            ("POST /v1/lists/track/entries", json, r#"{"entries":[{"entry":"00101703"}],"reason":" "}"#),
            ("POST /v1/lists/track/entries", json, r#"{"entries":"#),
            ("POST /v1/lists/track/entries", json, r#"{"entries":[],"why":"x"}"#),
            ("POST /v1/lists/track/entries", "content-type: text/plain\r\n", "x"),
            ("PUT /v1/lists/track/entries", "", ""),
            ("DELETE /v1/lists/block/entries?entry=001017001234593&reason=found", "", ""),
            ("DELETE /v1/lists/track/entries?entry=001017001234593&reason=found", "", ""),
            ("DELETE /v1/lists/track/entries?entry=001017001234593", "", ""),
            ("POST /v1/imports?list=block&source=carrier-a&dry_run=true", "", "imei\n001017001234577\n"),
            (
                "POST /v1/imports?list=block&source=carrier-a&name=a.csv",
                "",
                "\u{feff}imei\r\n001017001234577\r\n001017001234577\r\n",
            ),
            ("POST /v1/imports?list=block&source=carrier-a", "", "imei,imsi\n1,2\n\"001017001234577,\nx,\n"),
            ("POST /v1/imports?list=block&source=carrier-a", "", "imei\n"),
            ("POST /v1/imports?list=grey", "", "x"),
            ("POST /v1/imports", "", "x"),
            ("GET /v1/acts?limit=2", "", ""),
            ("GET /v1/acts?limit=0", "", ""),
            ("POST /v1/acts/8/undo?reason=wrong+file", "", ""),
            ("POST /v1/acts/7/undo", "", ""),
            ("POST /v1/acts/7/undo", "", ""),
            ("POST /v1/acts/99/undo", "", ""),
            ("POST /v1/acts/x/undo", "", ""),
            ("GET /v1/devices/001017001234577", "", ""),
            ("GET /v1/devices/0010170200000099", "", ""),
            ("GET /v1/devices/12", "", ""),
            ("GET /healthz", "", ""),
            ("GET /readyz", "", ""),
        ],
    );
    insta::assert_snapshot!(all);
}

#[test]
fn who_changes_a_list_sees_it_changed_in_the_next_look_up() {
    let served = Served::start(&[]);
    for _ in 0..20 {
        let put = served.post("/v1/lists/block/entries", r#"{"entries":[{"entry":"001017001234593"}],"reason":"x"}"#);
        assert!(put.starts_with("HTTP/1.1 200"), "{put}");
        assert!(served.ask(&status("imei-001017001234593"), "", "").contains("BLACKLISTED"));
        let path = "DELETE /v1/lists/block/entries?entry=001017001234593&reason=x";
        assert!(served.ask(path, "", "").starts_with("HTTP/1.1 200"));
        assert!(served.ask(&status("imei-001017001234593"), "", "").contains("ERROR_EQUIPMENT_UNKNOWN"));
    }
}

#[test]
fn what_another_program_writes_is_seen() {
    let served = Served::start(&[]);
    done(atgate(&served.folder.path().join("register.db")).args(["block", "--reason", "x", UNKNOWN]));
    while !served.ask(&status(&format!("imei-{UNKNOWN}")), "", "").contains("BLACKLISTED") {}
}

#[test]
fn both_kinds_of_store_are_served() {
    on_each_store(|address| {
        let register = match address {
            Address::File(path) => path.clone(),
            Address::Postgres(url) => url.into(),
        };
        let served = Served::of(&register, tempfile::tempdir().unwrap(), &[]);
        let asked = || served.ask(&status(&format!("imei-{UNKNOWN}")), "", "");
        let put =
            served.post("/v1/lists/block/entries", r#"{"entries":[{"entry":"001017001234593"}],"reason":"lost"}"#);
        assert!(put.starts_with("HTTP/1.1 200"), "{put}");
        assert!(asked().contains("BLACKLISTED"));
        let status = served.post("/device-authenticity/v0.1/check-status", r#"{"imei":"001017001234593"}"#);
        assert!(status.contains(r#""operationalStatus":"lost""#), "{status}");
        let undone = served.ask("POST /v1/acts/1/undo", "", "");
        assert!(undone.starts_with("HTTP/1.1 200"), "{undone}");
        assert!(asked().contains("ERROR_EQUIPMENT_UNKNOWN"));
        let imported = served.ask("POST /v1/imports?list=track&source=a", "", "00101700\n");
        assert!(imported.starts_with("HTTP/1.1 200"), "{imported}");
        assert!(asked().contains("GREYLISTED"));
        done(atgate(&register).args(["block", "--reason", "x", UNKNOWN]));
        while !asked().contains("BLACKLISTED") {}
        assert_eq!(served.end(rustix::process::Signal::TERM), (Some(0), String::new()));
    });
}

#[test]
fn device_authenticity_answers_to_the_letter() {
    let served = Served::start(&[]);
    let path = "POST /device-authenticity/v0.1/check-status";
    let json = "content-type: application/json\r\n";
    let all = told(
        &served,
        &[
            (path, json, r#"{"imei":"001017001234569"}"#),
            (path, json, r#"{"imei":"001017001234577"}"#),
            (path, json, r#"{"imei":"001017020000007"}"#),
            (path, "content-type: application/json\r\nx-correlator: bench-7\r\n", r#"{"imei":"001017001234593"}"#),
            (path, json, r#"{"imei":"000000000000000"}"#),
            (path, json, r#"{"imei":"12"}"#),
            (path, json, r#"{"imei":12}"#),
            (path, json, "{"),
            (path, "", ""),
            (path, "content-type: application/json\r\nx-correlator: a b\r\n", r#"{"imei":"001017001234569"}"#),
            ("GET /device-authenticity/v0.1/check-status", "", ""),
            ("POST /device-authenticity/v1/check-status", json, "{}"),
        ],
    );
    insta::assert_snapshot!(all);
}

#[test]
fn lists_of_every_form_are_screened() {
    let served = Served::start(&[]);
    let screen = "POST /v1/screen";
    let all = told(
        &served,
        &[
            (
                screen,
                "content-type: text/plain\r\naccept: text/csv\r\n",
                "001017001234569\n\n00101700-123457-7\n001017020000007\nx",
            ),
            (
                screen,
                "content-type: text/csv\r\n",
                "imsi,imei\n001010000000001,001017001234585\n\"\",001017001234593\n",
            ),
            (
                screen,
                "content-type: application/x-ndjson\r\n",
                "\"001017001234569\"\n{\"imei\":\"imei-001017001234577\"}\n[1]\n",
            ),
            (
                screen,
                "content-type: application/json\r\naccept: application/json\r\n",
                "[\"001017001234569\", {\"pei\":\"imeisv-0010170012345699\"}]",
            ),
            (screen, "content-type: application/json\r\n", "[\"001017001234569\""),
            (screen, "content-type: application/xml\r\n", "<x/>"),
            (screen, "content-type: text/plain\r\naccept: image/png\r\n", "x"),
        ],
    );
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn a_hundred_thousand_devices_are_screened_in_one_request() {
    let served = Served::start(&[]);
    let list: String = (0..100_000).map(|number| format!("00101702{number:06}\n")).collect();
    let client = http(reqwest::Client::builder());
    let url = format!("http://{}/v1/screen", served.address);
    let answer = client.post(url).header("content-type", "text/plain").body(list).send().await.unwrap();
    let text = answer.text().await.unwrap();
    assert_eq!(text.lines().count(), 100_000);
    assert!(text.lines().all(|line| line.contains(r#""verdict":"block","by":"tac""#)));
    assert!(text.lines().last().unwrap().starts_with(r#"{"line":100000,"#));
}

/// A token for each role.
const TOKENS: &str = "
[[token]]
name = 'amf'
token = 'token-of-the-amf'
roles = ['n5g-eir-eic']
[[token]]
name = 'desk'
token = 'token-of-the-desk'
roles = ['edit']
[[token]]
name = 'chief'
token = 'token-of-the-chief'
roles = ['admin']
[[token]]
name = 'slow'
token = 'token-of-the-slow'
roles = ['lookup']
rate = 1
";

pub(crate) fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_token_may_do_what_its_roles_say() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = file(folder.path(), "tokens.toml", TOKENS);
    let served = Served::start(&["--tokens", tokens.to_str().unwrap()]);
    let requests: [(String, &str); 6] = [
        (status("imei-001017001234569"), ""),
        ("GET /v1/acts?limit=1".into(), ""),
        ("POST /v1/lists/block/entries".into(), r#"{"entries":[{"entry":"001017001234593"}],"reason":"x"}"#),
        ("POST /v1/acts/1/undo".into(), ""),
        ("GET /metrics".into(), ""),
        ("GET /healthz".into(), ""),
    ];
    let mut all = String::new();
    for token in ["", "nobodys-token", "token-of-the-amf", "token-of-the-desk", "token-of-the-chief"] {
        let header = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        for (line, body) in &requests {
            let answer = served.ask(line, &format!("{header}content-type: application/json\r\n"), body);
            let head: Vec<&str> = answer
                .lines()
                .enumerate()
                .filter(|(at, line)| *at == 0 || line.starts_with("www-authenticate"))
                .map(|(_, line)| line)
                .collect();
            writeln!(all, "{token} {line}: {}", head.join("; ")).unwrap();
        }
    }
    insta::assert_snapshot!(all);
    assert!(
        served
            .ask("GET /v1/acts?limit=1", "authorization: Bearer token-of-the-chief\r\n", "")
            .contains(r#""who":"chief""#)
    );
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = file(folder.path(), "tokens.toml", TOKENS);
    let served = Served::start(&["--tokens", tokens.to_str().unwrap()]);
    let header = "authorization: Bearer token-of-the-slow\r\n";
    let asked = || served.ask(&status("imei-001017001234569"), header, "");
    let refused = std::iter::repeat_with(asked).find(|answer| answer.starts_with("HTTP/1.1 429")).unwrap();
    insta::assert_snapshot!(refused);
}

#[test]
fn an_open_address_is_refused_without_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let refused = atgate(&folder.path().join("r.db")).args(["serve", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let refused = String::from_utf8(refused.stderr).unwrap();
    insta::assert_snapshot!(refused);
    let read_only = Served::start(&["--read-only"]);
    let answer = read_only.post("/v1/lists/block/entries", r#"{"entries":[{"entry":"001017001234593"}],"reason":"x"}"#);
    assert!(answer.contains("MODIFICATION_NOT_ALLOWED"), "{answer}");
}

#[test]
fn what_a_page_in_a_browser_asks_is_refused() {
    let served = Served::start(&[]);
    let all = told(&served, &[("GET /v1/acts", "origin: http://example.org\r\n", "")]);
    insta::assert_snapshot!(all);
    let rebound = served.raw(b"GET /v1/acts HTTP/1.1\r\nhost: example.org\r\nconnection: close\r\n\r\n");
    assert!(rebound.starts_with("HTTP/1.1 403"), "{rebound}");
}

#[test]
fn bad_requests_do_no_harm() {
    let served = Served::start(&[]);
    let bad: [&[u8]; 6] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nx: a\0b\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"POST /v1/screen HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/imports?list=block HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 9999999999999\r\n\r\n",
    ];
    for request in bad {
        let mut stream = TcpStream::connect(served.address).unwrap();
        stream.write_all(request).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("HTTP/1.1 2") && !answer.contains("HTTP/1.1 5"), "{answer}");
    }
    assert!(served.ask(&status("imei-001017001234569"), "", "").contains("BLACKLISTED"));
}

#[test]
fn a_signal_ends_it_in_good_order() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let served = Served::start(&[]);
        assert!(served.ask(&status("imei-001017001234569"), "", "").contains("BLACKLISTED"));
        assert_eq!(served.end(signal), (Some(0), String::new()));
    }
}

#[test]
fn no_log_tells_whose_device_was_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let register = folder.path().join("r.db");
    let mut child = atgate(&register)
        .env("RUST_LOG", "trace")
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("://").unwrap().1.parse().unwrap();
    let served = Served { child, address, folder };
    served.ask(&status("imei-001017001234569"), "", "");
    served.post("/device-authenticity/v0.1/check-status", r#"{"imei":"001017001234577"}"#);
    let (_, log) = served.end(rustix::process::Signal::TERM);
    assert!(!log.contains("1234569") && !log.contains("1234577"), "{log}");
}

#[test]
fn files_that_are_wrong_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let register = folder.path().join("r.db");
    let wrong = file(folder.path(), "tokens.toml", "[[token]]\nname = 'a'\ntoken = 'short'\nroles = ['lookup']");
    let empty = file(folder.path(), "empty.pem", "");
    let mut all = String::new();
    for words in [
        vec!["--tokens".to_owned(), wrong.display().to_string()],
        vec!["--tokens".to_owned(), folder.path().join("none").display().to_string()],
        vec!["--tls".to_owned(), format!("{0},{0}", empty.display())],
        vec!["--tls".to_owned(), "one".to_owned()],
        vec!["--unknown".to_owned(), "maybe".to_owned()],
    ] {
        let refused = atgate(&register).args(["serve", "--listen", "127.0.0.1:0"]).args(&words).output().unwrap();
        assert_eq!(refused.status.code(), Some(2));
        all += &String::from_utf8(refused.stderr).unwrap().replace(folder.path().to_str().unwrap(), "FOLDER");
    }
    insta::assert_snapshot!(all);
}

/// The program's own client, in each of its ways.
#[tokio::test]
async fn a_client_of_the_standard_finds_its_way_in() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let cert = file(folder.path(), "server.pem", &made.cert.pem());
    let key = file(folder.path(), "server.key", &made.signing_key.serialize_pem());
    let pair = format!("{},{}", cert.display(), key.display());
    let (plain, encrypted) = (Served::start(&[]), Served::start(&["--tls", &pair]));
    let targets = [
        format!("http://{}", plain.address),
        format!("h2c://{}", plain.address),
        format!("https://{}?ca={}", encrypted.address, cert.display()),
    ];
    for target in targets {
        let client = Client::new(target.parse().unwrap()).unwrap();
        let ask = async |imei: &str| client.ask(&Pei::parse(&format!("imei-{imei}")).unwrap(), None).await.unwrap();
        assert_eq!(ask(BLOCKED).await, Reply::Listed(List::Block), "{target}");
        assert_eq!(ask(TRACKED).await, Reply::Listed(List::Track));
        assert_eq!(ask(ALLOWED).await, Reply::Listed(List::Allow));
        assert_eq!(ask(UNKNOWN).await, Reply::Unknown);
    }
}
