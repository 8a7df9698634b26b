//! The registration reports: `+CREG +CGREG +CEREG +C5GREG`, asked for and unsolicited.
//!
//! All four are made by one function from one state. An unsolicited line comes when what its `<n>` shows has changed.
//!
//! Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.

use super::domain::Tech;
use super::mobility::Mobility;
use super::profile::{CgregInLte, NetworkProfile};
use super::registration::Registration;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;
use crate::wire::values::{AccessTechnology, ActiveTime, Domain, PeriodicUpdate, RegistrationLine, RegistrationStatus};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CREG", |modem, call| report(modem, call, Domain::Cs)),
    Entry::new("+CGREG", |modem, call| report(modem, call, Domain::Ps)),
    Entry::new("+CEREG", |modem, call| report(modem, call, Domain::Eps)),
    Entry::new("+C5GREG", |modem, call| report(modem, call, Domain::FiveGs)),
];

/// What a report showed: all that can change while it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    stat: RegistrationStatus,
    place: Option<(u32, u64, AccessTechnology, Option<u8>)>,
    cause: Option<u8>,
    timers: Option<(ActiveTime, PeriodicUpdate)>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { stat: RegistrationStatus::NotSearching, place: None, cause: None, timers: None }
    }
}

impl Shown {
    fn of(line: &RegistrationLine<'_>) -> Self {
        let place = match (line.area, line.cell, line.act) {
            (Some(area), Some(cell), Some(act)) => Some((area, cell, act, line.rac)),
            (_, _, _) => None,
        };
        Self { stat: line.stat, place, cause: line.reject_cause, timers: line.active_time.zip(line.periodic) }
    }

    /// What is left of it at this `<n>`.
    fn at(self, n: u32) -> Self {
        Self {
            stat: self.stat,
            place: self.place.filter(|_| n >= 2),
            cause: self.cause.filter(|_| matches!(n, 3 | 5)),
            timers: self.timers.filter(|_| matches!(n, 4 | 5)),
        }
    }
}

/// The setting that holds a domain's `<n>`.
const fn setting(domain: Domain) -> Setting {
    match domain {
        Domain::Cs => Setting::CsReport,
        Domain::Ps => Setting::PsReport,
        Domain::Eps => Setting::EpsReport,
        Domain::FiveGs => Setting::NrReport,
    }
}

/// `+CEREG=[<n>]` and its like.
fn report(modem: &mut Modem, call: &Call<'_>, domain: Domain) -> Reply {
    let profile = modem.profile.clone();
    if !profile.network.has_report(domain) {
        return Reply::Unknown;
    }
    match call.form() {
        Form::Read => {
            let n = u8::try_from(modem.setting(setting(domain))).unwrap_or(0);
            let line = line(&profile.network, &modem.network.mobility, domain);
            let line = RegistrationLine { n: Some(n), ..line }.as_seen_at(n);
            let text = written(&profile.network, &line);
            modem.inform(format_args!("{text}"));
            Reply::Ok
        }
        Form::Set(_) | Form::Test | Form::Execute => modem.number_setting(call, domain.command(), setting(domain)),
    }
}

/// Gives the unsolicited reports of what has changed.
pub(super) fn give(modem: &mut Modem) {
    // A modem that sleeps notices when it wakes.
    if modem.network.is_asleep() {
        return;
    }
    let profile = modem.profile.clone();
    for domain in Domain::ALL.into_iter().filter(|&domain| profile.network.has_report(domain)) {
        let line = line(&profile.network, &modem.network.mobility, domain);
        let shown = Shown::of(&line);
        let before = std::mem::replace(&mut modem.network.shown[domain as usize], shown);
        modem.tell(|modem| {
            let n = modem.setting(setting(domain));
            let news = n > 0 && before.at(n) != shown.at(n);
            news.then(|| written(&profile.network, &line.as_seen_at(u8::try_from(n).unwrap_or(1))))
        });
    }
}

