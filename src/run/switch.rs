//! Who is connected with whom: a number that is another virtual modem's rings there.
//!
//! Knows which call of which modem is connected with which. A number that no modem has is left to the profile of the one
//! that dials it. Does not know time: what nobody answers ends where it was dialled.

use crate::modem::{CallEffect, CallEvent};

/// The calls between modems.
#[derive(Debug, Default)]
pub(super) struct Switch {
    /// The two ends of each: a modem's place and the ticket that the call has there.
    calls: Vec<Between>,
    offered: u32,
}

/// Which call of which modem.
type End = (usize, u32);

#[derive(Debug)]
struct Between {
    ends: [End; 2],
    /// Who called, for where it is sent on to.
    from: String,
    data: bool,
    /// How often it was sent on.
    hops: u8,
}

/// A call is sent on so often at most. Source: 3GPP TS 22.082, clause 1.2.2.
const HOPS: u8 = 5;

/// What happens to which call of which modem.
type Deeds = Vec<(usize, u32, CallEvent)>;

impl Switch {
    /// Takes what a call of this modem says; `numbers` are those of all modems. What is to happen to others comes back.
    pub(super) fn take(&mut self, numbers: &[impl AsRef<str>], lane: usize, ticket: u32, what: CallEffect) -> Deeds {
        let end = (lane, ticket);
        match what {
            CallEffect::Dial { number, from, data } => {
                let Some(called) = place(numbers, &number) else { return Vec::new() };
                let mut deeds = vec![(lane, ticket, CallEvent::Routed)];
                if called == lane {
                    // A subscriber that calls itself is busy.
                    deeds.push((lane, ticket, CallEvent::Released { cause: 17 }));
                    return deeds;
                }
                let from = from.unwrap_or_default();
                deeds.extend(self.offer(end, called, Between { ends: [end; 2], from, data, hops: 0 }));
                deeds
            }
            CallEffect::Alerting => self.tell(end, CallEvent::Alerting),
            CallEffect::Answered => self.tell(end, CallEvent::Answered),
            CallEffect::Held => self.tell(end, CallEvent::Held),
            CallEffect::Retrieved => self.tell(end, CallEvent::Retrieved),
            CallEffect::Joined => self.tell(end, CallEvent::Joined),
            CallEffect::Released { cause } => {
                let deeds = self.tell(end, CallEvent::Released { cause });
                self.calls.retain(|call| !call.ends.contains(&end));
                deeds
            }
            CallEffect::Forwarded { to } => {
                let Some(index) = self.calls.iter().position(|call| call.ends.contains(&end)) else {
                    return Vec::new();
                };
                let call = self.calls.remove(index);
                let [caller, _] = call.ends;
                let (lane, ticket) = caller;
                let mut deeds = vec![(lane, ticket, CallEvent::Forwarded)];
                match place(numbers, &to).filter(|&to| to != lane && call.hops < HOPS) {
                    Some(to) => deeds.extend(self.offer(caller, to, Between { hops: call.hops + 1, ..call })),
                    // Nobody of this script has that number: it cannot be reached.
                    None => deeds.push((lane, ticket, CallEvent::Released { cause: 27 })),
                }
                deeds
            }
            CallEffect::Transferred { to } => {
                let others = [end, (lane, to)].map(|end| self.other(end));
                self.calls.retain(|call| !call.ends.contains(&end) && !call.ends.contains(&(lane, to)));
                match others {
                    [Some(one), Some(other)] => {
                        self.calls.push(Between { ends: [one, other], from: String::new(), data: false, hops: 0 });
                        // Whichever of them was on hold is not any more.
                        [one, other].map(|(lane, ticket)| (lane, ticket, CallEvent::Retrieved)).into()
                    }
                    [one, other] => [one, other]
                        .into_iter()
                        .flatten()
                        .map(|(lane, ticket)| (lane, ticket, CallEvent::Released { cause: 16 }))
                        .collect(),
                }
            }
            CallEffect::Tones(_) => Vec::new(),
        }
    }

    /// Brings a call to a modem.
    fn offer(&mut self, caller: End, called: usize, call: Between) -> Deeds {
        // Calls that come in are numbered by who brings them, from 2³¹.
        self.offered = self.offered.wrapping_add(1);
        let ticket = self.offered | 1 << 31;
        let what = CallEvent::Offered {
            from: call.from.clone(),
            name: String::new(),
            data: call.data,
            forwarded: call.hops > 0,
        };
        self.calls.push(Between { ends: [caller, (called, ticket)], ..call });
        vec![(called, ticket, what)]
    }

    fn other(&self, end: End) -> Option<End> {
        let call = self.calls.iter().find(|call| call.ends.contains(&end))?;
        call.ends.into_iter().find(|&known| known != end)
    }

    fn tell(&self, end: End, what: CallEvent) -> Deeds {
        self.other(end).map(|(lane, ticket)| (lane, ticket, what)).into_iter().collect()
    }
}

/// The modem that has this number, whether or not it is dialled with its `+`.
pub(super) fn place(numbers: &[impl AsRef<str>], number: &str) -> Option<usize> {
    let wanted = number.trim_start_matches('+');
    numbers.iter().position(|known| !wanted.is_empty() && known.as_ref().trim_start_matches('+') == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [&str; 3] = ["+15550101", "+15550102", "+15550103"];

    fn dial(number: &str) -> CallEffect {
        CallEffect::Dial { number: number.to_owned(), from: Some("+15550101".to_owned()), data: false }
    }

    #[test]
    fn a_call_goes_to_who_has_the_number_and_ends_at_both_ends() {
        let mut switch = Switch::default();
        let deeds = switch.take(&NUMBERS, 0, 1, dial("15550102"));
        let [(0, 1, CallEvent::Routed), (1, ticket, CallEvent::Offered { .. })] = deeds.as_slice() else {
            panic!("{deeds:?}");
        };
        let ticket = *ticket;
        assert_eq!(switch.take(&NUMBERS, 1, ticket, CallEffect::Alerting), [(0, 1, CallEvent::Alerting)]);
        assert_eq!(switch.take(&NUMBERS, 1, ticket, CallEffect::Answered), [(0, 1, CallEvent::Answered)]);
        let released = CallEffect::Released { cause: 16 };
        assert_eq!(switch.take(&NUMBERS, 0, 1, released.clone()), [(1, ticket, CallEvent::Released { cause: 16 })]);
        assert_eq!(switch.take(&NUMBERS, 1, ticket, released), []);
        assert_eq!(switch.take(&NUMBERS, 0, 2, dial("+15550199")), []);
        let own = switch.take(&NUMBERS, 0, 3, dial("+15550101"));
        assert_eq!(own, [(0, 3, CallEvent::Routed), (0, 3, CallEvent::Released { cause: 17 })]);
    }

    #[test]
    fn a_call_is_sent_on_but_not_for_ever() {
        let mut switch = Switch::default();
        let mut deeds = switch.take(&NUMBERS, 0, 1, dial("+15550102"));
        let mut hops = 0;
        while let Some(&(lane, ticket, CallEvent::Offered { .. })) = deeds.last() {
            let to = NUMBERS[3 - lane].to_owned();
            deeds = switch.take(&NUMBERS, lane, ticket, CallEffect::Forwarded { to });
            hops += 1;
        }
        assert_eq!(hops, 6);
        assert_eq!(deeds, [(0, 1, CallEvent::Forwarded), (0, 1, CallEvent::Released { cause: 27 })]);
    }
}
