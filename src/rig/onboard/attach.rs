//! Lets a board into the network and watches what comes of it: registered, refused and by whom, or nothing heard.
//!
//! Source: 3GPP TS 27.007 clauses 7.2, 10.1.20, 10.1.22 and 10.1.47 for the four registration commands, 9.1B for
//! `+CNEC`, 10.1.9 to 10.1.23 for the packet domain.

use std::time::Duration;

use tokio::time::Instant;

use super::dialog::{Dialog, Said};
use super::fault::{Fault, Kind};
use super::identify::{Card, Identity};
use super::measure::{self, Measurement};
use super::prepare;
use super::record::{Attachment, Record};
use super::refused::{self, Refuser, Told};
use super::settings::Settings;
use crate::rig::limit::Limit;
use crate::wire::result::FinalResult;
use crate::wire::values::{
    Domain, OperatorSelection, RegistrationLine, RegistrationStatus, RejectCause, SessionCause, SignalQuality,
};

/// What a board says of one domain.
#[derive(Debug, Clone, Copy)]
struct View {
    domain: Domain,
    stat: RegistrationStatus,
    cause: Option<RejectCause>,
}

/// How it stands with the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Registered,
    /// Denied somewhere where it would be needed, and nothing else is under way.
    Denied,
    /// Denied, and another domain is still searching.
    Searching,
}

/// Turns the radio on and waits. What the network refuses becomes a fault of the record; an error is one of the
/// conversation. `is_stopped` is asked in between: somebody found out that the board must not attach.
pub(super) async fn attach(
    dialog: &mut Dialog,
    settings: &Settings,
    limits: &[Limit],
    identity: &Identity,
    record: &mut Record,
    is_stopped: impl Fn() -> bool,
) -> Result<(), Fault> {
    if let Some(fault) = without_card(&identity.card, record) {
        record.attachment =
            Some(Attachment { refused_by: Some(Refuser::Sim.word().to_owned()), ..Attachment::default() });
        record.faults.push(fault);
        return Ok(());
    }
    let mut watch = Watch { views: Vec::new(), emm: None, esm: None, from: None };
    watch.set_up(dialog).await?;
    let started = Instant::now();
    prepare::radio_on(dialog, record).await?;
    let standing = watch.wait(dialog, settings, started, record, &is_stopped).await?;
    let mut attachment = Attachment { is_registered: standing == Some(Standing::Registered), ..Attachment::default() };
    if is_stopped() {
        record.notes.push("it was stopped: another board came with its number".to_owned());
    } else if standing == Some(Standing::Registered) {
        let took = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        record.measurements.push(Measurement::new("time_to_register", took, limits));
        for view in watch.views.iter().filter(|view| view.stat == RegistrationStatus::Denied) {
            let cause = view.cause.map(|cause| format!(", {cause}")).unwrap_or_default();
            record
                .notes
                .push(format!("{}: registration denied{cause}, though it is registered elsewhere", name(view.domain)));
        }
        attachment.operator = operator(dialog).await?;
        connections(dialog, identity, record, &mut attachment, &mut watch).await?;
        record.measurements.extend(measure::signal(dialog, identity.vendor, limits).await?);
    } else {
        watch.look_for_cause(dialog, identity).await?;
        let fault = watch.refusal(dialog, settings, identity, record, &mut attachment).await?;
        record.faults.push(fault);
    }
    for view in &watch.views {
        let cause = view.cause.map(|cause| format!(", {cause}")).unwrap_or_default();
        attachment.domains.push((name(view.domain).to_owned(), format!("{}{cause}", view.stat)));
    }
    record.attachment = Some(attachment);
    Ok(())
}

