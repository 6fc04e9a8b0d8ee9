//! What can go wrong on Discord.

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallFault {
    /// 429 of the route's own bucket.
    TooMany,
    /// 429 of the whole bot.
    TooManyGlobal,
    /// 429 that is somebody else's fault.
    TooManyShared,
    /// 429 of the wall in front of Discord: a page, no JSON.
    Banned,
    /// 503 before anything was done.
    FailedBefore,
    /// 502 after it was done.
    FailedAfter,
    /// 500 in JSON, nothing done.
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

/// What goes wrong with the gateway around a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GatewayFault {
    /// The same interaction is told twice, as after a resume.
    Twice,
    /// The connection is asked to come again, before the delivery.
    Reconnect,
    /// The connection is reset when the delivery has been sent.
    Reset,
    /// The connection is closed with 4000.
    Closed,
    /// The session is ended before the delivery; what happens meanwhile is lost.
    Invalid,
    /// The connection goes silent: nothing is sent any more, and heartbeats stay unanswered.
    Zombie,
    /// The connection is reset, and the session is not taken up again when the bot asks for it.
    Refused,
    /// The session is ended, and the next one is closed with 4011, on which the client spins.
    Spins,
}

/// What lies in wait for sessions.
#[derive(Debug, Clone, Default)]
pub struct Sessions {
    /// Close codes for the next attempts to begin one, in order.
    pub identify: Vec<u16>,
    /// How many of the next attempts to resume one are refused.
    pub refused_resumes: usize,
}

/// A script of faults.
pub type Faults = crate::faults::Faults<CallFault, GatewayFault, Sessions>;
