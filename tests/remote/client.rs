//! The client against a real server.

use std::fmt::Write as _;

use atgate::register::remote::{Client, Target};
use atgate::register::{Action, Answer, Inquiry, Policy};
use axum::http::Version;

use crate::server::{Fault, Server, nowhere, says};

const KEY: &str = "00101700123456";
const PEI: &str = "imei-001017001234569";
const DECIDES: &str = "{\"status\":\"BLACKLISTED\"}";

fn inquiry(pei: &str) -> Inquiry {
    Inquiry { pei: Some(pei.parse().unwrap()), imsi: Some("001010000000001".parse().unwrap()) }
}

fn policy() -> Policy {
    Policy {
        unknown: Action::Track,
        missing: "block-7".parse().unwrap(),
        malformed: Action::Block,
        failure: Action::Retry,
        ..Policy::default()
    }
}

fn client(address: &str) -> Client {
    Client::new(address.parse().unwrap()).unwrap()
}

/// The answer and what was noticed, without the port.
fn told(answer: &Answer) -> String {
    let refusal = answer.refusal.map_or("let in".to_owned(), |refusal| format!("refused with {refusal}"));
    let mut text = format!("{answer}; {refusal}");
    for finding in &answer.findings {
        let finding = finding.to_string();
        let mut parts = finding.split("127.0.0.1:");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let _ = write!(whole, "HOST{}", part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        let _ = write!(text, "\n  {whole}");
    }
    text
}

/// What comes of one question to a server that does this first.
async fn after(faults: impl IntoIterator<Item = Fault>, options: &str) -> (String, usize) {
    let server = Server::start().await;
    server.list(KEY, "BLACKLISTED");
    server.next(faults);
    let client = client(&format!("http://{}{options}", server.address));
    let answer = told(&client.check(&inquiry(PEI), &policy()).await);
    (answer, server.count())
}

#[tokio::test]
async fn every_answer_of_the_standard_is_understood_in_each_protocol() {
    for (scheme, version) in [("http", Version::HTTP_11), ("h2c", Version::HTTP_2)] {
        let server = Server::start().await;
        server.list("00101700123456", "BLACKLISTED");
        server.list("00101700123457", "GREYLISTED");
        server.list("00101700123458", "WHITELISTED");
        let client = client(&format!("{scheme}://{}/root", server.address));
        let mut all = Vec::new();
        for pei in ["imeisv-0010170012345601", "imei-001017001234577", "imei-001017001234585", "imei-001017009999999"] {
            all.push(told(&client.check(&inquiry(pei), &policy()).await));
        }
        assert_eq!(
            all.join("\n"),
            "\
block: the register that was asked has it on its block list; refused with #6
track: the register that was asked has it on its track list; let in
allow: the register that was asked has it on its allow list; let in
track: it is on no list; let in"
        );
        let asked = server.inside().asked.clone();
        assert_eq!(asked.len(), 4);
        assert!(
            asked.iter().all(|asked| asked.version == version && asked.path == "/root/n5g-eir-eic/v1/equipment-status")
        );
        assert_eq!(asked[0].query, "pei=imeisv-0010170012345601&supi=imsi-001010000000001");
    }
}

#[tokio::test]
async fn an_identity_goes_out_as_the_device_gave_it() {
    let server = Server::start().await;
    let client = client(&format!("http://{}", server.address));
    // The spare digit zero, a wrong check digit, 16 digits, a MAC address.
    for pei in ["imei-001017001234560", "imei-001017001234561", "imeisv-0010170012345699", "mac-00-00-5E-00-53-01"] {
        client.check(&Inquiry { pei: Some(pei.parse().unwrap()), imsi: None }, &policy()).await;
        let query = server.inside().asked.pop().unwrap().query;
        assert_eq!(query, format!("pei={pei}"));
    }
}

#[tokio::test]
async fn what_is_no_identity_is_not_asked_about() {
    let server = Server::start().await;
    let client = client(&format!("http://{}", server.address));
    let missing = client.check(&Inquiry::default(), &policy()).await;
    let malformed = client.check(&inquiry("imei-12"), &policy()).await;
    assert_eq!(told(&missing), "block: it gave no identity; refused with #7");
    assert_eq!(told(&malformed), "block: what it gave is no identity; refused with #6");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_register_in_trouble_is_asked_again() {
    let busy = || Fault::Says(429, vec![("retry-after", "0".to_owned())], String::new());
    for fault in [says(500, "text/plain", ""), says(503, "application/problem+json", "{}"), busy()] {
        let (answer, count) = after([fault.clone(), fault], "").await;
        assert_eq!(answer, "block: the register that was asked has it on its block list; refused with #6");
        assert_eq!(count, 3);
    }
    let (answer, count) = after([Fault::Hangs], "?timeout=200ms").await;
    assert_eq!((answer.starts_with("block: "), count), (true, 2));
}

#[tokio::test]
async fn a_register_that_stays_in_trouble_is_left_alone() {
    let (answer, count) = after(vec![says(502, "text/html", "<h1>bad gateway</h1>"); 9], "?tries=2").await;
    insta::assert_snapshot!(answer, @"
    unavailable: the register did not answer; refused with #17, in nr #90
      warning[register.status]: the register at http://HOST answered with status 502; its own log says more
    ");
    assert_eq!(count, 2);
    let (answer, count) = after(vec![Fault::Hangs; 9], "?tries=2&timeout=100ms").await;
    insta::assert_snapshot!(answer, @"
    unavailable: the register did not answer; refused with #17, in nr #90
      warning[register.timeout]: the register at http://HOST gave no answer within 100ms; a slow register needs a longer `timeout=` and `limit=`
    ");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn a_register_that_wants_longer_than_the_limit_is_not_waited_for() {
    let busy = Fault::Says(429, vec![("retry-after", "3600".to_owned())], String::new());
    let (answer, count) = after([busy], "").await;
    insta::assert_snapshot!(answer, @"
    unavailable: the register did not answer; refused with #17, in nr #90
      warning[register.busy]: the register at http://HOST has too much to do: status 429, and asks us to wait 3600s; a longer `limit=` lets it be asked again
    ");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn what_asking_again_does_not_mend_is_asked_once() {
    let json = "application/json";
    let faults = [
        says(
            400,
            "application/problem+json",
            "{\"cause\":\"MANDATORY_QUERY_PARAM_INCORRECT\",\"detail\":\"001017001234569\"}",
        ),
        says(401, json, ""),
        says(403, json, ""),
        says(404, "text/html", "<p>nothing here</p>"),
        says(414, json, ""),
        says(200, "text/html", "<p>welcome</p>"),
        says(200, json, "{\"status\":\"BLACK"),
        says(200, json, "[]"),
        says(200, json, "{\"status\":\"STOLEN\"}"),
        says(301, json, ""),
        says(204, json, ""),
        Fault::Endless,
    ];
    let mut all = Vec::new();
    for fault in faults {
        let (answer, count) = after([fault], "").await;
        assert_eq!(count, 1, "{answer}");
        let (first, finding) = answer.split_once("\n  ").unwrap();
        assert_eq!(first, "unavailable: the register did not answer; refused with #17, in nr #90");
        all.push(finding.to_owned());
    }
    insta::assert_snapshot!(all.join("\n"), @"
    warning[register.status]: the register at http://HOST answered with status 400, MANDATORY_QUERY_PARAM_INCORRECT; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.denied]: the register at http://HOST does not let us ask: status 401; a bearer token stands in ATGATE_REGISTER_TOKEN
    warning[register.denied]: the register at http://HOST does not let us ask: status 403; a bearer token stands in ATGATE_REGISTER_TOKEN
    warning[register.status]: the register at http://HOST answered with status 404; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.status]: the register at http://HOST answered with status 414; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.no-register]: what answers at http://HOST is no register: expected application/json, found `text/html`; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.no-register]: what answers at http://HOST is no register: expected an object with a `status`, found something else; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.no-register]: what answers at http://HOST is no register: expected an object with a `status`, found something else; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.no-register]: what answers at http://HOST is no register: expected WHITELISTED, GREYLISTED or BLACKLISTED, found `STOLEN`; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.status]: the register at http://HOST answered with status 301; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.status]: the register at http://HOST answered with status 204; is the address its API root, which /n5g-eir-eic/v1/… follows?
    warning[register.no-register]: what answers at http://HOST is no register: its answer has more than 64 KiB; is the address its API root, which /n5g-eir-eic/v1/… follows?
    ");
}

#[tokio::test]
async fn what_is_no_http_is_told_with_a_next_step() {
    for said in
        [&b""[..], b"+CREG: 1\r\n", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"]
    {
        let server = Server::start_raw(said).await;
        for scheme in ["http", "h2c"] {
            let client = client(&format!("{scheme}://{}?tries=1", server.address));
            // Where exactly it breaks is the library's and the system's to say.
            let told = told(&client.check(&inquiry(PEI), &policy()).await);
            assert!(told.contains("warning[register.broken]: the register at http://HOST broke off: "), "{told}");
            assert!(told.ends_with("does it speak HTTP/2 alone (h2c://), or TLS (https://)?"), "{told}");
        }
    }
}

#[tokio::test]
async fn nobody_there_is_the_failure_policys() {
    let (_held, address) = nowhere();
    let told = told(&client(&format!("http://{address}")).check(&inquiry(PEI), &policy()).await);
    let (first, finding) = told.split_once("\n  ").unwrap();
    assert_eq!(first, "unavailable: the register did not answer; refused with #17, in nr #90");
    assert!(finding.starts_with("warning[register.unreachable]: the register at http://HOST cannot be reached: "));
    assert!(finding.ends_with("; is it running, and is this its address?"));
}

#[tokio::test]
async fn a_register_may_send_us_on_but_not_round_and_round() {
    let to = |address: &str| Fault::Says(307, vec![("location", address.to_owned())], String::new());
    let there = "/elsewhere/n5g-eir-eic/v1/equipment-status?pei=imei-001017001234569";
    let (answer, count) = after([to(there), to(there)], "").await;
    assert_eq!(
        (answer.as_str(), count),
        ("block: the register that was asked has it on its block list; refused with #6", 3)
    );

    let mut all = Vec::new();
    for fault in
        [to(there), to("https://127.0.0.1/"), to("http://[nonsense"), Fault::Says(308, Vec::new(), String::new())]
    {
        let (answer, _) = after(vec![fault; 20], "").await;
        all.push(answer.split_once("\n  ").unwrap().1.to_owned());
    }
    insta::assert_snapshot!(all.join("\n"), @"
    warning[register.redirected]: the register at http://HOST sent us elsewhere: more than 5 times; name the address that it really has
    warning[register.redirected]: the register at http://HOST sent us elsewhere: from http:// to https://; name the address that it really has
    warning[register.redirected]: the register at http://HOST sent us elsewhere: what it named is no address; name the address that it really has
    warning[register.redirected]: the register at http://HOST sent us elsewhere: it did not say where to; name the address that it really has
    ");
}

#[tokio::test]
async fn a_token_goes_to_the_register_that_was_named_and_nowhere_else() {
    let (named, other) = (Server::start().await, Server::start().await);
    let there = format!("http://{}/n5g-eir-eic/v1/equipment-status?pei={PEI}", other.address);
    let token: Target = format!("http://{}", named.address).parse().unwrap();
    let client = Client::new(token.with_token("s3cret".parse().unwrap())).unwrap();
    client.check(&inquiry(PEI), &policy()).await;
    named.next([Fault::Says(307, vec![("location", there)], String::new())]);
    other.list(KEY, "GREYLISTED");
    assert!(client.check(&inquiry(PEI), &policy()).await.findings.is_empty());
    let tokens = |server: &Server| server.inside().asked.iter().map(|asked| asked.token.clone()).collect::<Vec<_>>();
    assert_eq!(tokens(&named), [Some("Bearer s3cret".to_owned()), Some("Bearer s3cret".to_owned())]);
    assert_eq!(tokens(&other), [None]);
}

#[tokio::test]
async fn a_certificate_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let server = Server::start_with_tls(folder.path()).await;
    server.list(KEY, "BLACKLISTED");
    let trusting = client(&format!("https://{}?ca={}", server.address, file("ca.pem").display()));
    assert_eq!(
        told(&trusting.check(&inquiry(PEI), &policy()).await),
        "block: the register that was asked has it on its block list; refused with #6"
    );
    assert_eq!(server.inside().asked[0].version, Version::HTTP_2);

    // A certificate that vouches for itself alone is not the authority of this one.
    let other = client(&format!("https://{}?tries=1&ca={}", server.address, file("server.pem").display()));
    insta::assert_snapshot!(told(&other.check(&inquiry(PEI), &policy()).await), @"
    unavailable: the register did not answer; refused with #17, in nr #90
      warning[register.untrusted]: the register at https://HOST is not trusted: invalid peer certificate: UnknownIssuer; name the file of its authority's certificate with `ca=`
    ");
    assert_eq!(server.count(), 1);

    let plain = client(&format!("http://{}?tries=1", server.address));
    let told = told(&plain.check(&inquiry(PEI), &policy()).await);
    assert!(told.contains("warning[register."), "{told}");

    let none = format!("https://{}?ca={}", server.address, file("server.key").display());
    let error = Client::new(none.parse().unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read the certificates in "), "{error}");
}

#[tokio::test]
async fn a_hundred_at_once_share_its_connections() {
    let server = Server::start().await;
    server.list(KEY, "BLACKLISTED");
    server.next([says(200, "application/json", DECIDES), says(500, "text/plain", "")]);
    let client = std::sync::Arc::new(client(&format!("http://{}", server.address)));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = std::sync::Arc::clone(&client);
        asking.spawn(async move { client.check(&inquiry(PEI), &policy()).await });
    }
    let answers = asking.join_all().await;
    assert!(answers.iter().all(|answer| told(answer).starts_with("block: the register that was asked")));
    assert_eq!(server.count(), 101);
}