/// A card that is not there, or not open, needs no network to refuse it.
fn without_card(card: &Card, record: &Record) -> Option<Fault> {
    match card {
        Card::Ready | Card::Unknown => None,
        Card::Locked(state) => {
            let left = record.fact("pin_tries").map(|left| format!(", {left} tries left")).unwrap_or_default();
            Some(
                Fault::new(Kind::Network, "sim-locked", format!("the card asks for {state}{left}; none was spent"))
                    .help("unlock the card in another device, or turn its PIN off with AT+CLCK"),
            )
        }
        Card::Error(error) => {
            let text = error.text().map(|text| format!(" ({text})")).unwrap_or_default();
            Some(
                Fault::new(
                    Kind::Network,
                    "no-sim",
                    format!("no card can be used: +CME ERROR: {}{text}", error.number()),
                )
                .help(
                    "is a card in the slot that the board uses, and does it lie right? an empty eUICC has no profile",
                ),
            )
        }
    }
}

struct Watch {
    /// Of each domain that the board offers.
    views: Vec<View>,
    /// What the network said by the maker's command or `+CNEC`.
    emm: Option<RejectCause>,
    esm: Option<SessionCause>,
    from: Option<String>,
}

impl Watch {
    /// Asks each domain's command what it can show, and has it show causes where it can.
    async fn set_up(&mut self, dialog: &mut Dialog) -> Result<(), Fault> {
        let mut has_cause = false;
        for domain in Domain::ALL {
            let name = domain.command();
            let Said::Lines(lines) = dialog.get(&format!("AT{name}=?")).await? else { continue };
            let offered: Vec<u8> = lines.iter().flat_map(|line| numbers(line)).collect();
            dialog.remember(name).await?;
            let n = [3, 5, 2, 1].into_iter().find(|n| offered.contains(n)).unwrap_or(0);
            if let Said::Lines(_) = dialog.get(&format!("AT{name}={n}")).await? {
                has_cause |= n == 3 || n == 5;
                self.views.push(View { domain, stat: RegistrationStatus::Unknown, cause: None });
            }
        }
        // 24: causes of EMM and of ESM.
        if !has_cause && matches!(dialog.get("AT+CNEC=?").await?, Said::Lines(_)) {
            dialog.remember("+CNEC").await?;
            dialog.get("AT+CNEC=24").await?;
        }
        Ok(())
    }

    /// Waits until it is registered, or refused for good, or the time is up.
    async fn wait(
        &mut self,
        dialog: &mut Dialog,
        settings: &Settings,
        started: Instant,
        record: &mut Record,
        is_stopped: &impl Fn() -> bool,
    ) -> Result<Option<Standing>, Fault> {
        let until = started + settings.registration;
        let mut denied: Option<Instant> = None;
        loop {
            self.poll(dialog, record).await?;
            let standing = self.standing();
            let now = Instant::now();
            match standing {
                Some(Standing::Registered) => return Ok(standing),
                Some(Standing::Denied | Standing::Searching) => {
                    let since = *denied.get_or_insert(now);
                    let cause = self.views.iter().find_map(|view| view.cause).or(self.emm);
                    let is_over = standing == Some(Standing::Denied);
                    let settle = if is_over && !refused::is_transient(cause) {
                        settings.settle
                    } else {
                        settings.settle_transient
                    };
                    if now >= since + settle {
                        return Ok(standing);
                    }
                }
                None => denied = None,
            }
            if now >= until || is_stopped() {
                return Ok(standing);
            }
            let left = settings.poll.min(until.duration_since(now));
            // A line that says something new is looked at at once.
            dialog
                .listen(left.max(Duration::from_millis(1)), |line| {
                    Domain::ALL.iter().any(|domain| line.starts_with(domain.command()))
                })
                .await?;
        }
    }

    /// Takes what came by itself, and asks each domain.
    async fn poll(&mut self, dialog: &mut Dialog, record: &mut Record) -> Result<(), Fault> {
        self.hear(dialog, record);
        for at in 0..self.views.len() {
            let name = self.views[at].domain.command();
            let Said::Lines(lines) = dialog.get(&format!("AT{name}?")).await? else { continue };
            self.hear(dialog, record);
            if let Some(line) = lines.iter().find_map(|line| RegistrationLine::parse_answer(line.as_bytes()).ok()) {
                self.see(&line);
            }
        }
        Ok(())
    }

