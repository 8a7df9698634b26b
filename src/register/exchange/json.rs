//! One JSON object of names and plain values: its values laid out as the cells of a record.
//!
//! Source: RFC 8259.

use super::cells::Cell;
use super::problem::{Problem, shown};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use std::cell::RefCell;
use std::fmt;

/// The most names that an object may have.
const MOST_NAMES: usize = 64;

/// Reads an object into the text of its values, their cells and their names. A `null` is as if it were not there.
///
/// # Errors
/// The line is none; with the column.
pub(super) fn read(
    line: &[u8],
    text: &mut Vec<u8>,
    cells: &mut Vec<Cell>,
    names: &mut Vec<String>,
) -> Result<(), (u64, Problem)> {
    text.clear();
    cells.clear();
    names.clear();
    let problem = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let object = Object { line, text, cells, names, problem: &problem };
    let read = object.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| {
        let column = error.column().max(1) as u64;
        let problem = problem.take().unwrap_or(Problem::Json(match error.classify() {
            serde_json::error::Category::Eof => "the line ends too soon",
            serde_json::error::Category::Data => "a value is an object or an array, or the line is no object",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "the syntax is wrong here",
        }));
        (column, problem)
    })
}

struct Object<'a> {
    line: &'a [u8],
    text: &'a mut Vec<u8>,
    cells: &'a mut Vec<Cell>,
    names: &'a mut Vec<String>,
    problem: &'a RefCell<Option<Problem>>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let start = self.text.len();
            let is_there = map.next_value_seed(Plain { text: self.text, problem: self.problem })?;
            if !is_there {
                continue;
            }
            if self.names.contains(&name) || self.names.len() == MOST_NAMES {
                let problem = if self.names.len() == MOST_NAMES {
                    Problem::TooManyColumns { limit: MOST_NAMES }
                } else {
                    Problem::RepeatedName(shown(name.as_bytes()))
                };
                self.problem.replace(Some(problem));
                return Err(A::Error::custom("a name"));
            }
            let place = memchr::memmem::find(self.line, format!("\"{name}\"").as_bytes()).map_or(1, |at| at + 1);
            let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.cells.push(Cell { start: short(start), end: short(self.text.len()), column: short(place) });
            self.names.push(name);
        }
        Ok(())
    }
}

/// A value that is no object and no array; whether it is not `null`.
struct Plain<'a> {
    text: &'a mut Vec<u8>,
    problem: &'a RefCell<Option<Problem>>,
}

impl<'de> DeserializeSeed<'de> for Plain<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        self.text.extend_from_slice(value.as_bytes());
        Ok(true)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        self.text.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(true)
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        self.text.extend_from_slice(value.to_string().as_bytes());
        Ok(true)
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        self.text.extend_from_slice(value.to_string().as_bytes());
        Ok(true)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<bool, E> {
        self.problem.replace(Some(Problem::Decimal));
        Err(E::custom("a number with decimals"))
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}
