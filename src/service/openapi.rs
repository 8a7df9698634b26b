//! `/openapi.json`: what is served here, as OpenAPI 3.0.3, which the standard's own documents are written in.
//!
//! A test asks this server whatever the document allows, and whatever it does not.

use super::camara;
use super::equipment;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
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
        "paths": paths(),
        "components": { "schemas": schemas(), "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
    })
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
                    query("offset", false, "Pass over so many", json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000_000 })),
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

/// An operation, with the answers that every one may give.
fn operation(
    id: &str,
    summary: &str,
    parameters: &[Value],
    body: Option<Value>,
    answers: &[(u16, &str, Value)],
    faults: &[u16],
    is_guarded: bool,
) -> Value {
    let mut all = Map::new();
    for (status, description, content) in answers {
        all.insert(status.to_string(), json!({ "description": description, "content": content }));
    }
    let everywhere: &[u16] = if is_guarded { &[401, 403, 414, 429] } else { &[414, 429] };
    for status in faults.iter().chain(everywhere) {
        let description = match status {
            400 => "The question is wrong",
            401 => "A token is needed",
            403 => "This token may not",
            404 => "There is no such thing",
            406 => "Answers do not come as what is taken",
            408 => "The body did not come in time",
            413 => "The body is too long",
            414 => "Path and query are too long",
            415 => "The body is of another kind",
            422 => "What was written cannot be",
            429 => "Too often; `Retry-After` says when to come again",
            503 => "The store is busy or away, or too many lists are being read",
            _ => "An error",
        };
        all.insert(status.to_string(), json!({ "description": description, "content": problem() }));
    }
    let mut operation = json!({ "operationId": id, "summary": summary, "responses": all });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = body {
        operation["requestBody"] = body;
    }
    if is_guarded {
        // Without a tokens file nobody needs one.
        operation["security"] = json!([{}, { "token": [] }]);
    }
    operation
}

fn query(name: &str, is_required: bool, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": is_required, "description": description, "schema": schema })
}

fn with_example(mut parameter: Value, example: &str) -> Value {
    parameter["example"] = example.into();
    parameter
}

fn path(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

fn list() -> Value {
    path("list", "The list", json!({ "type": "string", "enum": ["block", "track", "allow"] }))
}

/// A source's name.
fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 64 })
}

fn reason() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 512 })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn json_of(name: &str) -> Value {
    json!({ "application/json": { "schema": reference(name) } })
}

fn problem() -> Value {
    json!({ "application/problem+json": { "schema": reference("ProblemDetails") } })
}

/// An object that has these properties and no others; those of `required` always.
fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn nullable(kind: &str) -> Value {
    json!({ "type": kind, "nullable": true })
}

