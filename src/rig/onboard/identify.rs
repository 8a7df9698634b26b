//! Reads who a board is: its maker, model and firmware in full, its identities, its card and what that allows.
//!
//! Source: 3GPP TS 27.007 clauses 5.1 to 5.6 (`+CGMI` to `+CIMI`), 8.3 (`+CPIN?`), 8.18 (`+CRSM`), 8.45 and 8.46 (`+CCHO`,
//! `+CGLA`), 8.65 (`+CPINR`); GSMA SGP.02 clause 4.1.1 and SGP.22 clause 5.7.20 (`GetEID`) for the EID. What the standards
//! leave to the makers is in [`vendor`].

use std::time::Duration;

use tokio::time::Instant;

use super::card;
use super::dialog::{Dialog, Said, told};
use super::fault::{Fault, Kind};
use super::record::{Record, Setting, Standing};
use super::settings::Settings;
use super::vendor::{self, Vendor};
use crate::identity::{Eid, Equipment, Iccid, ImeiKey, Imsi, Spelling, Svn};
use crate::wire::result::{CmeError, FinalResult};

/// What was read, as values.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) vendor: &'static Vendor,
    /// What the board calls itself, as it came; empty where it gave nothing.
    pub(super) equipment: String,
    pub(super) key: Option<ImeiKey>,
    pub(super) svn: Option<Svn>,
    pub(super) iccid: Option<Iccid>,
    pub(super) imsi: Option<Imsi>,
    pub(super) card: Card,
    /// The networks that the card forbids.
    pub(super) forbidden: Vec<String>,
}

/// How the card stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Card {
    /// `READY`.
    Ready,
    /// It waits for a code: `SIM PIN`.
    Locked(String),
    /// An error: 10 not inserted, 13 failure, 14 busy, 15 wrong.
    Error(CmeError),
    /// Nobody knows.
    Unknown,
}

