//! Why a register gave no answer, and what to do about it.

use crate::identity::Finding;
use std::time::Duration;

/// Why a register gave no answer.
///
/// Its text holds no identity, whatever the server wrote: it goes into logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody takes the connection.
    #[error("the register at {at} cannot be reached: {why}")]
    Unreachable {
        /// Where it should be.
        at: String,
        /// What the system says.
        why: String,
    },
    /// Its certificate is not one to trust.
    #[error("the register at {at} is not trusted: {why}")]
    Untrusted {
        /// Where it is.
        at: String,
        /// What is wrong with its certificate.
        why: String,
    },
    /// The connection ended before the answer did, or what came is no HTTP.
    #[error("the register at {at} broke off: {why}")]
    Broken {
        /// Where it is.
        at: String,
        /// What is known of it.
        why: String,
    },
    /// No answer came in time.
    #[error("the register at {at} gave no answer within {}", Spelled(*.within))]
    TimedOut {
        /// Where it is.
        at: String,
        /// How long it had.
        within: Duration,
    },
    /// It does not let this client ask: 401 or 403.
    #[error("the register at {at} does not let us ask: status {status}")]
    Denied {
        /// Where it is.
        at: String,
        /// 401 or 403.
        status: u16,
    },
    /// It is busy, and for longer than an answer is waited for: 429.
    #[error("the register at {at} has too much to do: status 429{}", .after.map(|after| format!(", and asks us to wait {}", Spelled(after))).unwrap_or_default())]
    Busy {
        /// Where it is.
        at: String,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// Another status than TS 29.511 has for an answer.
    #[error("the register at {at} answered with status {status}{}", .cause.as_ref().map(|cause| format!(", {cause}")).unwrap_or_default())]
    Status {
        /// Where it is.
        at: String,
        /// The status.
        status: u16,
        /// The cause of its problem details.
        cause: Option<String>,
    },
    /// It sends its client from place to place, or where it must not go.
    #[error("the register at {at} sent us elsewhere: {why}")]
    Redirected {
        /// Where the first request went.
        at: String,
        /// What is wrong with it.
        why: String,
    },
    /// An answer that is none of TS 29.511.
    #[error("what answers at {at} is no register: {why}")]
    NoRegister {
        /// Where it is.
        at: String,
        /// What was expected, and what came.
        why: String,
    },
}

/// A time as it is given: `500ms`, `5s`.
struct Spelled(Duration);

impl std::fmt::Display for Spelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.subsec_millis() == 0 {
            write!(f, "{}s", self.0.as_secs())
        } else {
            write!(f, "{}ms", self.0.as_millis())
        }
    }
}

impl Failure {
    /// Whether the same question may be answered the next time.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } | Self::TimedOut { .. } | Self::Busy { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            Self::Untrusted { .. } | Self::Denied { .. } | Self::Redirected { .. } | Self::NoRegister { .. } => false,
        }
    }

    /// The stable name of its finding.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "register.unreachable",
            Self::Untrusted { .. } => "register.untrusted",
            Self::Broken { .. } => "register.broken",
            Self::TimedOut { .. } => "register.timeout",
            Self::Denied { .. } => "register.denied",
            Self::Busy { .. } => "register.busy",
            Self::Status { .. } => "register.status",
            Self::Redirected { .. } => "register.redirected",
            Self::NoRegister { .. } => "register.no-register",
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "is it running, and is this its address?",
            Self::Untrusted { .. } => "name the file of its authority's certificate with `ca=`",
            Self::Broken { .. } => "does it speak HTTP/2 alone (h2c://), or TLS (https://)?",
            Self::TimedOut { .. } => "a slow register needs a longer `timeout=` and `limit=`",
            Self::Denied { .. } => "a bearer token stands in ATGATE_REGISTER_TOKEN",
            Self::Busy { .. } => "a longer `limit=` lets it be asked again",
            Self::Status { status: 500.., .. } => "its own log says more",
            Self::Status { .. } | Self::NoRegister { .. } => {
                "is the address its API root, which /n5g-eir-eic/v1/… follows?"
            }
            Self::Redirected { .. } => "name the address that it really has",
        }
    }

    /// What a person at the bench should read.
    pub fn finding(&self) -> Finding {
        Finding::warning(self.code(), format!("{self}; {}", self.help()))
    }
}
