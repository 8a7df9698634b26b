//! What is expected of a board: by the device map, and by what the others of its model are like.

use super::fault::{Fault, Kind};
use super::identify::Identity;
use super::labels::{Found, Label};
use super::record::Record;
use crate::rig::map::Device;

/// The label that stands in the map, if there is one: a board's own, and that of the card that is to be in it.
pub(super) fn label(device: &Device) -> Option<Found> {
    let sim = device.fixtures.sim.as_ref();
    let label = Label {
        line: 0,
        imei: device.label.imei.map(|imei| imei.to_string()),
        iccid: sim.and_then(|sim| sim.iccid).map(|iccid| iccid.to_string()),
        imsi: sim.and_then(|sim| sim.imsi).map(|imsi| imsi.to_string()),
        eid: None,
    };
    (label != Label::default()).then_some(Found::One(label))
}

/// Holds what was read against what the map expects: the TAC, the model and the firmware.
pub(super) fn held(device: &Device, identity: &Identity, record: &mut Record) {
    let tac = identity.key.map(crate::identity::ImeiKey::tac);
    let mut faults = Vec::new();
    if let Some(tac) = tac.filter(|tac| !device.tacs.is_empty() && !device.tacs.contains(tac)) {
        let expected = device.tacs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        faults.push(
            Fault::new(Kind::Identity, "other-tac", format!("expected a board with the TAC {expected}, found {tac}"))
                .help("is another board on that port? or write its TAC down in `match`"),
        );
    }
    if let Some(model) = record.fact("model").filter(|model| !device.label.is_of_model(model)) {
        let expected = device.label.model.as_deref().unwrap_or_default();
        faults.push(Fault::new(Kind::Identity, "other-model", format!("expected the model {expected}, found {model}")));
    }
    // The pattern may be of the short form of +CGMR or of the maker's full one.
    let versions: Vec<&str> = [record.fact("revision"), record.fact("firmware")].into_iter().flatten().collect();
    if let Some(found) = versions.first().filter(|_| !versions.iter().any(|version| device.label.has_firmware(version)))
    {
        let expected = device.label.firmware.as_deref().unwrap_or_default();
        faults.push(
            Fault::new(
                Kind::Configuration,
                "other-firmware",
                format!("expected the firmware {expected}, found {found}"),
            )
            .help("bring the board to the batch's firmware, and onboard it again"),
        );
    }
    record.faults.append(&mut faults);
}

/// The commands of settings, each with its answer.
type Settings = Vec<(String, String)>;

/// Compares boards that found no network with those of their model that did: where all of those have one setting and
/// the board has another, that is told, since it is the usual reason.
pub(super) fn compare(records: &mut [Record]) {
    let attached: Vec<(Option<String>, Settings)> = records
        .iter()
        .filter(|record| record.attachment.as_ref().is_some_and(|attachment| attachment.is_registered))
        .map(|record| {
            let settings = record.configuration.iter().map(|setting| (setting.command.clone(), setting.value.clone()));
            (record.fact("model").map(str::to_owned), settings.collect())
        })
        .collect();
    for record in records.iter_mut() {
        if record.attachment.as_ref().is_none_or(|attachment| attachment.is_registered) {
            continue;
        }
        let model = record.fact("model").map(str::to_owned);
        let mut notes = Vec::new();
        for setting in &record.configuration {
            let mut others = attached.iter().filter(|(other, _)| *other == model).filter_map(|(_, settings)| {
                settings.iter().find(|(command, _)| *command == setting.command).map(|(_, value)| value)
            });
            if let Some(first) = others.next()
                && others.all(|other| other == first)
                && *first != setting.value
            {
                notes.push(format!(
                    "{} says {}, but {first} on the boards of its model that attached",
                    setting.command, setting.value
                ));
            }
        }
        record.notes.append(&mut notes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{Attachment, Fact, Setting, Standing};
    use super::*;

    fn board(name: &str, is_registered: bool, value: &str) -> Record {
        Record {
            facts: vec![Fact { name: "model".into(), standing: Standing::Read, value: "BG95-M3".into() }],
            configuration: vec![Setting { command: "AT+QCFG=\"band\"".into(), value: value.into(), restricts: false }],
            attachment: Some(Attachment { is_registered, ..Attachment::default() }),
            ..Record::new(name, "", "2026-03-01T12:00:00Z".parse().unwrap())
        }
    }

    #[test]
    fn a_board_that_is_set_up_unlike_those_that_attached_is_told_so() {
        let mut records =
            vec![board("a", true, "0xf"), board("b", true, "0xf"), board("c", false, "0x1"), board("d", false, "0xf")];
        compare(&mut records);
        let notes: Vec<String> = records.iter().flat_map(|record| record.notes.clone()).collect();
        assert_eq!(notes, ["AT+QCFG=\"band\" says 0x1, but 0xf on the boards of its model that attached"]);
    }
}
