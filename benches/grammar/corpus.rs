//! The corpus, read where it lies.

use std::path::PathBuf;

/// One row: what kind it is and its bytes.
pub(crate) struct Row {
    pub(crate) kind: String,
    pub(crate) exact: bool,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dialogues.jsonl")
}

/// All rows; `None` where the corpus is absent.
pub(crate) fn read() -> Option<Vec<Row>> {
    let text = std::fs::read_to_string(path()).ok()?;
    let rows = text.lines().filter_map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).ok()?;
        let bytes = unescaped(row.get("bytes")?.as_str()?.as_bytes());
        let word = |key: &str| row.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Some(Row { kind: word("kind"), exact: word("framing") == "exact", bytes })
    });
    Some(rows.collect())
}

/// Takes `\r`, `\n`, `\t`, `\\` and `\xHH` for what they stand for.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return out,
            [b'\\', b'r', tail @ ..] => push(&mut out, b'\r', tail),
            [b'\\', b'n', tail @ ..] => push(&mut out, b'\n', tail),
            [b'\\', b't', tail @ ..] => push(&mut out, b'\t', tail),
            [b'\\', b'\\', tail @ ..] => push(&mut out, b'\\', tail),
            [b'\\', b'x', high, low, tail @ ..] => {
                let digits = [*high, *low];
                let byte = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                push(&mut out, byte.unwrap_or(b'?'), tail)
            }
            [byte, tail @ ..] => push(&mut out, *byte, tail),
        };
    }
}

fn push<'a>(out: &mut Vec<u8>, byte: u8, tail: &'a [u8]) -> &'a [u8] {
    out.push(byte);
    tail
}
