//! Cases in the document.

use super::parts::{json_of, nullable, object, operation, path, problem, query, reference};
use serde_json::{Value, json};

/// The paths of cases.
pub(super) fn paths() -> Value {
    let number = || json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX });
    let case = || path("id", "The case's number", number());
    let body = |name: &str| {
        Some(json!({ "required": true, "content": { "application/json": { "schema": reference(name) } } }))
    };
    let after = |words: &str| {
        query("after", false, words, json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX }))
    };
    let limit = || {
        query(
            "limit",
            false,
            "At most so many",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 }),
        )
    };
    let conflict = |words: &'static str| (409, words, problem());
    json!({
        "/v1/cases": {
            "get": operation(
                "listCases",
                "Cases about wrong listings, the oldest first",
                &[
                    query(
                        "state",
                        false,
                        "Only those that stand so; a page may have fewer than `limit`, or none, and a `next`",
                        json!({ "type": "string", "enum": ["open", "unlisted", "kept"] }),
                    ),
                    after("Where the page begins: what `next` of the page before is"),
                    limit(),
                ],
                None,
                &[(200, "A page", json_of("Cases"))],
                &[400, 503],
                true,
            ),
            "post": operation(
                "openCase",
                "Open a case: this device is listed wrongly",
                &[],
                body("OpenCase"),
                &[(201, "The case, and what has the device on a list now", json_of("OpenedCase")), conflict("One about it is open")],
                &[400, 408, 413, 415, 422, 503],
                true,
            ),
        },
        "/v1/cases/{id}": { "get": operation(
            "case",
            "A case with its trail, the oldest entry first",
            &[case(), after("After so many entries of the trail: what `next` of the part before is"), limit()],
            None,
            &[(200, "The case", json_of("Case"))],
            &[400, 404, 503],
            true,
        )},
        "/v1/cases/{id}/notes": { "post": operation(
            "noteCase",
            "Add to a case's trail",
            &[case()],
            body("Note"),
            &[(200, "The case", json_of("CaseHeading")), conflict("Its trail is as long as it may be")],
            &[400, 404, 408, 413, 415, 422, 503],
            true,
        )},
        "/v1/cases/{id}/resolve": { "post": operation(
            "resolveCase",
            "Resolve a case: un-list the device, or keep its listing; undoing the act opens the case again",
            &[case()],
            body("Resolve"),
            &[
                (200, "What was done", json_of("ResolvedCase")),
                conflict("It is resolved, or a source decides before anything that `own` could say"),
            ],
            &[400, 404, 408, 413, 415, 422, 503],
            true,
        )},
    })
}

/// The shapes of cases, by their names.
pub(super) fn schemas() -> Value {
    let (text, count) = (json!({ "type": "string" }), json!({ "type": "integer", "format": "int64" }));
    let time = json!({ "type": "string", "format": "date-time" });
    let words = json!({ "type": "string", "minLength": 1, "maxLength": 16384 });
    let states = json!({ "type": "string", "enum": ["open", "unlisted", "kept"] });
    let file = object(
        &["name", "sha256"],
        json!({
            "name": { "type": "string", "minLength": 1, "maxLength": 255 },
            "sha256": { "type": "string", "pattern": "^[0-9a-fA-F]{64}$" },
        }),
    );
    let mut shown = file.clone();
    shown["nullable"] = true.into();
    let note = object(
        &["kind", "at", "who", "text"],
        json!({
            "kind": { "type": "string", "enum": ["opened", "note", "unlisted", "kept"] }, "at": time, "who": text, "text": text,
            "file": file, "act": count, "undone_by": count,
        }),
    );
    let listed = object(
        &["entry", "source", "list"],
        json!({
            "entry": text, "source": text,
            "list": { "type": "string", "enum": ["block", "track", "allow", null], "nullable": true }, "reason": text,
        }),
    );
    let rows = json!({ "type": "array", "items": listed });
    let heading = json!({ "case": count, "device": text, "state": states, "act": nullable("integer") });
    let mut case = heading.clone();
    case["trail"] = json!({ "type": "array", "items": note });
    case["next"] = nullable("integer");
    json!({
        "CaseHeading": object(&["case", "device", "state", "act"], heading),
        "Cases": object(&["cases", "next"], json!({
            "cases": { "type": "array", "items": reference("CaseHeading") }, "next": nullable("integer"),
        })),
        "Case": object(&["case", "device", "state", "act", "trail", "next"], case),
        "OpenCase": object(&["device", "evidence"], json!({
            "device": { "type": "string", "minLength": 1, "maxLength": 64, "description": "An IMEI, or `IMEI+IMSI`", "example": "001017001234569" },
            "evidence": words, "file": shown,
        })),
        "OpenedCase": object(&["case", "act", "listings"], json!({ "case": count, "act": count, "listings": rows })),
        "Note": object(&["text"], json!({ "text": words })),
        "Resolve": object(&["resolution", "reason"], json!({ "resolution": { "type": "string", "enum": ["unlist", "keep"] }, "reason": words })),
        "ResolvedCase": object(&["case", "act", "state", "removed", "overruled", "excepted"], json!({
            "case": count, "act": count, "state": states, "removed": rows, "overruled": rows, "excepted": { "type": "boolean" },
        })),
    })
}
