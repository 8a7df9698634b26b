//! `/openapi.json`: what is served here, as OpenAPI 3.0.3, which the standard's own documents are written in.
//!
//! A test asks this server whatever the document allows, and whatever it does not.

mod cases;
mod fleet;
mod parts;
mod schemas;

use super::camara;
use super::equipment;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use parts::{json_of, list, name, operation, path, problem, query, reason, reference, with_example};
use serde_json::{Value, json};
use std::sync::LazyLock;

static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// The document.
pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "atgate, an equipment register",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Which equipment may join: 3GPP TS 29.511, CAMARA DeviceAuthenticity, lists to be screened, and the keeping of the register.",
        },
        "paths": all([paths(), fleet::paths(), cases::paths()]),
        "components": { "schemas": all([schemas::schemas(), fleet::schemas(), cases::schemas()]), "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
    })
}

/// The members of several objects in one.
fn all(objects: [Value; 3]) -> Value {
    let members = objects.into_iter().filter_map(|object| match object {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    });
    Value::Object(members.flatten().collect())
}

fn paths() -> Value {
    json!({
        equipment::PATH: { "get": operation(
            "equipmentStatus",
            "Whether equipment may join (TS 29.511)",
            &[
                with_example(query("pei", true, "`imei-` and 14 or 15 digits, `imeisv-` and 16, `mac-…`, `eui-…`", json!({
                    "type": "string",
                    "pattern": "^(imei-[0-9]{14,15}|imeisv-[0-9]{16}|mac((-[0-9a-fA-F]{2}){6})(-untrusted)?|eui((-[0-9a-fA-F]{2}){8}))$",
                })), "imei-001017001234569"),
                query("supi", false, "The subscription", json!({
                    "type": "string", "maxLength": 256, "pattern": "^(imsi-[0-9]{5,15}|nai-[!-~]+|gci-[!-~]+|gli-[!-~]+)$",
                })),
                query("gpsi", false, "Its public identity; it decides nothing", json!({
                    "type": "string", "maxLength": 256, "pattern": "^(msisdn-[0-9]{5,15}|extid-[!-?A-~]+@[!-?A-~]+)$",
                })),
                query("supported-features", false, "Features that whoever asks knows; there are none", json!({
                    "type": "string", "maxLength": 64, "pattern": "^[A-Fa-f0-9]*$",
                })),
            ],
            None,
            &[(200, "What it is", json_of("EirResponseData")), (404, "`ERROR_EQUIPMENT_UNKNOWN`: on no list", problem())],
            &[400, 406],
            true,
        )},
        camara::PATH: { "post": authenticity() },
        "/v1/screen": { "post": screen() },
        "/v1/lists/{list}/entries": {
            "get": operation(
                "listEntries",
                "Entries of a list, in the order of the devices",
                &[
                    list(),
                    query("source", false, "Of this source alone", name()),
                    query("after", false, "Where the page begins: what `next` of the page before is", json!({ "type": "string", "pattern": "^-?[0-9]{1,18}\\.-?[0-9]{1,18}\\.[0-9]{0,15}\\.-?[0-9]{1,9}\\.-?[0-9]{1,9}$" })),
                    query("limit", false, "At most so many", json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })),
                ],
                None,
                &[(200, "A page", json_of("Entries"))],
                &[400, 404, 422, 503],
                true,
            ),
            "post": operation(
                "putEntries",
                "Put entries on a list, in one act",
                &[list()],
                Some(json!({ "required": true, "content": { "application/json": { "schema": reference("PutEntries") } } })),
                &[(200, "What it changed", json_of("Changed"))],
                &[400, 404, 408, 413, 415, 422, 503],
                true,
            ),
            "delete": operation(
                "forgetEntry",
                "Take an entry off a list",
                &[
                    list(),
                    query("entry", true, "As it was put there; a `+` is written %2B", json!({ "type": "string", "minLength": 1, "maxLength": 64 })),
                    query("reason", true, "Why, for the journal", reason()),
                    query("source", false, "Whose entry it is; `own` where it is left out", name()),
                ],
                None,
                &[(200, "What it changed", json_of("Changed"))],
                &[400, 404, 422, 503],
                true,
            ),
        },
        "/v1/imports": { "post": import() },
        "/v1/acts": { "get": operation(
            "listActs",
            "What was done to the register, the newest first",
            &[query("limit", false, "At most so many", json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 20 }))],
            None,
            &[(200, "The acts", json_of("Acts"))],
            &[400, 503],
            true,
        )},
        "/v1/acts/{id}/undo": { "post": operation(
            "undoAct",
            "Undo an act; an undoing is an act, and can be undone",
            &[
                path("id", "The act's number", json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX })),
                query("reason", false, "Why, for the journal", reason()),
            ],
            None,
            &[(200, "What it changed", json_of("Changed")), (409, "It was undone, or others have changed its rows", problem())],
            &[400, 404, 422, 503],
            true,
        )},
        "/v1/devices/{imei}": { "get": operation(
            "device",
            "What the register says of a device, and all that was ever written about it",
            &[path("imei", "14 digits, an IMEI of 15, or an IMEISV of 16", json!({ "type": "string", "pattern": "^[0-9]{14,16}$" }))],
            None,
            &[(200, "The device", json_of("Device"))],
            &[400, 404, 503],
            true,
        )},
        "/metrics": { "get": operation(
            "metrics",
            "Counters, for Prometheus",
            &[],
            None,
            &[(200, "OpenMetrics text", json!({ "application/openmetrics-text": { "schema": { "type": "string" } } }))],
            &[],
            true,
        )},
        "/healthz": { "get": operation("alive", "Whether the process answers", &[], None, &[(200, "It does", json_of("Alive"))], &[], false) },
        "/readyz": { "get": operation(
            "ready",
            "Whether the lists are those of the store",
            &[],
            None,
            &[(200, "They are", json_of("Ready"))],
            &[503],
            false,
        )},
    })
}