/// The equipment's identity alone, by which a board is recognised.
pub(super) async fn equipment(dialog: &mut Dialog) -> Result<Option<ImeiKey>, Fault> {
    for command in ["AT+CGSN=1", "AT+CGSN"] {
        if let Said::Lines(lines) = dialog.get(command).await?
            && let Some(key) = lines.iter().find_map(|line| Spelling::parse(line).ok()?.equipment.key())
        {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Reads all of it.
pub(super) async fn identify(dialog: &mut Dialog, settings: &Settings, record: &mut Record) -> Result<Identity, Fault> {
    let mut reader = Reader { dialog, record };
    let maker = reader.words("manufacturer", &["AT+CGMI", "AT+GMI"]).await?.unwrap_or_default();
    let model = reader.words("model", &["AT+CGMM", "AT+GMM"]).await?.unwrap_or_default();
    let vendor = vendor::of(&maker, &model);
    reader.words("revision", &["AT+CGMR", "AT+GMR"]).await?;
    reader.all("firmware", vendor.firmware).await?;
    let (equipment, key) = reader.imei().await?;
    let svn = reader.version(vendor, key).await?;
    let card = reader.card(settings.card_patience).await?;
    let iccid = reader.iccid(vendor).await?;
    let imsi = reader.one("imsi", &["AT+CIMI"], |line| Imsi::parse(plain(line)).ok()).await?.map(|(imsi, _)| imsi);
    reader.eid(vendor).await?;
    reader.counters(vendor).await?;
    reader.first("slots", vendor.slots).await?;
    reader.configuration(vendor).await?;
    let forbidden = reader.forbidden().await?;
    Ok(Identity { vendor, equipment, key, svn, iccid, imsi, card, forbidden })
}

struct Reader<'a> {
    dialog: &'a mut Dialog,
    record: &'a mut Record,
}

impl Reader<'_> {
    /// The first of several commands that is answered with something that `read` takes; told as the fact `name`.
    async fn one<T>(
        &mut self,
        name: &str,
        commands: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<(T, String)>, Fault> {
        let (mut standing, mut value) = (Standing::NotOffered, String::new());
        for command in commands {
            match self.dialog.get(command).await? {
                Said::Lines(lines) => {
                    if let Some((found, line)) = lines.iter().find_map(|line| Some((read(line)?, line))) {
                        let text = plain(line).to_owned();
                        self.record.put(name, Standing::Read, text.as_str());
                        return Ok(Some((found, text)));
                    }
                    if !lines.is_empty() {
                        (standing, value) = (Standing::Unread, lines.join(" | "));
                    }
                }
                Said::Refused(result) if standing == Standing::NotOffered => {
                    (standing, value) = (Standing::Refused, told(&result));
                }
                Said::Refused(_) | Said::NotOffered => {}
            }
        }
        self.record.put(name, standing, value);
        Ok(None)
    }

    /// A line of text.
    async fn words(&mut self, name: &str, commands: &[&str]) -> Result<Option<String>, Fault> {
        let found = self.one(name, commands, |line| (!plain(line).is_empty()).then_some(())).await?;
        Ok(found.map(|(_, text)| text))
    }

    /// Every line of every command that there is.
    async fn all(&mut self, name: &str, commands: &[&str]) -> Result<(), Fault> {
        let mut found = Vec::new();
        for command in commands {
            if let Said::Lines(lines) = self.dialog.get(command).await? {
                found.extend(lines.iter().map(|line| plain(line).to_owned()).filter(|line| !line.is_empty()));
            }
        }
        let standing = if found.is_empty() { Standing::NotOffered } else { Standing::Read };
        self.record.put(name, standing, found.join(" | "));
        Ok(())
    }

    /// All lines of the first command that there is.
    async fn first(&mut self, name: &str, commands: &[&str]) -> Result<(), Fault> {
        for command in commands {
            if let Said::Lines(lines) = self.dialog.get(command).await?
                && !lines.is_empty()
            {
                self.record.put(name, Standing::Read, lines.join(" | "));
                return Ok(());
            }
        }
        self.record.put(name, Standing::NotOffered, "");
        Ok(())
    }

    /// `+CGSN=1`, and bare: two that name two devices are a fault of the board. The bare form may be a serial number.
    async fn imei(&mut self) -> Result<(String, Option<ImeiKey>), Fault> {
        let read = |line: &str| Spelling::parse(line).ok().map(|spelling| spelling.equipment);
        let asked = self.one("imei", &["AT+CGSN=1"], read).await?;
        let bare = self.one("serial", &["AT+CGSN"], read).await?;
        let key = |found: &Option<(Equipment, String)>| found.as_ref().and_then(|(equipment, _)| equipment.key());
        if let (Some(one), Some(other)) = (key(&asked), key(&bare))
            && one != other
        {
            self.disagree("imei", &format!("+CGSN=1 says {one}, +CGSN says {other}"));
        }
        if let Some((equipment, text)) = asked.or_else(|| bare.clone()) {
            self.record.put("imei", Standing::Read, text.as_str());
            return Ok((text, equipment.key()));
        }
        // Something came that is no identity: what that is, the check says.
        let came = ["imei", "serial"].into_iter().find_map(|name| {
            let fact = self.record.facts.iter().find(|fact| fact.name == name)?;
            (fact.standing == Standing::Unread).then(|| plain(&fact.value).to_owned())
        });
        Ok((came.unwrap_or_default(), None))
    }

    /// `+CGSN=2` and `=3`: the IMEISV and the software version number.
    async fn version(&mut self, vendor: &Vendor, key: Option<ImeiKey>) -> Result<Option<Svn>, Fault> {
        let commands: Vec<&str> = ["AT+CGSN=2"].into_iter().chain(vendor.imeisv.iter().copied()).collect();
        let found =
            self.one("imeisv", &commands, |line| Spelling::parse(line).ok().map(|spelling| spelling.equipment)).await?;
        if let (Some(one), Some(other)) = (key, found.as_ref().and_then(|(equipment, _)| equipment.key()))
            && one != other
        {
            self.disagree("imeisv", &format!("the IMEI begins with {one}, the IMEISV with {other}"));
        }
        let svn = self.one("svn", &["AT+CGSN=3"], |line| Svn::parse(plain(line)).ok()).await?.map(|(svn, _)| svn);
        let of_imeisv = found.and_then(|(equipment, _)| match equipment {
            Equipment::Imeisv(imeisv) => Some(imeisv.svn()),
            Equipment::ImeiAndSvn(_, svn) => Some(svn),
            Equipment::Imei(_) | Equipment::Meid(_) | Equipment::Esn(_) => None,
        });
        Ok(svn.or(of_imeisv))
    }

    fn disagree(&mut self, what: &str, words: &str) {
        self.record.faults.push(
            Fault::new(Kind::Identity, &format!("{what}-disagrees"), words)
                .help("the board tells two identities: two slots, or a number that was written to one place alone"),
        );
    }

    /// `+CPIN?`, for as long as the card is busy.
    async fn card(&mut self, patience: Duration) -> Result<Card, Fault> {
        let until = Instant::now() + patience;
        loop {
            let said = self.dialog.get("AT+CPIN?").await?;
            let (card, standing, text) = match said {
                Said::Lines(lines) => {
                    let state =
                        lines.iter().find_map(|line| line.strip_prefix("+CPIN:")).map(|state| state.trim().to_owned());
                    match state {
                        Some(state) if state == "READY" => (Card::Ready, Standing::Read, state),
                        Some(state) => (Card::Locked(state.clone()), Standing::Read, state),
                        None => (Card::Unknown, Standing::Unread, lines.join(" | ")),
                    }
                }
                Said::Refused(FinalResult::Cme(CmeError::SIM_BUSY)) if Instant::now() < until => {
                    self.dialog.listen(Duration::from_millis(500), |line| line.starts_with("+CPIN")).await?;
                    continue;
                }
                Said::Refused(result) => {
                    let card = if let FinalResult::Cme(error) = result { Card::Error(error) } else { Card::Unknown };
                    (card, Standing::Refused, told(&result))
                }
                Said::NotOffered => (Card::Unknown, Standing::NotOffered, String::new()),
            };
            self.record.put("sim", standing, text);
            return Ok(card);
        }
    }

    /// The maker's command for the card's number, or the card's own file.
    async fn iccid(&mut self, vendor: &Vendor) -> Result<Option<Iccid>, Fault> {
        let read = |line: &str| {
            let line = line.split_once(':').map_or(line, |(_, value)| value).trim();
            line.split(',').map(|field| field.trim().trim_matches('"')).find_map(|field| Iccid::parse(field).ok())
        };
        if let Some((iccid, _)) = self.one("iccid", vendor.iccid, read).await? {
            self.record.put("iccid", Standing::Read, iccid.to_string());
            return Ok(Some(iccid));
        }
        if let Said::Lines(lines) = self.dialog.get("AT+CRSM=176,12258,0,0,10").await?
            && let Some(iccid) = lines.iter().find_map(|line| {
                let octets = card::file(line)?;
                Iccid::from_octets(octets.try_into().ok()?).ok()
            })
        {
            self.record.put("iccid", Standing::Read, iccid.to_string());
            return Ok(Some(iccid));
        }
        Ok(None)
    }

    /// The maker's command for the EID, or a channel to the eUICC's root domain, which is closed again.
    async fn eid(&mut self, vendor: &Vendor) -> Result<(), Fault> {
        let read = |line: &str| line.split([' ', ',', ':', '"']).find_map(|field| Eid::parse(field).ok());
        if let Some((eid, _)) = self.one("eid", vendor.eid, read).await? {
            self.record.put("eid", Standing::Read, eid.to_string());
            return Ok(());
        }
        let Said::Lines(lines) = self.dialog.get(card::OPEN_ISD_R).await? else { return Ok(()) };
        let Some(channel) = lines.iter().find_map(|line| card::channel(line)) else { return Ok(()) };
        let mut read = self.dialog.get(&card::get_eid(channel)).await?;
        if let Said::Lines(lines) = &read
            && let Some(more) = lines.iter().find_map(|line| card::get_more(channel, line))
        {
            read = self.dialog.get(&more).await?;
        }
        self.dialog.get(&format!("AT+CCHC={channel}")).await?;
        if let Said::Lines(lines) = read {
            match lines.iter().find_map(|line| card::eid(line)) {
                Some(eid) => self.record.put("eid", Standing::Read, eid.to_string()),
                None => self.record.put("eid", Standing::Unread, lines.join(" | ")),
            }
        }
        Ok(())
    }

    /// How many tries the card leaves. None of the commands spends one.
    async fn counters(&mut self, vendor: &Vendor) -> Result<(), Fault> {
        let mut left = card::Tries::default();
        for command in vendor.counters {
            if let Said::Lines(lines) = self.dialog.get(command).await? {
                lines.iter().for_each(|line| left.read(line));
            }
            if left.pin.is_some() && left.puk.is_some() {
                break;
            }
        }
        for (name, count) in [("pin_tries", left.pin), ("puk_tries", left.puk)] {
            let standing = if count.is_some() { Standing::Read } else { Standing::NotOffered };
            self.record.put(name, standing, count.map(|count| count.to_string()).unwrap_or_default());
        }
        Ok(())
    }

    /// Locks and profiles, and how the operator is chosen.
    async fn configuration(&mut self, vendor: &Vendor) -> Result<(), Fault> {
        let settings = vendor.configuration.iter().map(|setting| (setting.command, setting.open));
        for (command, open) in settings.chain([("AT+COPS?", &["0", "2"][..]), ("AT+CGDCONT?", &[])]) {
            let Said::Lines(lines) = self.dialog.get(command).await? else { continue };
            if lines.is_empty() {
                continue;
            }
            let restricts = !open.is_empty() && lines.iter().any(|line| !open.contains(&last_value(command, line)));
            let value = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" | ");
            self.record.configuration.push(Setting { command: command.to_owned(), value, restricts });
        }
        Ok(())
    }

    /// EF_FPLMN: the networks that the card forbids, wherever it was when it learnt it.
    async fn forbidden(&mut self) -> Result<Vec<String>, Fault> {
        let said = self.dialog.get(card::READ_FORBIDDEN).await?;
        let (standing, value, forbidden) = match said {
            Said::Lines(lines) => match lines.iter().find_map(|line| card::file(line)) {
                Some(octets) => {
                    let forbidden = card::networks(&octets);
                    (Standing::Read, forbidden.join(" "), forbidden)
                }
                None => (Standing::Unread, lines.join(" | "), Vec::new()),
            },
            Said::Refused(result) => (Standing::Refused, told(&result), Vec::new()),
            Said::NotOffered => (Standing::NotOffered, String::new(), Vec::new()),
        };
        self.record.put("forbidden_networks", standing, value);
        Ok(forbidden)
    }
}

/// The value that a setting's line is judged by: the first of `+COPS: 0,…`, the one behind the name of `+QCFG: "band",…`.
fn last_value<'a>(command: &str, line: &'a str) -> &'a str {
    let value = line.split_once(':').map_or(line, |(_, value)| value).trim();
    let mut fields = value.split(',').map(|field| field.trim().trim_matches('"'));
    let at = usize::from(command.contains('"'));
    fields.nth(at).unwrap_or(value)
}

/// What stands behind a name and a colon, without its quotes.
fn plain(line: &str) -> &str {
    let line = line.trim();
    let is_name = |name: &str| name.starts_with(['+', '#', '^', '%', '!', '*']) && !name.contains(' ');
    let value = line.split_once(':').filter(|(name, _)| is_name(name)).map_or(line, |(_, value)| value.trim());
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}
