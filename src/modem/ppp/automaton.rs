//! The option negotiation automaton: a state and an event give the next state and what is to be done.
//!
//! Two of its events have no row: Open, for a protocol is wanted from the start, and Echo, which changes no state and is
//! answered by LCP itself.
//!
//! Source: RFC 1661, clause 4.1, whose table this is.

/// How far a protocol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The layer below is down, and nobody wants this one.
    Initial,
    /// The layer below is down, and this one is wanted.
    Starting,
    /// The layer below is up, and nobody wants this one.
    Closed,
    /// It is wanted, but the peer has to begin.
    Stopped,
    /// A Terminate-Request was sent, for nobody wants it any more.
    Closing,
    /// A Terminate-Request was sent or acknowledged, but it is wanted still.
    Stopping,
    /// A Configure-Request was sent.
    ReqSent,
    /// It was acknowledged; the peer's own was not yet.
    AckRcvd,
    /// The peer's was acknowledged; the own one was not yet.
    AckSent,
    /// Both were.
    Opened,
}

/// What happens to a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    /// The layer below is up.
    Up,
    /// The layer below is down.
    Down,
    /// It is not wanted any more.
    Close,
    /// TO+: the restart timer ran off, and there are tries left.
    Timeout,
    /// TO−: it ran off, and there are none.
    LastTimeout,
    /// RCR+: a Configure-Request that can be acknowledged.
    GoodRequest,
    /// RCR−: one that cannot.
    BadRequest,
    /// RCA: a Configure-Ack.
    Ack,
    /// RCN: a Configure-Nak or -Reject.
    Nak,
    /// RTR: a Terminate-Request.
    TerminateRequest,
    /// RTA: a Terminate-Ack.
    TerminateAck,
    /// RUC: an unknown code.
    UnknownCode,
    /// RXJ+: a Code- or Protocol-Reject that can be lived with.
    Rejected,
    /// RXJ−: one that cannot.
    FatallyRejected,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// tlu: this layer is up.
    LayerUp,
    /// tld: it is not any more.
    LayerDown,
    /// tlf: the layer below is not needed any more.
    LayerFinished,
    /// irc: the restart counter begins anew.
    InitializeCounter,
    /// zrc: no tries are left, but the timer runs once.
    ZeroCounter,
    /// scr
    SendRequest,
    /// sca
    SendAck,
    /// scn: a Nak, or a Reject.
    SendNak,
    /// str
    SendTerminateRequest,
    /// sta
    SendTerminateAck,
    /// scj
    SendCodeReject,
}

impl State {
    /// Whether the restart timer runs.
    pub(super) const fn is_timed(self) -> bool {
        match self {
            Self::Closing | Self::Stopping | Self::ReqSent | Self::AckRcvd | Self::AckSent => true,
            Self::Initial | Self::Starting | Self::Closed | Self::Stopped | Self::Opened => false,
        }
    }

