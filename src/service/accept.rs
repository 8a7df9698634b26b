//! What a client takes: the `Accept` header.
//!
//! Source: RFC 9110, clause 12.5.1.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// The first of the offered media types that the client likes best; `None` where it takes none of them.
///
/// A client that does not say takes the first.
pub(super) fn best(headers: &HeaderMap, offered: &[&'static str]) -> Option<&'static str> {
    let mut said = headers.get_all(ACCEPT).iter().peekable();
    if said.peek().is_none() {
        return offered.first().copied();
    }
    let ranges: Vec<(&str, f32)> = said
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(range)
        .filter(|(name, _)| !name.is_empty())
        .collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let mut best: Option<(&'static str, f32)> = None;
    for &media in offered {
        let liked = quality(&ranges, media);
        if liked > best.map_or(0.0, |(_, quality)| quality) {
            best = Some((media, liked));
        }
    }
    best.map(|(media, _)| media)
}

/// Whether the client takes `media` or, of an error, `problem`; without allocation for what clients usually say.
pub(super) fn takes_json(headers: &HeaderMap) -> bool {
    match headers.get(ACCEPT).map(|value| value.as_bytes()) {
        None | Some(b"*/*" | b"application/json") => true,
        Some(_) => best(headers, &["application/json", "application/problem+json"]).is_some(),
    }
}

fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';');
    let name = parts.next().unwrap_or("").trim();
    let quality =
        parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |text| text.trim().parse().ok());
    (name, quality.unwrap_or(1.0))
}

/// The most precise range that covers a media type decides.
fn quality(ranges: &[(&str, f32)], media: &str) -> f32 {
    let group = media.split('/').next().unwrap_or("");
    let precise = |name: &str| match name.split_once('/') {
        Some(_) if name.eq_ignore_ascii_case(media) => 3,
        Some((whole, "*")) if whole.eq_ignore_ascii_case(group) => 2,
        Some(("*", "*")) => 1,
        Some(_) | None => 0,
    };
    ranges
        .iter()
        .map(|&(name, quality)| (precise(name), quality))
        .filter(|&(precise, _)| precise > 0)
        .max_by_key(|&(precise, _)| precise)
        .map_or(0.0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_what_it_likes_best_of_what_there_is() {
        let offered = ["application/x-ndjson", "text/csv", "application/json"];
        let all = [
            "",
            "*/*",
            "text/csv",
            "text/*;q=0.5, application/json",
            "image/png",
            "application/*, application/x-ndjson;q=0",
            "TEXT/CSV;q=x",
        ]
        .map(|accept| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            format!("{accept}: {}", best(&headers, &offered).unwrap_or("nothing"))
        });
        insta::assert_snapshot!(all.join("\n"), @"
        : application/x-ndjson
        */*: application/x-ndjson
        text/csv: text/csv
        text/*;q=0.5, application/json: application/json
        image/png: nothing
        application/*, application/x-ndjson;q=0: application/json
        TEXT/CSV;q=x: text/csv
        ");
    }
}
