//! What can go wrong on Slack.

/// What goes wrong with a call of the Web API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallFault {
    /// 429 with `Retry-After`.
    TooMany,
    /// 503 before anything was done.
    FailedBefore,
    /// 502 after it was done.
    FailedAfter,
    /// Slack's `internal_error`, nothing done.
    InternalError,
    /// A page of HTML with status 200, after it was done.
    Html,
    /// Done, and the connection dropped.
    DoneDropped,
    /// The connection reset before anything was done.
    Reset,
    /// Done, and no answer ever.
    DoneHang,
    /// Nothing done, and no answer ever.
    Hang,
}

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SocketFault {
    /// The same envelope comes twice.
    Twice,
    /// The same thing comes again in a new envelope, as a retry, although it was acknowledged.
    Again,
    /// The socket is asked to reconnect before the delivery.
    Refresh,
    /// The socket is reset when the delivery has been sent.
    Reset,
    /// The socket goes silent: nothing is read and nothing sent any more.
    Silent,
}

/// A script of faults.
pub type Faults = crate::faults::Faults<CallFault, SocketFault>;
