//! How words leave for Slack: one client, one limiter, the port of the core and private replies. Invariant: every
//! call goes through [`api::SlackApi`], so none is unlimited, unbounded in time or logged with what it carries.

mod addressed;
pub mod api;
pub mod card;
pub mod courier;
pub mod fault;
pub mod files;
pub mod gate;
pub mod limiter;
pub mod members;
pub mod messenger;
pub mod methods;
pub mod naming;
pub mod reply;
pub mod retry;
pub mod rooms;

#[cfg(test)]
mod tests;

pub use api::{SlackApi, Token, Tokens, Urgency};
pub use courier::{Courier, Mentions};
pub use fault::CallError;
pub use messenger::SlackMessenger;
pub use reply::{Replies, ReplyTo};
