//! The fleet and its cases over HTTP, pages that follow one another, and a server that reads its files again.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::serve::{Served, atgate, done, file, status, told};
use crate::server::{on_each_store, place};

const JSON: &str = "content-type: application/json\r\n";
const CARD: &str = "8999900000000000001";

#[test]
fn the_fleet_is_told_to_the_letter() {
    let served = Served::start(&[]);
    let all = told(
        &served,
        &[
            ("GET /v1/fleet", "", ""),
            ("GET /v1/fleet/001017001234577", "", ""),
            (
                "PUT /v1/fleet/001017001234577",
                JSON,
                r#"{"fields":{"label":"bench 7","iccid":"8999900000000000001","imsi":"001010000000001","warranty":"2020-01-31"},"reason":"bought"}"#,
            ),
            (
                "PUT /v1/fleet/001017001234577",
                JSON,
                r#"{"fields":{"label":"bench 7","iccid":"8999900000000000001","imsi":"001010000000001","warranty":"2020-01-31"},"reason":"bought"}"#,
            ),
            ("PATCH /v1/fleet/001017001234577", JSON, r#"{"fields":{"note":"lid is loose","imsi":null}}"#),
            ("PATCH /v1/fleet/001017001234585", JSON, r#"{"fields":{"label":"bench 8"},"source":"depot"}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{"colour":"red"}}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{"label":null}}"#),
            ("PATCH /v1/fleet/001017001234577", JSON, r#"{"fields":{"colour":null}}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{"iccid":"12"}}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{"warranty":"two years"}}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{"label":"  "}}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"fields":{},"until":"tomorrow"}"#),
            ("PUT /v1/fleet/001017001234577", JSON, r#"{"label":"x"}"#),
            ("PUT /v1/fleet/001017001234577", "", "label"),
            ("PUT /v1/fleet/12", JSON, r#"{"fields":{}}"#),
            ("POST /v1/fleet/001017001234577", JSON, "{}"),
            (
                "POST /v1/sightings",
                JSON,
                r#"{"sightings":[{"imei":"0010170012345799","iccid":"8999900000000000001","imsi":"001010000000001","place":"bench 7"}]}"#,
            ),
            ("GET /v1/fleet?limit=1", "", ""),
            ("GET /v1/fleet?limit=1&after=001017001234577", "", ""),
            ("GET /v1/fleet?iccid=8999900000000000001", "", ""),
            ("GET /v1/fleet?imsi=001010000000009", "", ""),
            ("GET /v1/fleet?label=bench+8", "", ""),
            ("GET /v1/fleet?imei=001017001234593", "", ""),
            ("GET /v1/fleet?link=linked", "", ""),
            ("GET /v1/fleet?link=lost", "", ""),
            ("GET /v1/fleet?imei=001017001234577&label=x", "", ""),
            ("GET /v1/fleet?imei=1", "", ""),
            ("GET /v1/fleet?iccid=1", "", ""),
            ("GET /v1/fleet?limit=1001", "", ""),
            ("GET /v1/fleet/001017001234577", "", ""),
            ("GET /v1/fleet/001017001234577?sightings=2000", "", ""),
            ("DELETE /v1/fleet/001017001234585?reason=sold", "", ""),
            ("DELETE /v1/fleet/001017001234585?reason=sold&source=depot", "", ""),
            ("DELETE /v1/fleet/001017001234585", "", ""),
            ("GET /v1/fleet/001017001234585", "", ""),
        ],
    );
    insta::assert_snapshot!(all);
}

#[test]
fn a_cards_link_is_moved_by_hand_and_by_what_is_seen() {
    let served = Served::start(&[]);
    let see = |imei: &str| format!(r#"{{"sightings":[{{"imei":"{imei}","iccid":"{CARD}"}}]}}"#);
    let (one, same_model, other_model) = (see("001017001234577"), see("001017001234585"), see("001017020000007"));
    let all = told(
        &served,
        &[
            ("GET /v1/cards", "", ""),
            ("GET /v1/cards/8999900000000000001", "", ""),
            ("POST /v1/cards/8999900000000000001/link", "", ""),
            ("POST /v1/cards/8999900000000000001/arm", "", ""),
            ("POST /v1/cards/8999900000000000001/arm", "", ""),
            ("POST /v1/sightings", JSON, &one),
            ("POST /v1/sightings", JSON, &same_model),
            ("POST /v1/sightings", JSON, &other_model),
            ("GET /v1/fleet?link=differed", "", ""),
            ("POST /v1/cards/8999900000000000001/link", "", ""),
            ("POST /v1/cards/8999900000000000001/link?imei=001017001234577", "", ""),
            ("POST /v1/cards/8999900000000000001/unlink", "", ""),
            ("POST /v1/cards/001010000000001/arm", "", ""),
            ("GET /v1/cards?link=armed", "", ""),
            ("GET /v1/cards?limit=1", "", ""),
            ("GET /v1/cards?after=1", "", ""),
            ("GET /v1/cards?after=-1", "", ""),
            ("POST /v1/cards/8999900000000000001/link?imei=1", "", ""),
            ("POST /v1/cards/x/arm", "", ""),
            ("POST /v1/cards/8999900000000000001/lose", "", ""),
            ("POST /v1/sightings", JSON, r#"{"sightings":[]}"#),
            ("POST /v1/sightings", JSON, r#"{"sightings":[{"imei":"001017001234577"},{"imei":"12"}]}"#),
            ("POST /v1/sightings", JSON, r#"{"sightings":[{"imei":"001017001234577","iccid":"x"}]}"#),
        ],
    );
    insta::assert_snapshot!(all);
    let future = r#"{"sightings":[{"imei":"001017001234577","at":"9999-01-01T00:00:00Z"}]}"#;
    let future = served.post("/v1/sightings", future);
    assert!(future.starts_with("HTTP/1.1 422") && future.contains("set the clock"), "{future}");
}

#[test]
fn a_case_is_opened_noted_and_resolved() {
    let served = Served::start(&[]);
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let open = format!(
        r#"{{"device":"001017001234569","evidence":"bought new,\nreceipt attached","file":{{"name":"receipt.pdf","sha256":"{digest}"}}}}"#
    );
    let asked = status("imei-001017001234569");
    let all = told(
        &served,
        &[
            ("GET /v1/cases", "", ""),
            ("POST /v1/cases", JSON, &open),
            ("POST /v1/cases", JSON, &open),
            ("POST /v1/cases", JSON, r#"{"device":"00101700","evidence":"x"}"#),
            ("POST /v1/cases", JSON, r#"{"device":"001017001234577","evidence":" "}"#),
            (
                "POST /v1/cases",
                JSON,
                r#"{"device":"001017001234577","evidence":"x","file":{"name":"a","sha256":"12"}}"#,
            ),
            ("POST /v1/cases", "", "x"),
            ("POST /v1/cases/1/notes", JSON, r#"{"text":"the carrier confirms a typing error"}"#),
            ("POST /v1/cases/1/notes", JSON, r#"{"text":""}"#),
            ("POST /v1/cases/9/notes", JSON, r#"{"text":"x"}"#),
            ("GET /v1/cases/1", "", ""),
            ("GET /v1/cases/1?after=1&limit=1", "", ""),
            ("GET /v1/cases/1?limit=1", "", ""),
            ("GET /v1/cases/1?after=7", "", ""),
            ("GET /v1/cases/x", "", ""),
            ("POST /v1/cases/1/resolve", JSON, r#"{"resolution":"forgive","reason":"x"}"#),
            ("POST /v1/cases/1/resolve", JSON, r#"{"resolution":"unlist","reason":"typing error"}"#),
            (&asked, "", ""),
            ("POST /v1/cases/1/resolve", JSON, r#"{"resolution":"keep","reason":"x"}"#),
            ("POST /v1/cases", JSON, r#"{"device":"001017020000007+001010000000001","evidence":"mine"}"#),
            ("GET /v1/cases?state=open", "", ""),
            ("GET /v1/cases?limit=1", "", ""),
            ("GET /v1/cases?after=1", "", ""),
            ("GET /v1/cases?state=closed", "", ""),
            ("POST /v1/cases/2/resolve", JSON, r#"{"resolution":"unlist","reason":"not recalled"}"#),
            ("POST /v1/acts/6/undo", "", ""),
            ("GET /v1/cases/1?after=2", "", ""),
        ],
    );
    insta::assert_snapshot!(all);
}

/// The value of `next` in an answer, and the answer's own items of a name.
fn page(answer: &str, name: &str) -> (Vec<serde_json::Value>, Option<String>) {
    let (head, body) = answer.split_once("\n\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let next = match &body["next"] {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    (body[name].as_array().unwrap().clone(), next)
}

/// All items, three at a time.
fn pages(served: &Served, path: &str, name: &str) -> Vec<serde_json::Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let (items, next) = page(&served.ask(&format!("GET {path}limit=3{after}"), "", ""), name);
        assert!(items.len() == 3 || next.is_none(), "{path}");
        all.extend(items);
        match next {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

#[test]
fn pages_follow_one_another_and_tell_each_thing_once() {
    on_each_store(|address| {
        let register = place(address);
        let served = Served::of(register.as_ref(), tempfile::tempdir().unwrap(), &[]);
        let mut entries = vec!["00101703".to_owned(), "00101704000000..00101704000999".to_owned()];
        entries.extend((0..9).map(|serial| format!("0010170500000{serial}")));
        entries.extend((0..3).map(|serial| format!("00101705000005+00101000000000{serial}")));
        let list: Vec<String> = entries.iter().map(|entry| format!(r#"{{"entry":"{entry}"}}"#)).collect();
        for source in ["own", "depot"] {
            let body = format!(r#"{{"entries":[{}],"reason":"x","source":"{source}"}}"#, list.join(","));
            let put = served.post("/v1/lists/block/entries", &body);
            assert!(put.starts_with("HTTP/1.1 200"), "{put}");
        }
        let path = "/v1/lists/block/entries?";
        let whole = page(&served.ask(&format!("GET {path}"), "", ""), "entries").0;
        assert_eq!(whole.len(), 28);
        assert_eq!(pages(&served, path, "entries"), whole);
        assert_eq!(pages(&served, "/v1/lists/block/entries?source=depot&", "entries").len(), 14);
        // What is taken away behind a page moves none of the next.
        let (first, next) = page(&served.ask(&format!("GET {path}limit=3"), "", ""), "entries");
        let entry = first[0]["entry"].as_str().unwrap();
        served.ask(&format!("DELETE {path}entry={entry}&reason=x"), "", "");
        let (second, _) = page(&served.ask(&format!("GET {path}limit=3&after={}", next.unwrap()), "", ""), "entries");
        assert_eq!(second, whole[3..6]);

        let sightings: Vec<String> = (0..7)
            .map(|serial| {
                format!(r#"{{"imei":"0010170600000{serial}","iccid":"899990000000000001{serial}","at":"2026-01-01T00:00:00Z"}}"#)
            })
            .collect();
        let seen = served.post("/v1/sightings", &format!(r#"{{"sightings":[{}]}}"#, sightings.join(",")));
        assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
        for serial in [1, 7, 8] {
            let path = format!("PUT /v1/fleet/0010170600000{serial}");
            let put = served.ask(&path, JSON, r#"{"fields":{"label":"shelf"}}"#);
            assert!(put.starts_with("HTTP/1.1 200"), "{put}");
        }
        let armed = served.ask("POST /v1/cards/8999900000000000013/arm", "", "");
        assert!(armed.starts_with("HTTP/1.1 200"), "{armed}");
        let fleet = pages(&served, "/v1/fleet?", "devices");
        assert_eq!(fleet.len(), 9);
        assert!(fleet.is_sorted_by_key(|device| device["imei"].as_str().unwrap().to_owned()));
        assert_eq!(pages(&served, "/v1/fleet?label=shelf&", "devices").len(), 3);
        assert_eq!(pages(&served, "/v1/fleet?link=armed&", "devices").len(), 1);
        assert_eq!(pages(&served, "/v1/cards?", "cards").len(), 7);
        assert_eq!(pages(&served, "/v1/cards?link=unlinked&", "cards").len(), 6);
        for serial in 0..4 {
            let body = format!(r#"{{"device":"0010170500000{serial}","evidence":"mine"}}"#);
            let opened = served.post("/v1/cases", &body);
            assert!(opened.starts_with("HTTP/1.1 201"), "{opened}");
        }
        assert_eq!(pages(&served, "/v1/cases?", "cases").len(), 4);
    });
}

#[test]
fn unknown_equipment_is_answered_as_the_registers_rules_say() {
    let served = Served::start(&[]);
    let register = served.folder.path().join("register.db");
    let unknown = status("imei-001017001234593");
    let rules = |text: &str| {
        let rules = file(served.folder.path(), "rules.toml", text);
        done(atgate(&register).args(["rules"]).arg(rules));
    };
    let becomes = |served: &Served, told: &str| {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let answer = served.ask(&unknown, "", "");
            if answer.contains(told) {
                return;
            }
            assert!(Instant::now() < end, "expected {told}: {answer}");
        }
    };
    becomes(&served, "ERROR_EQUIPMENT_UNKNOWN");
    for (text, told) in [
        ("unknown = 'track'", "GREYLISTED"),
        ("unknown = 'block-7'", "BLACKLISTED"),
        ("unknown = 'allow'", "WHITELISTED"),
        ("unknown = 'retry'", "ERROR_EQUIPMENT_UNKNOWN"),
        ("unknown = 'block'", "BLACKLISTED"),
        ("missing = 'block'", "ERROR_EQUIPMENT_UNKNOWN"),
        ("unknown = 'block'", "BLACKLISTED"),
    ] {
        rules(text);
        becomes(&served, told);
    }
    // What the server is told itself goes before the rules.
    let told = Served::of(&register, tempfile::tempdir().unwrap(), &["--unknown", "allow"]);
    becomes(&told, "WHITELISTED");
}

fn token(name: &str, token: &str) -> String {
    format!("[[token]]\nname = '{name}'\ntoken = '{token}'\nroles = ['lookup']\n")
}

#[tokio::test]
async fn a_hangup_has_tokens_and_certificates_read_again_and_a_wrong_file_keeps_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let certified = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let key = file(folder.path(), "server.key", &made.signing_key.serialize_pem());
        (file(folder.path(), "server.pem", &made.cert.pem()), key, made.cert.pem())
    };
    let (cert, key, first) = certified("first");
    let tokens = file(folder.path(), "tokens.toml", &token("old", "token-of-yesterday"));
    let pair = format!("{},{}", cert.display(), key.display());
    let mut served = Served::start(&["--tokens", tokens.to_str().unwrap(), "--tls", &pair]);
    let told = served.errors();
    let url = format!("https://{}/v1/acts", served.address);
    // A new connection each time: certificates are those of a handshake.
    let ask = async |pem: &str, token: &str| {
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
        drop(tokio_rustls::rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        client.get(&url).bearer_auth(token).send().await.ok().map(|answer| answer.status().as_u16())
    };
    assert_eq!(ask(&first, "token-of-yesterday").await, Some(200));
    assert_eq!(ask(&first, "token-of-today-").await, Some(401));
    let (_, _, second) = certified("second");
    file(folder.path(), "tokens.toml", &token("new", "token-of-today--"));
    served.signal(Signal::HUP);
    let end = Instant::now() + Duration::from_secs(60);
    while ask(&second, "token-of-today--").await != Some(200) {
        assert!(Instant::now() < end, "the files were not read again");
    }
    assert_eq!(ask(&first, "token-of-today--").await, None);
    assert_eq!(ask(&second, "token-of-yesterday").await, Some(401));
    // Both files wrong: what was read before holds, and it is told why.
    file(folder.path(), "tokens.toml", "[[token]]\nname = 'a'\ntoken = 'short'\nroles = ['lookup']");
    file(folder.path(), "server.key", "");
    served.signal(Signal::HUP);
    let path = folder.path().display().to_string();
    let mut lines: Vec<String> = Vec::new();
    while lines.len() < 2 {
        let line = told.recv_timeout(Duration::from_secs(60)).unwrap();
        if line.contains("that were read before hold") {
            let words = line.replace(&path, "FOLDER");
            lines.push(words.split_once("FOLDER").map_or(words.as_str(), |(_, words)| words).to_owned());
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(ask(&second, "token-of-today--").await, Some(200));
    served.signal(Signal::TERM);
}

/// The counters' page with its values taken out, but for the labels.
#[test]
fn the_counters_have_their_names_helps_and_kinds() {
    let served = Served::start(&[]);
    for pei in ["imei-001017001234569", "imei-001017001234577", "imei-001017001234585", "imei-001017001234593", "x"] {
        served.ask(&status(pei), "", "");
    }
    served.post("/device-authenticity/v0.1/check-status", r#"{"imei":"001017001234569"}"#);
    served.ask("POST /v1/screen", "content-type: text/plain\r\n", "001017001234569\n001017001234593\nx\n");
    served.ask("GET /v1/acts", "", "");
    served.ask("GET /nowhere", "", "");
    let answer = served.ask("GET /metrics", "", "");
    let mut masked = String::new();
    for line in answer.lines() {
        let value = line.rsplit_once(' ').filter(|(_, value)| value.parse::<f64>().is_ok());
        let counts = line.starts_with("atgate_requests") || line.starts_with("atgate_decisions");
        match value {
            Some((name, _)) if !line.starts_with('#') && !counts => writeln!(masked, "{name} N").unwrap(),
            Some(_) | None => writeln!(masked, "{line}").unwrap(),
        }
    }
    insta::assert_snapshot!(masked);
}