    fn hear(&mut self, dialog: &mut Dialog, record: &mut Record) {
        for (at, text) in dialog.heard() {
            let mut shown = text.clone();
            if let Ok(line) = RegistrationLine::parse_unsolicited(text.as_bytes()) {
                self.see(&line);
                // Who looks at the picture does not know the numbers by heart.
                shown = format!("{shown} ({}: {})", name(line.domain), line.stat);
            }
            self.tell(&text);
            record.mark(at, shown);
        }
    }

    fn see(&mut self, line: &RegistrationLine<'_>) {
        if let Some(view) = self.views.iter_mut().find(|view| view.domain == line.domain) {
            view.stat = line.stat;
            // A maker's own cause is no cause of the table.
            let cause = line.reject_cause.filter(|_| line.cause_type == Some(0)).filter(|cause| *cause != 0);
            view.cause = cause.map(RejectCause::new).or(view.cause.filter(|_| line.stat == RegistrationStatus::Denied));
        }
    }

    fn tell(&mut self, line: &str) {
        match refused::told(line) {
            Some(Told::Mobility(cause)) => {
                (self.emm, self.from) = (Some(cause), line.split(':').next().map(str::to_owned))
            }
            Some(Told::Session(cause)) => {
                (self.esm, self.from) = (Some(cause), line.split(':').next().map(str::to_owned))
            }
            None => {}
        }
    }

    /// Where packets are carried it counts; the circuit-switched domain alone where there is no other.
    fn standing(&self) -> Option<Standing> {
        let carries =
            |view: &&View| view.domain != Domain::Cs || self.views.iter().all(|view| view.domain == Domain::Cs);
        let of =
            |wanted: fn(RegistrationStatus) -> bool| self.views.iter().filter(carries).any(|view| wanted(view.stat));
        if of(RegistrationStatus::is_registered) {
            return Some(Standing::Registered);
        }
        let is_searching = self.views.iter().any(|view| view.stat == RegistrationStatus::Searching);
        let is_denied = self.views.iter().any(|view| view.stat == RegistrationStatus::Denied);
        match (is_denied, is_searching) {
            (true, false) => Some(Standing::Denied),
            (true, true) => Some(Standing::Searching),
            (false, _) => None,
        }
    }

