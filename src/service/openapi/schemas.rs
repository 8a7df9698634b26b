//! The shapes that the document's operations take and give.

use super::parts::{nullable, object, reason};
use serde_json::{Value, json};

/// A row that stands or stood in a book, as an object's properties.
pub(super) fn written() -> Value {
    let (text, time) = (json!({ "type": "string" }), json!({ "type": "string", "format": "date-time" }));
    json!({
        "act": { "type": "integer", "format": "int64" }, "at": time, "who": text, "book": text, "entry": text, "source": text,
        "list": { "type": "string", "enum": ["block", "track", "allow"] }, "reason": text, "until": time,
        "closed": nullable("integer"),
    })
}

/// All of them, by their names.
pub(super) fn schemas() -> Value {
    let (text, count) = (json!({ "type": "string" }), json!({ "type": "integer", "format": "int64" }));
    let time = json!({ "type": "string", "format": "date-time" });
    let lists = json!({ "type": "string", "enum": ["block", "track", "allow"] });
    let verdicts = json!({ "type": "string", "enum": ["block", "track", "allow", "unknown"] });
    let by = json!({ "type": "string", "enum": ["pair", "device", "range", "tac", "hash"] });
    let category = json!({ "type": "string", "enum": crate::register::Category::ALL.map(|category| category.word()) });
    let found = object(&["severity", "code", "text"], json!({ "severity": text, "code": text, "text": text }));
    let told = object(&["act", "at", "who", "book", "entry", "source", "closed"], written());
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
            "entries": { "type": "array", "items": entry }, "next": nullable("string"),
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
