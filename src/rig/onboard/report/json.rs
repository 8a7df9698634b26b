//! All that is known, as one JSON object.
//!
//! ```json
//! { "version": 1, "place": "bench 3", "started": "…", "ended": "…", "problems": [],
//!   "counts": { "passed": 38, "failed": 1, "error": 1, "interrupted": 0 },
//!   "boards": [{ "board": "slot-1", "verdict": "pass", "facts": […], "faults": […], "measurements": […], … }] }
//! ```

use super::{Run, VERSION};
use crate::rig::onboard::record::Verdict;

pub(super) fn render(run: &Run<'_>) -> Result<String, serde_json::Error> {
    let object = serde_json::json!({
        "version": VERSION,
        "place": run.place,
        "started": run.started.to_string(),
        "ended": run.ended.to_string(),
        "problems": run.problems,
        "counts": {
            "passed": run.count(&[Verdict::Pass, Verdict::Warn]),
            "failed": run.count(&[Verdict::Fail]),
            "error": run.count(&[Verdict::Error]),
            "interrupted": run.count(&[Verdict::Interrupted]),
        },
        "boards": run.records,
    });
    Ok(serde_json::to_string_pretty(&object)? + "\n")
}
