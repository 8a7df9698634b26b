//! What the network's refusals were: `+CNEC`, `+CEER`.
//!
//! Source: 3GPP TS 27.007, clauses 6.10 and 9.1B.

use super::domain::{Domains, Procedures};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;
use crate::wire::values::{Domain, RejectCause};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CNEC", |modem, call| modem.number_setting(call, "+CNEC", Setting::ErrorReport)),
    Entry::new("+CEER", extended),
];

/// Tells of a refusal where `<n>` of `+CNEC` asks for it: 1 MM, 2 GMM, 8 EMM, 32 5GMM.
pub(super) fn rejected(modem: &mut Modem, procedures: Procedures, domains: Domains, cause: RejectCause) {
    let cs = domains.contain(Domain::Cs);
    let ps = domains.contain(Domain::Ps);
    let told: &[(bool, u32, &str)] = match procedures {
        Procedures::Gmm => &[(cs, 1, "+CNEC_MM"), (ps, 2, "+CNEC_GMM")],
        Procedures::Emm => &[(true, 8, "+CNEC_EMM")],
        Procedures::FiveGmm => &[(true, 32, "+CNEC_5GMM")],
    };
    for &(concerned, bit, name) in told {
        if concerned && modem.setting(Setting::ErrorReport) & bit != 0 {
            modem.unsolicited(format!("{name}: {}", cause.number()));
        }
    }
}

/// `+CEER`: `+CEER: <report>`, free text.
fn extended(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let show = &modem.profile.network.show;
            let as_shown = |number: u8, text: &str| {
                show.ceer_cause.replace("{cause}", &number.to_string()).replace("{text}", text)
            };
            let of_context = modem.network.packet.refused();
            let of_context = of_context.map(|cause| as_shown(cause.number(), cause.name().unwrap_or("Unspecified")));
            let report = of_context.unwrap_or_else(|| match modem.network.mobility.refused() {
                None => match modem.calls.circuit.last_cause() {
                    None => show.ceer_none.clone(),
                    Some(cause) => as_shown(cause.number(), cause.name()),
                },
                Some(refused) => {
                    let domain = match refused.tech.procedures() {
                        Procedures::Gmm => Domain::Ps,
                        Procedures::Emm => Domain::Eps,
                        Procedures::FiveGmm => Domain::FiveGs,
                    };
                    let text = refused.cause.name(domain).unwrap_or("Unspecified");
                    as_shown(refused.cause.number(), text)
                }
            });
            modem.inform(format_args!("+CEER: {report}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}
