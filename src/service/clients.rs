//! How often a client may ask: by its token where it has a limit of its own, else by its address.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// At most this many addresses are told apart; more share one limit.
const MOST: usize = 65_536;
/// An address without connections is forgotten after this.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// A limit of requests a second; a second's worth may come at once.
pub(super) struct Limiter {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Limiter {
    pub(super) fn new(rate: NonZeroU32) -> Self {
        let clock = DefaultClock::default();
        Self { limiter: RateLimiter::direct_with_clock(Quota::per_second(rate), clock.clone()), clock }
    }

    /// Takes one request.
    ///
    /// # Errors
    /// It is one too many; after how many seconds there is room for it, 1 at least.
    pub(super) fn take(&self) -> Result<(), u64> {
        self.limiter.check().map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
        })
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter")
    }
}

/// The limits of all addresses.
///
/// Asked once a connection, not once a request: a connection keeps its address's limiter.
#[derive(Debug)]
pub(super) struct Clients {
    rate: NonZeroU32,
    addresses: Mutex<HashMap<IpAddr, (Arc<Limiter>, Instant)>>,
    others: Arc<Limiter>,
}

impl Clients {
    pub(super) fn new(rate: NonZeroU32) -> Self {
        Self { rate, addresses: Mutex::default(), others: Arc::new(Limiter::new(rate)) }
    }

    /// The limiter of an address; of IPv6, of its network of 64 bits, since that is what one client has.
    pub(super) fn limiter(&self, address: IpAddr) -> Arc<Limiter> {
        let now = Instant::now();
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        if let Some((limiter, seen)) = addresses.get_mut(&address) {
            *seen = now;
            return Arc::clone(limiter);
        }
        if addresses.len() >= MOST {
            addresses
                .retain(|_, (limiter, seen)| Arc::strong_count(limiter) > 1 || now.duration_since(*seen) < FORGOTTEN);
        }
        if addresses.len() >= MOST {
            return Arc::clone(&self.others);
        }
        let limiter = Arc::new(Limiter::new(self.rate));
        addresses.insert(address, (Arc::clone(&limiter), now));
        limiter
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_a_second_is_let_through_and_no_more() {
        let limiter = Limiter::new(NonZeroU32::new(3).unwrap());
        let let_through = (0..10).filter(|_| limiter.take().is_ok()).count();
        assert!((3..10).contains(&let_through), "{let_through}");
        assert_eq!(Limiter::new(NonZeroU32::MIN).take(), Ok(()));
    }

    #[test]
    fn one_client_has_one_limit_however_many_addresses_it_has() {
        let clients = Clients::new(NonZeroU32::MIN);
        let of = |text: &str| clients.limiter(text.parse().unwrap());
        assert!(Arc::ptr_eq(&of("2001:db8::1"), &of("2001:db8::2")));
        assert!(Arc::ptr_eq(&of("192.0.2.1"), &of("::ffff:192.0.2.1")));
        assert!(!Arc::ptr_eq(&of("192.0.2.1"), &of("192.0.2.2")));
    }
}
