//! What the network says to a request for a context: which access points there are, who may use them, and how.
//!
//! Source: 3GPP TS 24.301, clause 6.5.1.4; TS 24.008, clause 6.1.3.1.3; TS 23.401, clause 5.10.2.

use super::cause;
use super::context::{Context, PdpType, Session, addresses};
use super::profile::ApnProfile;
use super::{Packet, context};
use crate::modem::Tick;
use crate::modem::network::domain::{Procedures, Tech};
use crate::modem::network::mobility::Mobility;
use crate::modem::network::profile::NetworkProfile;
use crate::wire::values::SessionCause;

impl Packet {
    /// The network's answer to a request for this context at `now`.
    ///
    /// # Errors
    /// Why it refuses.
    pub(super) fn request(
        &self,
        now: Tick,
        profile: &NetworkProfile,
        mobility: &Mobility,
        context: &Context,
    ) -> Result<Session, SessionCause> {
        let tech = mobility.cell().map_or(profile.tech, |cell| cell.tech);
        if let Some(cause) = denied(profile, mobility, tech) {
            return Err(cause);
        }
        if self.backs_off(now, &context.apn) {
            return Err(SessionCause::INSUFFICIENT_RESOURCES);
        }
        let own = &profile.session;
        let bearer = self.contexts.free_bearer();
        let room = self.contexts.active().count() < usize::from(own.maximum);
        let bearer = bearer.filter(|_| room).ok_or(match tech.procedures() {
            Procedures::Emm | Procedures::FiveGmm => SessionCause::TOO_MANY,
            Procedures::Gmm => SessionCause::INSUFFICIENT_RESOURCES,
        })?;
        let session = |kind: PdpType, apn: &str, v4, v6, reason| Session {
            bearer,
            kind,
            apn: apn.into(),
            v4,
            v6,
            reason,
            ends: (!own.lifetime.0.is_zero()).then(|| now + own.lifetime.0),
            filters: context.filters.clone(),
            qualities: context.qualities.clone(),
        };
        if let Some(primary) = context.primary {
            let owner = self.contexts.of(primary);
            let bare = owner.is_none_or(|owner| owner.filters.is_empty());
            let owner = owner.and_then(|owner| owner.session.as_ref()).ok_or(SessionCause::UNKNOWN_CONTEXT)?;
            return if bare && context.filters.is_empty() {
                Err(SessionCause::WITHOUT_TEMPLATE)
            } else {
                Ok(session(owner.kind, &owner.apn, owner.v4, owner.v6, None))
            };
        }
        // Source: 3GPP TS 27.007, clause 10.1.1: 3 hands a connection over that there is none of here.
        if context.options.request_type() == 3 {
            return Err(SessionCause::NO_CONNECTION);
        }
        let (apn, entry) = point(profile, &context.apn)?;
        let (kind, reason) = admit(entry, context, tech)?;
        let again = self.contexts.active().any(|(other, session)| {
            other.cid != context.cid && other.primary.is_none() && session.apn.eq_ignore_ascii_case(apn)
        });
        if again && !own.shared_apn {
            return Err(SessionCause::ONE_CONNECTION);
        }
        let (v4, v6) = own_addresses(profile, context, kind);
        Ok(session(kind, apn, v4, v6, reason))
    }

    /// Whether T3396 runs for an APN.
    fn backs_off(&self, now: Tick, apn: &str) -> bool {
        self.back_offs.iter().any(|(of, until)| of.eq_ignore_ascii_case(apn) && now < *until)
    }
}

/// The cause with which the network refuses everybody here.
fn denied(profile: &NetworkProfile, mobility: &Mobility, tech: Tech) -> Option<SessionCause> {
    let here = profile.deny_techs.is_empty() || profile.deny_techs.contains(&tech);
    let denial = mobility.denies().filter(|_| here);
    let denial = denial.and_then(|cause| cause::of_denial(cause, tech.procedures()));
    denial.or_else(|| Some(profile.session.deny).filter(|&deny| deny != 0).map(SessionCause::new))
}

