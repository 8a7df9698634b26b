//! The fleet in the document: devices, cards and sightings.

use super::parts::{json_of, name, nullable, object, operation, path, problem, query, reason, reference};
use super::schemas::written;
use crate::register::fleet::{FIELDS, Link};
use serde_json::{Map, Value, json};

/// The paths of the fleet.
pub(super) fn paths() -> Value {
    let mut all = devices();
    if let (Value::Object(all), Value::Object(cards)) = (&mut all, cards()) {
        all.extend(cards);
    }
    all
}

fn limit(most: u32, default: u32) -> Value {
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": most, "default": default });
    query("limit", false, "At most so many", schema)
}

fn link() -> Value {
    let words = "Only those with a link in this state; a page may have fewer than `limit`, or none, and a `next`";
    query("link", false, words, json!({ "type": "string", "enum": Link::WORDS }))
}

fn digits() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{14,16}$" })
}

fn device() -> Value {
    path("imei", "14 digits, an IMEI of 15, or an IMEISV of 16", digits())
}

fn body(name: &str) -> Option<Value> {
    Some(json!({ "required": true, "content": { "application/json": { "schema": reference(name) } } }))
}

fn devices() -> Value {
    let changed = [(200, "What it changed; `act` is null where all was so already", json_of("Changed"))];
    let faults = &[400, 404, 408, 413, 415, 422, 503];
    json!({
        "/v1/fleet": { "get": operation(
            "listFleet",
            "The devices of the fleet in order: all that are declared, bound to a card or were seen; those that one thing names",
            &[
                query("imei", false, "The device of this IMEI", digits()),
                query("iccid", false, "Those of this card", json!({ "type": "string", "minLength": 1, "maxLength": 32 })),
                query("imsi", false, "Those of this subscription", json!({ "type": "string", "minLength": 1, "maxLength": 32 })),
                query("label", false, "Those of exactly this label", json!({ "type": "string", "minLength": 1, "maxLength": 512 })),
                link(),
                query("after", false, "Where the page begins: what `next` of the page before is", digits()),
                limit(1000, 100),
            ],
            None,
            &[(200, "A page", json_of("Fleet"))],
            &[400, 422, 503],
            true,
        )},
        "/v1/fleet/{imei}": {
            "get": operation(
                "fleetDevice",
                "All that is known of a device of the fleet, and what happened to it, the oldest first",
                &[
                    device(),
                    query("sightings", false, "Of its sightings so many, the last", json!({ "type": "integer", "minimum": 0, "maximum": 1000, "default": 100 })),
                ],
                None,
                &[(200, "The device", json_of("FleetDevice"))],
                &[400, 404, 503],
                true,
            ),
            "put": operation(
                "declareDevice",
                "Declare what is known of a device, in the place of what this source has declared",
                &[device()],
                body("Declare"),
                &changed,
                faults,
                true,
            ),
            "patch": operation(
                "amendDevice",
                "Change fields of what this source has declared of a device; null takes one away, the others stay",
                &[device()],
                body("Amend"),
                &changed,
                faults,
                true,
            ),
            "delete": operation(
                "forgetDevice",
                "Forget what a source has declared of a device; what was seen of it stays in its history",
                &[
                    device(),
                    query("reason", true, "Why, for the journal", reason()),
                    query("source", false, "Whose declaration it is; `own` where it is left out", name()),
                ],
                None,
                &[(200, "What it changed", json_of("Changed"))],
                &[400, 404, 422, 503],
                true,
            ),
        },
        "/v1/sightings": { "post": operation(
            "see",
            "Tell that devices were seen with their cards: all of it is kept, or nothing",
            &[],
            body("Sightings"),
            &[(200, "What became of each, in their order", json_of("Seen"))],
            &[400, 408, 413, 415, 422, 503],
            true,
        )},
    })
}

fn cards() -> Value {
    let card = || {
        path(
            "sim",
            "The card's ICCID, or its IMSI",
            json!({ "type": "string", "pattern": "^([0-9]{6,15}|[0-9]{18,20})$" }),
        )
    };
    let stepped = |id: &str, summary: &str, more: Vec<Value>, answers: &[(u16, &str, Value)]| {
        let mut parameters = vec![card()];
        parameters.extend(more);
        let mut all = vec![(200, "The card as it is now, and what changed", json_of("Stepped"))];
        all.extend_from_slice(answers);
        operation(id, summary, &parameters, None, &all, &[400, 404, 422, 503], true)
    };
    let to = query("imei", false, "Its device; what it was last seen in where it is left out", digits());
    let unseen = [(409, "It was never seen in a device, and none is given", problem())];
    json!({
        "/v1/cards": { "get": operation(
            "listCards",
            "The cards that were seen or changed by hand; those that are only declared are found with their devices",
            &[
                link(),
                query("after", false, "Where the page begins: what `next` of the page before is", json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX })),
                limit(1000, 100),
            ],
            None,
            &[(200, "A page", json_of("Cards"))],
            &[400, 503],
            true,
        )},
        "/v1/cards/{sim}": { "get": operation(
            "card",
            "A card and its link",
            &[card()],
            None,
            &[(200, "The card", json_of("Card"))],
            &[404, 422, 503],
            true,
        )},
        "/v1/cards/{sim}/arm": { "post": stepped("armCard", "Bind a card to the next device that it is seen in", Vec::new(), &[]) },
        "/v1/cards/{sim}/link": { "post": stepped("linkCard", "Bind a card to a device", vec![to], &unseen) },
        "/v1/cards/{sim}/unlink": { "post": stepped("unlinkCard", "Bind a card to nothing", Vec::new(), &[]) },
    })
}

