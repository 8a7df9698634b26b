//! What an answer over HTTP means.
//!
//! Source: 3GPP TS 29.511, clauses 6.1.3.2 and 6.1.6.2; RFC 9457 for problem details.

use super::failure::Failure;
use crate::register::List;
use serde::Deserialize;

/// What another register says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// It is on this list: `WHITELISTED` (or on none, where the register lets such devices in), `GREYLISTED`,
    /// `BLACKLISTED`.
    Listed(List),
    /// It is on none: 404 with the cause `ERROR_EQUIPMENT_UNKNOWN`.
    Unknown,
}

#[derive(Deserialize)]
struct Status {
    status: String,
}

#[derive(Deserialize)]
struct Problem {
    cause: Option<String>,
}

/// Reads the answer of the register at `at`.
///
/// # Errors
/// It decides nothing.
pub(super) fn read(at: &str, status: u16, content: Option<&str>, body: &[u8]) -> Result<Reply, Failure> {
    let at = at.to_owned();
    match status {
        200 => decision(content, body).map_err(|why| Failure::NoRegister { at, why }),
        401 | 403 => Err(Failure::Denied { at, status }),
        429 => Err(Failure::Busy { at, after: None }),
        404 => match problem(body) {
            Some(cause) if cause == "ERROR_EQUIPMENT_UNKNOWN" => Ok(Reply::Unknown),
            cause => Err(Failure::Status { at, status, cause }),
        },
        _ => Err(Failure::Status { at, status, cause: problem(body) }),
    }
}

fn decision(content: Option<&str>, body: &[u8]) -> Result<Reply, String> {
    let kind = content.map(|content| content.split(';').next().unwrap_or_default().trim());
    match kind {
        Some(kind) if kind.eq_ignore_ascii_case("application/json") => {}
        Some(kind) => return Err(format!("expected application/json, found {}", shown(kind))),
        None => return Err("expected application/json, found no content type".to_owned()),
    }
    let Ok(read) = serde_json::from_slice::<Status>(body) else {
        return Err("expected an object with a `status`, found something else".to_owned());
    };
    match read.status.as_str() {
        "WHITELISTED" => Ok(Reply::Listed(List::Allow)),
        "GREYLISTED" => Ok(Reply::Listed(List::Track)),
        "BLACKLISTED" => Ok(Reply::Listed(List::Block)),
        other => Err(format!("expected WHITELISTED, GREYLISTED or BLACKLISTED, found {}", shown(other))),
    }
}

/// The cause of problem details, where it looks like one: free text might hold an identity.
fn problem(body: &[u8]) -> Option<String> {
    let cause = serde_json::from_slice::<Problem>(body).ok()?.cause?;
    let is_word = cause.len() <= 64 && cause.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_word.then_some(cause)
}

/// A word of the server's, if it is one and holds no digits that could be an identity's.
fn shown(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_word = !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word && digits < 5 { format!("`{word}`") } else { "something else".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(status: u16, content: &str, body: &str) -> String {
        match read("HOST", status, Some(content).filter(|content| !content.is_empty()), body.as_bytes()) {
            Ok(reply) => format!("{reply:?}"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn each_status_of_the_standard_is_a_list() {
        let of = |status: &str| reads(200, "application/json; charset=utf-8", &format!("{{\"status\":\"{status}\"}}"));
        assert_eq!(of("WHITELISTED"), "Listed(Allow)");
        assert_eq!(of("GREYLISTED"), "Listed(Track)");
        assert_eq!(of("BLACKLISTED"), "Listed(Block)");
    }

    #[test]
    fn only_an_unknown_equipment_is_unknown() {
        let problem = "application/problem+json";
        assert_eq!(reads(404, problem, r#"{"status":404,"cause":"ERROR_EQUIPMENT_UNKNOWN"}"#), "Unknown");
        insta::assert_snapshot!(reads(404, problem, r#"{"cause":"SUBSCRIPTION_NOT_FOUND"}"#), @"the register at HOST answered with status 404, SUBSCRIPTION_NOT_FOUND");
        insta::assert_snapshot!(reads(404, "text/html", "<h1>not here</h1>"), @"the register at HOST answered with status 404");
    }

    #[test]
    fn what_decides_nothing_says_what_it_is() {
        let json = "application/json";
        insta::assert_snapshot!(reads(200, "text/html", "<p>"), @"what answers at HOST is no register: expected application/json, found `text/html`");
        insta::assert_snapshot!(reads(200, "", "{}"), @"what answers at HOST is no register: expected application/json, found no content type");
        insta::assert_snapshot!(reads(200, json, "{}"), @"what answers at HOST is no register: expected an object with a `status`, found something else");
        insta::assert_snapshot!(reads(200, json, r#"{"status":"whitelisted"}"#), @"what answers at HOST is no register: expected WHITELISTED, GREYLISTED or BLACKLISTED, found `whitelisted`");
        insta::assert_snapshot!(reads(400, json, r#"{"cause":"MANDATORY_QUERY_PARAM_INCORRECT"}"#), @"the register at HOST answered with status 400, MANDATORY_QUERY_PARAM_INCORRECT");
        insta::assert_snapshot!(reads(401, json, ""), @"the register at HOST does not let us ask: status 401");
        insta::assert_snapshot!(reads(503, json, r#"{"cause":"NF_CONGESTION"}"#), @"the register at HOST answered with status 503, NF_CONGESTION");
    }

    #[test]
    fn an_identity_that_the_server_wrote_is_not_repeated() {
        let json = "application/json";
        for body in [r#"{"status":"imei-001017001234569"}"#, r#"{"cause":"001017001234569"}"#] {
            for status in [200, 400, 404, 500] {
                assert!(!reads(status, json, body).contains("001017001234569"));
            }
        }
        assert!(!reads(200, "text/001017001234569", "").contains("001017"));
    }
}