/// The access point that is meant: its name, and what the network has there. Without a name it is the first one of
/// the subscription.
fn point<'a>(profile: &'a NetworkProfile, wanted: &'a str) -> Result<(&'a str, Option<&'a ApnProfile>), SessionCause> {
    // The host may give the operator's part too.
    let wanted = wanted.split_once(".mnc").map_or(wanted, |(name, _)| name);
    let apns = &profile.apns;
    if apns.is_empty() {
        return Ok((if wanted.is_empty() { profile.apn.as_str() } else { wanted }, None));
    }
    if wanted.is_empty() {
        let first = apns.iter().find(|entry| entry.cause == 0).or_else(|| apns.first());
        return first.map(|entry| (entry.name.as_str(), Some(entry))).ok_or(SessionCause::UNKNOWN_TYPE);
    }
    let entry = apns.iter().find(|entry| entry.name.eq_ignore_ascii_case(wanted));
    let entry = entry.or_else(|| apns.iter().find(|entry| entry.name == "*"));
    entry.map(|entry| (wanted, Some(entry))).ok_or(SessionCause::new(profile.session.unknown_apn))
}

/// Whether the subscription may have this access point so: the type that is granted, and why it is not the one asked for.
fn admit(entry: Option<&ApnProfile>, context: &Context, tech: Tech) -> Result<(PdpType, Option<u8>), SessionCause> {
    let Some(entry) = entry else { return Ok((context.kind, None)) };
    if entry.cause != 0 {
        return Err(SessionCause::new(entry.cause));
    }
    if !entry.techs.is_empty() && !entry.techs.contains(&tech) {
        return Err(SessionCause::NOT_HERE);
    }
    let known = context.authentication.as_ref();
    if !entry.user.is_empty() && !known.is_some_and(|known| known.is(&entry.user, &entry.password)) {
        return Err(SessionCause::AUTHENTICATION_FAILED);
    }
    granted(&entry.types, context.kind)
}

/// The type that an access point grants.
///
/// Source: 3GPP TS 24.301, clauses 6.4.1.3 and 6.5.1.4; `<reason>`: TS 27.007, clause 10.1.19.
fn granted(types: &[PdpType], wanted: PdpType) -> Result<(PdpType, Option<u8>), SessionCause> {
    if types.contains(&wanted) {
        return Ok((wanted, None));
    }
    let v4 = types.iter().any(|kind| matches!(kind, PdpType::Ip | PdpType::Ipv4v6));
    let v6 = types.iter().any(|kind| matches!(kind, PdpType::Ipv6 | PdpType::Ipv4v6));
    match wanted {
        PdpType::Ipv4v6 if v4 => Ok((PdpType::Ip, Some(0))),
        PdpType::Ipv4v6 if v6 => Ok((PdpType::Ipv6, Some(1))),
        PdpType::Ipv6 if v4 && !v6 => Err(SessionCause::IPV4_ONLY),
        PdpType::Ip if v6 && !v4 => Err(SessionCause::IPV6_ONLY),
        // Both are there, and each alone too.
        PdpType::Ip if v4 => Ok((wanted, None)),
        PdpType::Ipv6 if v6 => Ok((wanted, None)),
        PdpType::X25
        | PdpType::Ip
        | PdpType::Ipv6
        | PdpType::Ipv4v6
        | PdpType::Ppp
        | PdpType::NonIp
        | PdpType::Ethernet => Err(SessionCause::UNKNOWN_TYPE),
    }
}

/// The addresses of a context: the network's, or the static one that its definition names.
fn own_addresses(profile: &NetworkProfile, context: &Context, kind: PdpType) -> context::Pair {
    let (v4, v6) = addresses(&profile.session, kind, context.cid);
    let fixed = context.address.parse::<std::net::Ipv4Addr>().ok();
    // One of the outside world is nobody's here: the network gives its own.
    let fixed = fixed.filter(|fixed| fixed.is_private() || fixed.is_loopback());
    (v4.map(|given| fixed.unwrap_or(given)), v6)
}