/// The shapes of the fleet, by their names.
pub(super) fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let time = json!({ "type": "string", "format": "date-time" });
    let some = || nullable("string");
    let links = json!({ "type": "string", "enum": Link::WORDS });
    let short = |longest: u32| json!({ "type": "string", "minLength": 1, "maxLength": longest, "nullable": true });
    let source = json!({ "type": "string", "minLength": 1, "maxLength": 64, "nullable": true });
    let until = json!({ "type": "string", "format": "date-time", "nullable": true });
    let why = json!({ "type": "string", "minLength": 1, "maxLength": 512, "nullable": true });
    let fields = |is_nullable: bool| {
        let field = || {
            let mut field = json!({ "type": "string", "minLength": 1, "maxLength": 512 });
            if is_nullable {
                field["nullable"] = true.into();
            }
            field
        };
        let all: Map<String, Value> = FIELDS.into_iter().map(|name| (name.to_owned(), field())).collect();
        object(&[], Value::Object(all))
    };
    let declare = |fields: Value| {
        object(&["fields"], json!({ "fields": fields, "reason": why, "source": source, "until": until }))
    };
    let declared = object(
        &["source", "fields"],
        json!({ "source": text, "fields": { "type": "object", "additionalProperties": text }, "reason": text, "until": time }),
    );
    let summary = json!({
        "imei": text, "tac": text, "declared": { "type": "array", "items": declared },
        "cards": { "type": "array", "items": reference("Card") },
    });
    let mut file = summary.clone();
    file["warranty"] = object(
        &["state"],
        json!({ "state": { "type": "string", "enum": ["undeclared", "holds", "over", "unread"] }, "last_day": { "type": "string", "format": "date" } }),
    );
    file["remarks"] =
        json!({ "type": "array", "items": object(&["code", "text"], json!({ "code": text, "text": text })) });
    file["activity"] = json!({ "type": "array", "items": { "anyOf": happenings() } });
    let event = object(&["event", "alarm", "device", "former"], event());
    let sighting = object(
        &["imei"],
        json!({
            "imei": { "type": "string", "minLength": 1, "maxLength": 64, "example": "001017001234569" },
            "iccid": short(32), "imsi": short(32), "msisdn": short(200), "place": short(200),
            "at": { "type": "string", "format": "date-time", "nullable": true, "description": "Now, where it is left out" },
        }),
    );
    let seen = object(
        &["new", "late", "link", "events"],
        json!({
            "new": { "type": "boolean" }, "late": { "type": "boolean" },
            "link": { "type": "string", "enum": nothing_or(&Link::WORDS), "nullable": true },
            "events": { "type": "array", "items": event },
        }),
    );
    json!({
        "Fleet": object(&["devices", "next"], json!({
            "devices": { "type": "array", "items": object(&["imei", "tac", "declared", "cards"], summary) }, "next": some(),
        })),
        "FleetDevice": object(&["imei", "tac", "declared", "cards", "warranty", "remarks", "activity"], file),
        "Declare": declare(fields(false)),
        "Amend": declare(fields(true)),
        "Sightings": object(&["sightings"], json!({ "sightings": { "type": "array", "minItems": 1, "maxItems": 1000, "items": sighting } })),
        "Seen": object(&["sightings"], json!({ "sightings": { "type": "array", "items": seen } })),
        "Card": object(&["iccid", "imsi", "link", "device", "seen", "moved"], json!({
            "iccid": some(), "imsi": some(), "link": links, "device": some(), "seen": some(),
            "moved": { "type": "string", "format": "date-time", "nullable": true },
        })),
        "Cards": object(&["cards", "next"], json!({ "cards": { "type": "array", "items": reference("Card") }, "next": nullable("integer") })),
        "Stepped": object(&["card", "events"], json!({ "card": reference("Card"), "events": { "type": "array", "items": event } })),
    })
}

fn nothing_or(words: &[&str]) -> Vec<Value> {
    words.iter().map(|word| Value::from(*word)).chain([Value::Null]).collect()
}

fn event() -> Value {
    json!({
        "event": { "type": "string", "enum": ["FIRST", "CHANGE", "TAC_CHANGE", "ARMED", "LINKED", "DIFFERED", "UNLINKED"] },
        "alarm": { "type": "boolean" }, "device": nullable("string"), "former": nullable("string"),
    })
}

/// What may have happened to a device; `kind` says which.
fn happenings() -> [Value; 4] {
    let text = json!({ "type": "string" });
    let time = json!({ "type": "string", "format": "date-time" });
    let kind = |word: &str| json!({ "type": "string", "enum": [word] });
    let some = || nullable("string");
    let seen = json!({
        "kind": kind("seen"), "at": time, "svn": some(), "iccid": some(), "imsi": some(), "msisdn": text, "place": text,
    });
    let mut link = event();
    for (name, schema) in
        [("kind", kind("link")), ("at", time.clone()), ("who", text), ("iccid", some()), ("imsi", some())]
    {
        link[name] = schema;
    }
    let (mut put, mut taken) = (written(), written());
    put["kind"] = kind("put");
    (taken["kind"], taken["taken"]) = (kind("taken"), time);
    let row = ["kind", "act", "at", "who", "book", "entry", "source", "closed"];
    [
        object(&["kind", "at", "svn", "iccid", "imsi", "msisdn", "place"], seen),
        object(&["kind", "at", "iccid", "imsi", "who", "event", "alarm", "device", "former"], link),
        object(&row, put),
        object(&[row.as_slice(), &["taken"]].concat(), taken),
    ]
}
