//! Where people are. An adapter turns what people do into requests and messages into what its platform shows; it
//! knows no rule of a program, no other adapter and no SQL.

pub mod common;
#[cfg(feature = "discord")]
pub mod discord;
pub mod playground;
#[cfg(feature = "slack")]
pub mod slack;
