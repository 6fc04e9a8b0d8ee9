//! How words leave for Discord: one client, one limiter, the port of the core and answers to interactions. Invariant:
//! every call goes through [`Rest`], so none is unlimited, unbounded in time or logged with what it carries.

pub mod answer;
pub mod breaker;
pub mod call;
pub mod card;
pub mod courier;
pub mod direct;
pub mod events;
pub mod fault;
pub mod gate;
pub mod governor;
pub mod history;
pub mod home;
pub mod lane;
pub mod limiter;
pub mod mark;
pub mod members;
pub mod messenger;
mod prompt;
pub mod responder;
pub mod rest;
pub mod retry;
pub mod rooms;

#[cfg(test)]
mod tests;

pub use call::{Call, Route, Upload};
pub use courier::{Courier, Draw, Drawn};
pub use direct::{Directs, Notice};
pub use fault::CallError;
pub use limiter::{Rates, Urgency};
pub use messenger::DiscordMessenger;
pub use responder::Responder;
pub use rest::{Reach, Rest};
pub use rooms::RoomPlan;
