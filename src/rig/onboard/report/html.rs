//! One page that needs nothing else: a table of the boards, and a picture of each one's time.

use std::fmt::Write as _;

use super::Run;
use crate::rig::onboard::record::{Record, Verdict};
use crate::rig::onboard::settings::Step;

/// The picture's width and the height of an attempt, in its own units.
const WIDTH: f64 = 1000.0;
const ROW: f64 = 22.0;

const STYLE: &str = "\
:root{color-scheme:light dark;--ok:#1a7f37;--bad:#cf222e;--odd:#9a6700;--dim:#6e7781;--line:#d0d7de}\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}\
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}\
.pass{color:var(--ok)}.warn,.interrupted{color:var(--odd)}.fail,.error{color:var(--bad)}.verdict{font-weight:700;font-size:1.15rem;text-transform:uppercase}\
.dim{color:var(--dim)}section{margin:2rem 0;border-top:1px solid var(--line)}svg{width:100%;height:auto;display:block;margin:.5rem 0}\
svg.key{display:inline;width:.8em;height:.8em;margin:0 0 0 .6em}summary{cursor:pointer;color:var(--dim)}svg text{font:11px system-ui,sans-serif;fill:currentColor}.prepare{fill:#8c959f}.identify{fill:#54aeff}.check{fill:#c297ff}.attach{fill:#4ac26b}.record{fill:#d4a72c}\
.broken{stroke:var(--bad);stroke-width:2}.mark{stroke:currentColor;stroke-width:1}.limit-no{color:var(--bad);font-weight:700}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}";

pub(super) fn render(run: &Run<'_>) -> String {
    let mut page = String::new();
    let title =
        if run.place.is_empty() { "Onboarding".to_owned() } else { format!("Onboarding at {}", escaped(run.place)) };
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n"
    );
    let _ = writeln!(
        page,
        "<p>{} to {}: {} passed, {} failed, {} not done by the bench’s fault, {} interrupted.</p>",
        run.started.strftime("%Y-%m-%d %H:%M:%S UTC"),
        run.ended.strftime("%H:%M:%S UTC"),
        run.count(&[Verdict::Pass, Verdict::Warn]),
        run.count(&[Verdict::Fail]),
        run.count(&[Verdict::Error]),
        run.count(&[Verdict::Interrupted]),
    );
    for problem in run.problems {
        let _ = writeln!(page, "<p class=\"error\">The record is not whole: {}</p>", escaped(problem));
    }
    page.push_str("<table>\n<tr><th>Verdict<th>Board<th>Model<th>IMEI<th>Time<th>Why\n");
    for (at, record) in run.records.iter().enumerate() {
        let why = record.fault().map(|fault| fault.words.as_str()).unwrap_or_default();
        let _ = writeln!(
            page,
            "<tr><td class=\"verdict {0}\">{0}<td><a href=\"#b{at}\">{1}</a><td>{2}<td>{3}<td>{4:.1} s<td>{5}",
            record.verdict.word(),
            escaped(&record.board),
            escaped(record.fact("model").unwrap_or_default()),
            escaped(record.fact("imei").unwrap_or_default()),
            record.took().as_secs_f64(),
            escaped(why),
        );
    }
    page.push_str("</table>\n<p class=\"dim\">In the pictures: ");
    for step in Step::ALL {
        let _ = write!(
            page,
            "<svg class=\"key\" viewBox=\"0 0 12 12\"><rect class=\"{step}\" width=\"12\" height=\"12\"/></svg> {step} "
        );
    }
    page.push_str("; a red edge is a step that broke off, a row an attempt, a stroke something that happened.</p>\n");
    for (at, record) in run.records.iter().enumerate() {
        section(&mut page, at, record);
    }
    page.push_str("</html>\n");
    page
}