/// Everything that a domain's report can show now.
pub(super) fn line<'a>(profile: &'a NetworkProfile, mobility: &Mobility, domain: Domain) -> RegistrationLine<'a> {
    let show = &profile.show;
    let state = mobility.registration(domain);
    let mut line = RegistrationLine::new(domain, stat(profile, mobility, domain));
    let shows_place = match state {
        Registration::Home | Registration::Roaming | Registration::Emergency => true,
        Registration::Denied { .. } => show.denied_location,
        Registration::Off
        | Registration::Searching
        | Registration::Registering { .. }
        | Registration::BackOff { .. }
        | Registration::Limited { .. } => false,
    };
    if let Some(cell) = mobility.serving().filter(|_| shows_place) {
        line.area = Some(cell.area);
        line.cell = Some(cell.identity);
        line.act = Some(profile.act(cell.tech));
        let routes = matches!(cell.tech, Tech::Gsm | Tech::Utran);
        line.rac = Some(cell.rac).filter(|_| domain == Domain::Ps && routes && show.rac);
        line.nssai = Some(show.nssai.as_str()).filter(|nssai| domain == Domain::FiveGs && !nssai.is_empty());
    }
    if state.is_registered() && matches!(domain, Domain::Ps | Domain::Eps) {
        line.active_time =
            mobility.granted.map(|timers| timers.active).or_else(|| ActiveTime::parse(show.active_time.as_bytes()));
        line.periodic =
            mobility.granted.map(|timers| timers.tau).or_else(|| PeriodicUpdate::parse(show.periodic_tau.as_bytes()));
    }
    let cause = match state {
        Registration::Denied { cause } => Some(cause),
        Registration::BackOff { cause, .. } => Some(cause).filter(|_| show.back_off_cause),
        Registration::Registering { after, .. } => after.filter(|_| show.back_off_cause),
        Registration::Off
        | Registration::Searching
        | Registration::Home
        | Registration::Roaming
        | Registration::Limited { .. }
        | Registration::Emergency => None,
    };
    if let Some(cause) = cause.filter(|_| line.stat != RegistrationStatus::Unknown) {
        line.cause_type = Some(0);
        line.reject_cause = Some(cause.number());
    }
    line
}

/// `<stat>` of a domain.
fn stat(profile: &NetworkProfile, mobility: &Mobility, domain: Domain) -> RegistrationStatus {
    let state = mobility.registration(domain);
    // The one quirk by which a report speaks of its coverage instead of its registration.
    if domain == Domain::Ps && profile.show.cgreg_in_lte == CgregInLte::Unknown && !state.is_registered() {
        let here = mobility.serving().map(|cell| cell.tech);
        if !matches!(here, Some(Tech::Gsm | Tech::Utran)) && mobility.is_on() {
            return RegistrationStatus::Unknown;
        }
    }
    match state {
        Registration::Off | Registration::Limited { .. } => RegistrationStatus::NotSearching,
        Registration::Searching | Registration::Registering { .. } => RegistrationStatus::Searching,
        Registration::Home => RegistrationStatus::Home,
        Registration::Roaming => RegistrationStatus::Roaming,
        Registration::Denied { .. } => RegistrationStatus::Denied,
        Registration::BackOff { .. } => RegistrationStatus::from_number(profile.show.back_off_stat),
        Registration::Emergency => RegistrationStatus::EmergencyOnly,
    }
}

/// The line as this modem writes it.
fn written(profile: &NetworkProfile, line: &RegistrationLine<'_>) -> String {
    let text = line.to_string();
    match line.cell {
        Some(cell) if !profile.show.cell_padded => {
            let width = if line.domain == Domain::FiveGs { 10 } else { 8 };
            text.replacen(&format!("\"{cell:0width$X}\""), &format!("\"{cell:X}\""), 1)
        }
        Some(_) | None => text,
    }
}

impl NetworkProfile {
    /// Whether the modem knows the command of this domain.
    pub(in crate::modem) fn has_report(&self, domain: Domain) -> bool {
        match domain {
            Domain::Cs | Domain::Ps => true,
            Domain::Eps | Domain::FiveGs => self.domains().contain(domain),
        }
    }
}
