//! How often each reason came, as bars: in a terminal, and as a picture.

use super::{Marks, Summary, Weights};
use std::fmt::Write as _;

/// How wide the longest bar is, in characters.
const WIDTH: f64 = 40.0;
/// Parts of a character, from an eighth to seven of them.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// One reason.
#[derive(Debug)]
pub(super) struct Bar {
    code: String,
    count: u64,
    is_failure: bool,
}

/// A bar for each reason that came, the most frequent first, those without any at the end.
pub(super) fn bars(summary: &Summary, weights: Weights) -> Vec<Bar> {
    let bar = |(mark, count): (Marks, u64)| Bar {
        code: mark.codes().collect::<Vec<_>>().join(";"),
        count,
        is_failure: weights.is_failure(mark),
    };
    let mut bars: Vec<Bar> = summary.all_marked().map(bar).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.count));
    if summary.clean > 0 {
        bars.push(Bar { code: "nothing to say".into(), count: summary.clean, is_failure: false });
    }
    bars
}

pub(super) fn text(bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let digits = most.to_string().len();
    let mut text = String::new();
    for bar in bars {
        let eighths = (bar.count as f64 / most as f64 * WIDTH * 8.0).ceil() as usize;
        let line = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
        let _ = writeln!(text, "  {:<14} {:>digits$} {line}", bar.code, bar.count);
    }
    text
}

/// A picture of its own: no font, script or style from elsewhere.
pub(super) fn svg(identities: u64, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
    let height = 60 + bars.len() * 28;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 {height}\" width=\"720\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"14\" role=\"img\">\n<title>Verdicts by reason</title>\n\
         <rect width=\"720\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"20\" y=\"30\" font-weight=\"bold\" fill=\"#222222\">{identities} identities by reason</text>\n"
    );
    for (at, bar) in bars.iter().enumerate() {
        let y = 48 + at * 28;
        let width = (bar.count as f64 / most as f64 * 420.0).max(1.0);
        let colour = if bar.is_failure { "#c0392b" } else { "#2d7d9a" };
        let _ = writeln!(
            svg,
            "<text x=\"150\" y=\"{text}\" text-anchor=\"end\" fill=\"#222222\">{code}</text>\
             <rect x=\"160\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" fill=\"{colour}\"/>\
             <text x=\"{after:.1}\" y=\"{text}\" fill=\"#222222\">{count}</text>",
            text = y + 15,
            code = bar.code,
            after = 168.0 + width,
            count = bar.count,
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_the_most_frequent_reason() {
        let bar = |code: &str, count, is_failure| Bar { code: code.into(), count, is_failure };
        let bars =
            [bar("blocked", 400_124, true), bar("check-digit", 49_784, true), bar("nothing to say", 9_273_657, false)];
        insta::assert_snapshot!(text(&bars), @r"
          blocked         400124 █▊
          check-digit      49784 ▎
          nothing to say 9273657 ████████████████████████████████████████
        ");
        insta::assert_snapshot!(svg(10_000_000, &bars));
    }
}
