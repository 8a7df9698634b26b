//! What the document is made of: operations, parameters, schemas.

use serde_json::{Map, Value, json};

/// An operation, with the answers that every one may give.
pub(super) fn operation(
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

pub(super) fn query(name: &str, is_required: bool, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": is_required, "description": description, "schema": schema })
}

pub(super) fn with_example(mut parameter: Value, example: &str) -> Value {
    parameter["example"] = example.into();
    parameter
}

pub(super) fn path(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

pub(super) fn list() -> Value {
    path("list", "The list", json!({ "type": "string", "enum": ["block", "track", "allow"] }))
}

/// A source's name.
pub(super) fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 64 })
}

pub(super) fn reason() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 512 })
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(super) fn json_of(name: &str) -> Value {
    json!({ "application/json": { "schema": reference(name) } })
}

pub(super) fn problem() -> Value {
    json!({ "application/problem+json": { "schema": reference("ProblemDetails") } })
}

/// An object that has these properties and no others; those of `required` always.
pub(super) fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

pub(super) fn nullable(kind: &str) -> Value {
    json!({ "type": kind, "nullable": true })
}