fn schemas() -> Value {
    let (text, count) = (json!({ "type": "string" }), json!({ "type": "integer", "format": "int64" }));
    let time = json!({ "type": "string", "format": "date-time" });
    let lists = json!({ "type": "string", "enum": ["block", "track", "allow"] });
    let verdicts = json!({ "type": "string", "enum": ["block", "track", "allow", "unknown"] });
    let by = json!({ "type": "string", "enum": ["pair", "device", "range", "tac", "hash"] });
    let category = json!({ "type": "string", "enum": crate::register::Category::ALL.map(|category| category.word()) });
    let found = object(&["severity", "code", "text"], json!({ "severity": text, "code": text, "text": text }));
    let told = object(
        &["act", "at", "who", "book", "entry", "source", "closed"],
        json!({
            "act": count, "at": time, "who": text, "book": text, "entry": text, "source": text, "list": lists, "reason": text,
            "until": time, "closed": nullable("integer"),
        }),
    );
    let mut decides = object(
        &["list", "by", "entry", "source", "category"],
        json!({ "list": lists, "by": by, "entry": text, "source": text, "category": category }),
    );
    decides["nullable"] = true.into();
    let act = object(
        &["id", "verb", "at", "who", "added", "removed", "changed"],
        json!({
            "id": count, "verb": { "type": "string", "enum": ["import", "put", "forget", "undo", "case", "set"] }, "at": time,
            "who": text, "added": count, "removed": count, "changed": count, "reason": text, "origin": text, "book": text,
            "list": lists, "source": text, "undoes": count, "undone_by": count,
        }),
    );
    let entry = object(
        &["entry", "source", "act"],
        json!({ "entry": text, "source": text, "act": count, "reason": text, "since": time, "until": time }),
    );
    let put = object(
        &["entry"],
        json!({
            "entry": { "type": "string", "minLength": 1, "maxLength": 64, "description": "A TAC, an IMEI, `LOW..HIGH` of either, or `IMEI+IMSI`", "example": "00101703" },
            "until": { "type": "string", "format": "date-time", "nullable": true },
        }),
    );
    let warning = object(&["code", "text"], json!({ "code": text, "text": text, "help": text }));
    let operational =
        ["allowed", "lost", "stolen", "blacklisted", "blocked", "fraud", "non-payment", "regulatory", "unknown"];
    json!({
        "EirResponseData": object(&["status"], json!({
            "status": { "type": "string", "enum": ["WHITELISTED", "BLACKLISTED", "GREYLISTED"] },
        })),
        "ProblemDetails": object(&["type", "title", "status", "detail", "instance", "cause"], json!({
            "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "instance": text, "cause": text,
            "invalidParams": { "type": "array", "items": object(&["param", "reason"], json!({ "param": text, "reason": text })) },
        })),
        "ErrorInfo": object(&["status", "code", "message"], json!({ "status": { "type": "integer" }, "code": text, "message": text })),
        "CheckStatus": { "type": "object", "required": ["imei"], "properties": { "imei": { "type": "string", "pattern": "^[0-9]{15}$", "example": "001017001234569" } } },
        "Status": object(&["imei", "operationalStatus", "lastChecked"], json!({
            "imei": text, "operationalStatus": { "type": "string", "enum": operational }, "lastChecked": time, "reportedDate": time,
        })),
        "Screenable": { "anyOf": [
            { "type": "string" },
            { "type": "object", "required": ["imei"], "properties": { "imei": text, "imsi": text } },
        ]},
        "Verdict": object(&["line"], json!({
            "line": count, "given": text, "imei": text, "verdict": verdicts, "by": by, "category": category,
            "findings": { "type": "array", "items": text }, "error": text,
        })),
        "Entries": object(&["entries", "next"], json!({
            "entries": { "type": "array", "items": entry }, "next": nullable("integer"),
        })),
        "PutEntries": object(&["entries", "reason"], json!({
            "entries": { "type": "array", "minItems": 1, "maxItems": 1000, "items": put },
            "reason": reason(),
            "source": { "type": "string", "minLength": 1, "maxLength": 64, "nullable": true },
        })),
        "Changed": object(&["act", "added", "removed", "changed"], json!({
            "act": nullable("integer"), "added": count, "removed": count, "changed": count,
        })),
        "Imported": object(&["act", "mode", "rows", "before", "after", "added", "removed", "changed", "hits", "warnings"], json!({
            "act": nullable("integer"), "mode": { "type": "string", "enum": ["full", "delta"] }, "rows": count, "before": count,
            "after": count, "added": count, "removed": count, "changed": count, "hits": count,
            "warnings": { "type": "array", "items": warning },
        })),
        "Acts": object(&["acts"], json!({ "acts": { "type": "array", "items": act } })),
        "Device": object(&["imei", "tac", "listed", "model", "registered", "findings", "history"], json!({
            "imei": text, "tac": text, "listed": decides, "model": nullable("boolean"), "registered": nullable("boolean"),
            "findings": { "type": "array", "items": found }, "history": { "type": "array", "items": told },
        })),
        "Alive": object(&["status"], json!({ "status": text })),
        "Ready": object(&["status", "generation", "entries"], json!({ "status": text, "generation": count, "entries": count })),
    })
}