fn screen() -> Value {
    let text = json!({ "schema": { "type": "string" } });
    let items = json!({ "type": "array", "items": reference("Screenable") });
    let verdicts = json!({
        "application/x-ndjson": text,
        "text/csv": text,
        "application/json": { "schema": { "type": "array", "items": reference("Verdict") } },
    });
    let body = json!({
        "required": true,
        "description": "A device a line or an item, in any spelling; `IMEI+IMSI` asks about a device with a subscription. What is wrong is told at its line.",
        "content": {
            "application/json": { "schema": items },
            "application/x-ndjson": text,
            "text/csv": text,
            "text/plain": text,
        },
    });
    let answers = [(200, "A verdict for each device, as they come", verdicts)];
    operation("screen", "Have a list of any length screened", &[], Some(body), &answers, &[406, 413, 415, 503], true)
}

fn import() -> Value {
    let flag = json!({ "type": "boolean", "default": false });
    let file = json!({ "schema": { "type": "string", "format": "binary" } });
    operation(
        "import",
        "Take a list file in: all of it, or nothing",
        &[
            query(
                "list",
                true,
                "Into which list or book",
                json!({
                    "type": "string", "enum": crate::register::exchange::Target::ALL.map(|target| target.word()),
                }),
            ),
            query("source", false, "Whose list it is; `imported` where it is left out", name()),
            query(
                "format",
                false,
                "Found out where it is left out",
                json!({
                    "type": "string", "enum": crate::register::exchange::Format::ALL.map(|format| format.word()),
                }),
            ),
            query(
                "mode",
                false,
                "All that the source lists, or what changed; found out where it is left out",
                json!({
                    "type": "string", "enum": ["full", "delta"],
                }),
            ),
            query("name", false, "The file's name, for the journal", reason()),
            query("reason", false, "Why, for the journal", reason()),
            query("dry_run", false, "Say what would be done, and keep nothing", flag.clone()),
            query("remove", false, "The rows are to be taken away", flag.clone()),
            query("short_rows", false, "IMEIs of 14 digits are meant as they are", flag.clone()),
            query("allow_shrink", false, "The list may be as small as it likes", flag),
            query(
                "allow_ratio",
                false,
                "It may hit this part of the fleet",
                json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            ),
        ],
        Some(json!({
            "required": true,
            "description": "The file as it is: CSV, NDJSON, plain lines, or any of them in gzip.",
            "content": { "application/octet-stream": file },
        })),
        &[
            (200, "What it changed, or would change", json_of("Imported")),
            (409, "It lost or would hit more than the rules allow", problem()),
            (422, "Lines are wrong, each with its place; nothing was imported", problem()),
        ],
        &[400, 408, 413, 503],
        true,
    )
}

/// CAMARA's errors have a shape of their own.
fn authenticity() -> Value {
    let correlator = json!({
        "name": "x-correlator", "in": "header", "required": false,
        "description": "Said again in the answer", "schema": { "type": "string", "pattern": "^[a-zA-Z0-9_:;./<>{}-]{0,256}$" },
    });
    let body = json!({ "required": true, "content": { "application/json": { "schema": reference("CheckStatus") } } });
    let mut operation = operation(
        "checkStatus",
        "Whether a device is reported (CAMARA DeviceAuthenticity)",
        &[correlator],
        Some(body),
        &[(200, "Its status", json_of("Status"))],
        &[400, 404, 408, 413, 415, 422, 503],
        true,
    );
    if let Some(answers) = operation["responses"].as_object_mut() {
        for (_, answer) in answers.iter_mut().filter(|(status, _)| *status != "200") {
            answer["content"] = json_of("ErrorInfo");
        }
    }
    operation
}
