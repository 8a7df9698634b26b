//! When a register is asked again.

use std::time::Duration;

/// The first pause; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// No pause of our own is longer.
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait before the next try, after so many (1 or more); `asked` is what the server wants, in `Retry-After`.
/// A server may ask for more than our own pause, never for less.
pub(super) fn pause(tries: u32, asked: Option<Duration>) -> Duration {
    let own = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    asked.map_or(own, |asked| asked.max(own))
}

/// `Retry-After: 3`. A date is not read: the clocks need not agree, and our own pause stands in.
///
/// Source: RFC 9110, clause 10.2.3.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let millis: Vec<u128> = [1, 2, 3, 4, 10, 100].map(|tries| pause(tries, None).as_millis()).into();
        assert_eq!(millis, [100, 200, 400, 800, 5000, 5000]);
    }

    #[test]
    fn a_server_may_ask_for_more_and_not_for_less() {
        assert_eq!(pause(1, retry_after("3")), Duration::from_secs(3));
        assert_eq!(pause(4, retry_after("0")), Duration::from_millis(800));
        assert_eq!(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), None);
    }
}
