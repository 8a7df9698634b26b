//! A line a board, for a spreadsheet. Numbers that a spreadsheet would spoil keep their digits only where it is told that they
//! are text; what it would take for a formula begins with an apostrophe.

use super::Run;

const COLUMNS: [&str; 22] = [
    "board",
    "port",
    "verdict",
    "kind",
    "code",
    "words",
    "attempts",
    "seconds",
    "manufacturer",
    "model",
    "revision",
    "imei",
    "svn",
    "iccid",
    "imsi",
    "eid",
    "operator",
    "cause",
    "refused_by",
    "time_to_register_s",
    "rssi_dbm",
    "rsrp_dbm",
];

pub(super) fn render(run: &Run<'_>) -> Result<String, String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| error.to_string())?;
    for record in run.records {
        let fact = |name: &str| record.fact(name).unwrap_or_default().to_owned();
        let measured = |name: &str| {
            record
                .measurements
                .iter()
                .find(|measured| measured.name == name)
                .map(|measured| measured.value.to_string())
                .unwrap_or_default()
        };
        let attachment = record.attachment.clone().unwrap_or_default();
        let fault = record.fault();
        let row = [
            record.board.clone(),
            record.port.clone(),
            record.verdict.word().to_owned(),
            fault.map(|fault| fault.kind.word().to_owned()).unwrap_or_default(),
            fault.map(|fault| fault.code.clone()).unwrap_or_default(),
            fault.map(|fault| fault.words.clone()).unwrap_or_default(),
            record.attempts.to_string(),
            format!("{}.{:03}", record.took_ms / 1000, record.took_ms % 1000),
            fact("manufacturer"),
            fact("model"),
            fact("revision"),
            fact("imei"),
            fact("svn"),
            fact("iccid"),
            fact("imsi"),
            fact("eid"),
            attachment.operator.unwrap_or_default(),
            attachment.cause.unwrap_or_default(),
            attachment.refused_by.unwrap_or_default(),
            measured("time_to_register"),
            measured("rssi"),
            measured("rsrp"),
        ];
        writer.write_record(row.iter().map(|cell| safe(cell))).map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// A board may call itself `=cmd()`. A number with a sign is no formula.
fn safe(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t']) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}