fn section(page: &mut String, at: usize, record: &Record) {
    let _ = writeln!(
        page,
        "<section id=\"b{at}\">\n<h2>{} <span class=\"{1}\">{1}</span></h2>\n<p class=\"dim\">{2}, begun {3}{4}{5}</p>",
        escaped(&record.board),
        record.verdict.word(),
        escaped(&record.port),
        record.started.strftime("%H:%M:%S UTC"),
        if record.is_resumed { ", passed in an earlier run" } else { "" },
        record.transcript.as_ref().map(|file| format!(", said in {}", escaped(file))).unwrap_or_default(),
    );
    for (word, fault) in
        record.faults.iter().map(|fault| ("", fault)).chain(record.retried.iter().map(|fault| ("tried again: ", fault)))
    {
        let help = fault
            .help
            .as_deref()
            .map(|help| format!("<br><span class=\"dim\">{}</span>", escaped(help)))
            .unwrap_or_default();
        let _ = writeln!(
            page,
            "<p>{word}<b class=\"fail\">{} {}</b>: {}{help}</p>",
            fault.kind,
            escaped(&fault.code),
            escaped(&fault.words)
        );
    }
    timeline(page, record);
    if !record.measurements.is_empty() {
        page.push_str("<table>\n<tr><th>Measured<th>Value<th>At least<th>At most\n");
        for measured in &record.measurements {
            let bound = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            let class = if measured.pass { "" } else { " class=\"limit-no\"" };
            let _ = writeln!(
                page,
                "<tr{class}><td>{}<td>{} {}<td>{}<td>{}",
                escaped(&measured.name),
                measured.value,
                escaped(&measured.unit),
                bound(measured.low),
                bound(measured.high)
            );
        }
        page.push_str("</table>\n");
    }
    page.push_str("<dl>\n");
    let mut put = |name: &str, value: &str| {
        let _ = writeln!(page, "<dt>{}<dd>{}", escaped(name), escaped(value));
    };
    for fact in &record.facts {
        match fact.standing {
            crate::rig::onboard::record::Standing::NotOffered => put(&fact.name, "not offered"),
            crate::rig::onboard::record::Standing::Read
            | crate::rig::onboard::record::Standing::Refused
            | crate::rig::onboard::record::Standing::Unread => put(&fact.name, &fact.value),
        }
    }
    for setting in &record.configuration {
        put(&setting.command, &setting.value);
    }
    if let Some(attachment) = &record.attachment {
        attachment.domains.iter().for_each(|(domain, state)| put(domain, state));
        attachment.connections.iter().for_each(|connection| put("connection", connection));
        attachment.cause.iter().for_each(|cause| put("cause", cause));
        attachment.refused_by.iter().for_each(|who| put("refused by", who));
    }
    record.link.iter().for_each(|link| put("card", link));
    record.remarks.iter().for_each(|remark| put(&format!("{} {}", remark.severity, remark.code), &remark.words));
    record.notes.iter().for_each(|note| put("note", note));
    page.push_str("</dl>\n</section>\n");
}

/// A bar for each step, a row for each attempt, and a stroke for what happened in between.
fn timeline(page: &mut String, record: &Record) {
    let last =
        record.steps.iter().map(|step| step.to_ms).chain(record.marks.iter().map(|mark| mark.at_ms)).max().unwrap_or(0);
    if last == 0 {
        return;
    }
    // A board is at work for hours at most.
    let units = |ms: u64| u32::try_from(ms).map_or(f64::from(u32::MAX), f64::from);
    let x = |ms: u64| units(ms) / units(last) * WIDTH;
    let height = f64::from(record.attempts.max(1)) * ROW + 16.0;
    let _ = writeln!(page, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"what was done when\">");
    for step in &record.steps {
        let y = f64::from(step.attempt.saturating_sub(1)) * ROW;
        let width = (x(step.to_ms) - x(step.from_ms)).max(1.0);
        let broken = if step.is_done { "" } else { " broken" };
        let _ = writeln!(
            page,
            "<rect class=\"{0}{broken}\" x=\"{1:.1}\" y=\"{2}\" width=\"{width:.1}\" height=\"16\"><title>{0}: {3} to {4} ms</title></rect>",
            escaped(&step.step),
            x(step.from_ms),
            y + 1.0,
            step.from_ms,
            step.to_ms,
        );
        if width > 60.0 {
            let _ = writeln!(
                page,
                "<text x=\"{:.1}\" y=\"{}\">{}</text>",
                x(step.from_ms) + 4.0,
                y + 13.0,
                escaped(&step.step)
            );
        }
    }
    for mark in &record.marks {
        let at = x(mark.at_ms);
        let _ = writeln!(
            page,
            "<line class=\"mark\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"0\" y2=\"{}\"><title>{} ms: {}</title></line>",
            height - 14.0,
            mark.at_ms,
            escaped(&mark.text)
        );
    }
    let _ = writeln!(
        page,
        "<text x=\"0\" y=\"{0}\">0</text><text x=\"{WIDTH}\" y=\"{0}\" text-anchor=\"end\">{1} ms</text>\n</svg>",
        height - 2.0,
        last
    );
    if record.marks.is_empty() {
        return;
    }
    // A picture has no room for words, and paper no pointer to ask it with.
    page.push_str("<details><summary>what happened when</summary>\n<dl>\n");
    for mark in &record.marks {
        let _ = writeln!(page, "<dt>{} ms<dd>{}", mark.at_ms, escaped(&mark.text));
    }
    page.push_str("</dl>\n</details>\n");
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter => safe.push(letter),
        }
    }
    safe
}
