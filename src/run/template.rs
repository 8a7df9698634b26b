//! Templates: what is sent, with the bound values put in.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::script::{Arg, Part, Template};

use super::matching::Captures;

/// The paths of the ports, by the modem's name; the empty name is the only one's.
pub(super) type Ports = HashMap<String, String>;

/// The bytes of a template whose names are all bound; none where one is not: its name.
///
/// # Errors
/// The name that is not bound.
pub(super) fn resolve<'a>(
    template: &'a Template,
    captures: &Captures,
    ports: &Ports,
) -> Result<Cow<'a, [u8]>, &'a str> {
    if let [Part::Bytes(bytes)] = template.parts.as_slice() {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut out = Vec::new();
    for part in &template.parts {
        match part {
            Part::Bytes(bytes) => out.extend_from_slice(bytes),
            Part::Name(name) => {
                out.extend_from_slice(&captures.capture(&name.text).ok_or(name.text.as_str())?.text);
            }
            Part::Port(name) => {
                out.extend_from_slice(ports.get(&name.text).ok_or(name.text.as_str())?.as_bytes());
            }
        }
    }
    Ok(Cow::Owned(out))
}

/// The bytes of a template in a check: a name that nothing bound stands for no text.
pub(super) fn resolve_bound<'a>(template: &'a Template, captures: &Captures) -> Cow<'a, [u8]> {
    if let [Part::Bytes(bytes)] = template.parts.as_slice() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::new();
    for part in &template.parts {
        match part {
            Part::Bytes(bytes) => out.extend_from_slice(bytes),
            Part::Name(name) => {
                if let Some(capture) = captures.capture(&name.text) {
                    out.extend_from_slice(&capture.text);
                }
            }
            Part::Port(_) => {}
        }
    }
    Cow::Owned(out)
}

/// The text of an argument; bytes that are no UTF-8 are replaced.
///
/// # Errors
/// The name that is not bound.
pub(super) fn resolve_arg<'a>(arg: &'a Arg, captures: &Captures, ports: &Ports) -> Result<String, &'a str> {
    match arg {
        Arg::Word(word) => Ok(word.clone()),
        Arg::Text(template) => {
            resolve(template, captures, ports).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
        Arg::Name(name) => captures
            .capture(&name.text)
            .map(|capture| String::from_utf8_lossy(&capture.text).into_owned())
            .ok_or(&name.text),
    }
}