    /// The table. `passive`: the peer has to begin. What the table marks as impossible changes nothing.
    pub(super) fn next(self, happening: Happening, passive: bool) -> (Self, &'static [Action]) {
        use Action as A;
        use Happening as H;
        match self {
            Self::Initial => match happening {
                H::Up => (Self::Closed, &[]),
                H::Down
                | H::Close
                | H::Timeout
                | H::LastTimeout
                | H::GoodRequest
                | H::BadRequest
                | H::Ack
                | H::Nak
                | H::TerminateRequest
                | H::TerminateAck
                | H::UnknownCode
                | H::Rejected
                | H::FatallyRejected => (self, &[]),
            },
            Self::Starting => match happening {
                H::Up if passive => (Self::Stopped, &[]),
                H::Up => (Self::ReqSent, &[A::InitializeCounter, A::SendRequest]),
                H::Close => (Self::Initial, &[A::LayerFinished]),
                H::Down
                | H::Timeout
                | H::LastTimeout
                | H::GoodRequest
                | H::BadRequest
                | H::Ack
                | H::Nak
                | H::TerminateRequest
                | H::TerminateAck
                | H::UnknownCode
                | H::Rejected
                | H::FatallyRejected => (self, &[]),
            },
            Self::Closed => match happening {
                H::Down => (Self::Initial, &[]),
                H::GoodRequest | H::BadRequest | H::Ack | H::Nak | H::TerminateRequest => {
                    (self, &[A::SendTerminateAck])
                }
                H::UnknownCode => (self, &[A::SendCodeReject]),
                H::FatallyRejected => (self, &[A::LayerFinished]),
                H::Up | H::Close | H::Timeout | H::LastTimeout | H::TerminateAck | H::Rejected => (self, &[]),
            },
            Self::Stopped => match happening {
                H::Down => (Self::Starting, &[]),
                H::Close => (Self::Closed, &[]),
                H::GoodRequest => (Self::AckSent, &[A::InitializeCounter, A::SendRequest, A::SendAck]),
                H::BadRequest => (Self::ReqSent, &[A::InitializeCounter, A::SendRequest, A::SendNak]),
                H::Ack | H::Nak | H::TerminateRequest => (self, &[A::SendTerminateAck]),
                H::UnknownCode => (self, &[A::SendCodeReject]),
                H::FatallyRejected => (self, &[A::LayerFinished]),
                H::Up | H::Timeout | H::LastTimeout | H::TerminateAck | H::Rejected => (self, &[]),
            },
            Self::Closing | Self::Stopping => {
                let over = if self == Self::Closing { Self::Closed } else { Self::Stopped };
                match happening {
                    H::Down if self == Self::Closing => (Self::Initial, &[]),
                    H::Down => (Self::Starting, &[]),
                    H::Close => (Self::Closing, &[]),
                    H::Timeout => (self, &[A::SendTerminateRequest]),
                    H::LastTimeout | H::TerminateAck | H::FatallyRejected => (over, &[A::LayerFinished]),
                    H::TerminateRequest => (self, &[A::SendTerminateAck]),
                    H::UnknownCode => (self, &[A::SendCodeReject]),
                    H::Up | H::GoodRequest | H::BadRequest | H::Ack | H::Nak | H::Rejected => (self, &[]),
                }
            }
            Self::ReqSent | Self::AckRcvd | Self::AckSent => self.next_of_negotiation(happening),
            Self::Opened => match happening {
                H::Down => (Self::Starting, &[A::LayerDown]),
                H::Close => (Self::Closing, &[A::LayerDown, A::InitializeCounter, A::SendTerminateRequest]),
                H::GoodRequest => (Self::AckSent, &[A::LayerDown, A::SendRequest, A::SendAck]),
                H::BadRequest => (Self::ReqSent, &[A::LayerDown, A::SendRequest, A::SendNak]),
                H::Ack | H::Nak | H::TerminateAck => (Self::ReqSent, &[A::LayerDown, A::SendRequest]),
                H::TerminateRequest => (Self::Stopping, &[A::LayerDown, A::ZeroCounter, A::SendTerminateAck]),
                H::UnknownCode => (self, &[A::SendCodeReject]),
                H::FatallyRejected => (Self::Stopping, &[A::LayerDown, A::InitializeCounter, A::SendTerminateRequest]),
                H::Up | H::Timeout | H::LastTimeout | H::Rejected => (self, &[]),
            },
        }
    }

    /// The three states in which options are talked about.
    fn next_of_negotiation(self, happening: Happening) -> (Self, &'static [Action]) {
        use Action as A;
        use Happening as H;
        let (acked_by_peer, acked_here) = (self == Self::AckRcvd, self == Self::AckSent);
        match happening {
            H::Down => (Self::Starting, &[]),
            H::Close => (Self::Closing, &[A::InitializeCounter, A::SendTerminateRequest]),
            H::Timeout if acked_here => (Self::AckSent, &[A::SendRequest]),
            H::Timeout => (Self::ReqSent, &[A::SendRequest]),
            H::LastTimeout | H::FatallyRejected => (Self::Stopped, &[A::LayerFinished]),
            H::GoodRequest if acked_by_peer => (Self::Opened, &[A::SendAck, A::LayerUp]),
            H::GoodRequest => (Self::AckSent, &[A::SendAck]),
            H::BadRequest if acked_by_peer => (Self::AckRcvd, &[A::SendNak]),
            H::BadRequest => (Self::ReqSent, &[A::SendNak]),
            // A second acknowledgement is one too many: something has crossed on the way.
            H::Ack | H::Nak if acked_by_peer => (Self::ReqSent, &[A::SendRequest]),
            H::Ack if acked_here => (Self::Opened, &[A::InitializeCounter, A::LayerUp]),
            H::Ack => (Self::AckRcvd, &[A::InitializeCounter]),
            H::Nak if acked_here => (Self::AckSent, &[A::InitializeCounter, A::SendRequest]),
            H::Nak => (Self::ReqSent, &[A::InitializeCounter, A::SendRequest]),
            H::TerminateRequest => (Self::ReqSent, &[A::SendTerminateAck]),
            H::TerminateAck | H::Rejected if acked_by_peer => (Self::ReqSent, &[]),
            H::UnknownCode => (self, &[A::SendCodeReject]),
            H::Up | H::TerminateAck | H::Rejected => (self, &[]),
        }
    }
}