    /// Asks the maker's commands why, where no registration line has told it.
    async fn look_for_cause(&mut self, dialog: &mut Dialog, identity: &Identity) -> Result<(), Fault> {
        // 19: what failed is the session, and its own cause says more.
        let told = self.views.iter().find_map(|view| view.cause).or(self.emm);
        if told.is_some_and(|cause| cause.number() != 19) {
            return Ok(());
        }
        for command in identity.vendor.cause {
            if let Said::Lines(lines) = dialog.get(command).await? {
                lines.iter().for_each(|line| self.tell(line));
            }
            if self.emm.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// What is to be said of a board that did not get in.
    async fn refusal(
        &self,
        dialog: &mut Dialog,
        settings: &Settings,
        identity: &Identity,
        record: &Record,
        attachment: &mut Attachment,
    ) -> Result<Fault, Fault> {
        let denied = self.views.iter().filter(|view| view.stat == RegistrationStatus::Denied);
        // What carries packets tells more; the newest domain the most.
        let denied = denied.max_by_key(|view| (view.cause.is_some(), view.domain));
        let seen = denied.and_then(|view| view.cause).or_else(|| self.views.iter().rev().find_map(|view| view.cause));
        let cause = seen.or(self.emm);
        attachment.cause = cause.map(|cause| cause.to_string());
        attachment.cause_from = match denied.filter(|view| view.cause.is_some()) {
            Some(view) => Some(view.domain.command().to_owned()),
            None => self.from.clone().filter(|_| cause.is_some() || self.esm.is_some()),
        };
        let restrictions: Vec<String> = record
            .configuration
            .iter()
            .filter(|setting| setting.restricts)
            .map(|setting| format!("{} says {}", setting.command, setting.value))
            .collect();
        let forbids_own = identity.imsi.is_some_and(|imsi| {
            let imsi = imsi.to_string();
            identity.forbidden.iter().any(|network| imsi.starts_with(network.as_str()))
        });
        // A cause that names the card, the subscription or the device stands whatever the settings are.
        let is_open = cause.is_none_or(|cause| refused::is_transient(Some(cause)));
        let (refuser, words) = match (denied, cause, self.esm) {
            (_, Some(cause), Some(session)) if cause.number() == 19 => {
                (refused::of_session(session), format!("registration denied, {cause}: session {session}"))
            }
            (_, Some(cause), _) => {
                let domain = denied.map_or_else(String::new, |view| format!("{}: ", name(view.domain)));
                let meaning = cause.meaning().map(|meaning| format!(": {meaning}")).unwrap_or_default();
                (refused::of_cause(cause), format!("{domain}registration denied, {cause}{meaning}"))
            }
            (Some(view), None, Some(session)) => (
                refused::of_session(session),
                format!("{}: registration denied, session cause {session}", name(view.domain)),
            ),
            (Some(view), None, None) => (
                Refuser::Network,
                format!("{}: registration denied, and no command tells the cause", name(view.domain)),
            ),
            (None, None, _) => {
                let waited = settings.registration.as_secs_f64();
                let rssi = match dialog.get("AT+CSQ").await? {
                    Said::Lines(lines) => lines
                        .iter()
                        .find_map(|line| SignalQuality::parse(line.as_bytes()).ok())
                        .and_then(SignalQuality::dbm),
                    Said::NotOffered | Said::Refused(_) => None,
                };
                let is_searching = self.views.iter().any(|view| view.stat == RegistrationStatus::Searching);
                match (rssi, is_searching) {
                    (None, _) => (Refuser::Radio, format!("no network within {waited} s, and no signal is heard")),
                    (Some(dbm), true) => (
                        Refuser::Network,
                        format!("no network let it in within {waited} s; it hears {dbm} dBm and searches on"),
                    ),
                    (Some(dbm), false) => (
                        Refuser::Network,
                        format!("no network within {waited} s; it hears {dbm} dBm and does not search"),
                    ),
                }
            }
        };
        // A modem does not even try a network that its card forbids: a cause that was given is the reason.
        if cause.is_none() && forbids_own {
            attachment.refused_by = Some(Refuser::Sim.word().to_owned());
            return Ok(Fault::new(Kind::Configuration, "forbidden-network", format!("{words}; the card forbids its own network (EF_FPLMN: {})", identity.forbidden.join(" ")))
                .help("it learnt that in another board or place; clear it by hand once that is understood: AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\""));
        }
        if is_open && !restrictions.is_empty() {
            attachment.refused_by = Some(Refuser::Configuration.word().to_owned());
            return Ok(Fault::new(
                Kind::Configuration,
                "wrong-configuration",
                format!("{words}; {}", restrictions.join(", ")),
            )
            .help(Refuser::Configuration.help()));
        }
        attachment.refused_by = Some(refuser.word().to_owned());
        let code = if denied.is_some() || cause.is_some() { "denied" } else { "no-network" };
        let words = format!("{words} (refused by: {})", refuser.word());
        Ok(Fault::new(Kind::Network, code, words).help(refuser.help()))
    }
}

/// A domain in a word.
fn name(domain: Domain) -> &'static str {
    match domain {
        Domain::Cs => "CS",
        Domain::Ps => "GPRS",
        Domain::Eps => "EPS",
        Domain::FiveGs => "5GS",
    }
}

/// The operator that let it in.
async fn operator(dialog: &mut Dialog) -> Result<Option<String>, Fault> {
    let Said::Lines(lines) = dialog.get("AT+COPS?").await? else { return Ok(None) };
    let named = lines
        .iter()
        .find_map(|line| OperatorSelection::parse(line.as_bytes()).ok()?.operator.map(|(_, name)| name.into_owned()));
    Ok(named)
}

/// Registered is not connected: is there a packet data connection, and if not, does the network grant one?
async fn connections(
    dialog: &mut Dialog,
    identity: &Identity,
    record: &mut Record,
    attachment: &mut Attachment,
    watch: &mut Watch,
) -> Result<(), Fault> {
    let Said::Lines(lines) = dialog.get("AT+CGACT?").await? else { return Ok(()) };
    let active = |lines: &[String]| -> Vec<String> {
        lines
            .iter()
            .filter_map(|line| line.strip_prefix("+CGACT:")?.trim().strip_suffix(",1").map(str::to_owned))
            .collect()
    };
    let mut contexts = active(&lines);
    if contexts.is_empty() {
        let Some(first) =
            lines.iter().find_map(|line| Some(line.strip_prefix("+CGACT:")?.split(',').next()?.trim().to_owned()))
        else {
            record.notes.push("no packet data connection is defined".to_owned());
            return Ok(());
        };
        let said = dialog.get(&format!("AT+CGACT=1,{first}")).await?;
        watch.hear(dialog, record);
        if let Said::Lines(_) = said {
            contexts.push(first);
        } else {
            record.faults.push(refused_connection(dialog, identity, &first, &said, attachment, watch).await?);
            return Ok(());
        }
    }
    for context in contexts {
        let apn = match dialog.get(&format!("AT+CGCONTRDP={context}")).await? {
            Said::Lines(lines) => {
                lines.iter().find_map(|line| line.split(',').nth(2).map(|apn| apn.trim_matches('"').to_owned()))
            }
            Said::NotOffered | Said::Refused(_) => None,
        };
        let address = match dialog.get(&format!("AT+CGPADDR={context}")).await? {
            Said::Lines(lines) => {
                lines.iter().find_map(|line| Some(line.split_once(',')?.1.trim_matches('"').to_owned()))
            }
            Said::NotOffered | Said::Refused(_) => None,
        };
        let address = address.filter(|address| !address.is_empty() && address != "0.0.0.0");
        if address.is_none() {
            record.notes.push(format!("connection {context} has no address"));
        }
        let shown = [Some(format!("{context}:")), apn.filter(|apn| !apn.is_empty()), address];
        attachment.connections.push(shown.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    Ok(())
}

async fn refused_connection(
    dialog: &mut Dialog,
    identity: &Identity,
    context: &str,
    said: &Said,
    attachment: &mut Attachment,
    watch: &mut Watch,
) -> Result<Fault, Fault> {
    if watch.esm.is_none() {
        for command in identity.vendor.cause {
            if let Said::Lines(lines) = dialog.get(command).await? {
                lines.iter().for_each(|line| watch.tell(line));
            }
            if watch.esm.is_some() {
                break;
            }
        }
    }
    let result = match said {
        Said::Refused(FinalResult::Cme(error)) => Some(*error),
        Said::Refused(_) | Said::Lines(_) | Said::NotOffered => None,
    };
    let by_number = result.and_then(SessionCause::of_error);
    let cause = watch.esm.or(by_number);
    attachment.cause = cause.map(|cause| format!("session {cause}"));
    let refuser = cause.map_or(Refuser::Apn, refused::of_session);
    attachment.refused_by = Some(refuser.word().to_owned());
    let why = match (cause, result) {
        (Some(cause), _) => cause.to_string(),
        (None, Some(error)) => format!("+CME ERROR: {}", error.number()),
        (None, None) => "ERROR".to_owned(),
    };
    Ok(Fault::new(
        Kind::Network,
        "no-connection",
        format!("registered, but connection {context} was refused: {why} (refused by: {})", refuser.word()),
    )
    .help(refuser.help()))
}

/// The numbers in the brackets of a test form: `+CEREG: (0-2,4)`.
fn numbers(line: &str) -> Vec<u8> {
    let inside = line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let ranges = inside.split(',').filter_map(|part| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        Some(low.trim().parse::<u8>().ok()?..=high.trim().parse::<u8>().ok()?)
    });
    ranges.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_offers_a_subset_of_what_it_can_show() {
        assert_eq!(numbers("+CEREG: (0-2,4)"), [0, 1, 2, 4]);
        assert_eq!(numbers("+CREG: (0,1,2,3)"), [0, 1, 2, 3]);
        assert!(numbers("+CEREG: nothing").is_empty());
    }
}
