//! Frames of Socket Mode: what stands around a delivery. Invariant: whatever has an envelope id can be acknowledged,
//! even when nothing else of it can be read.

use serde_json::Value;

use super::{Delivery, shortened, string, unknown};

/// A frame of Socket Mode.
#[derive(Debug, Clone)]
pub enum Frame {
    /// The connection stands.
    Hello,
    /// The connection is about to end.
    Disconnect {
        /// Slack's word for why.
        reason: String,
    },
    /// A delivery to be acknowledged.
    Envelope {
        /// What the acknowledgement names.
        id: String,
        /// Whether the acknowledgement may say something.
        accepts: bool,
        /// How often it was delivered before.
        retries: u64,
        /// What is in it.
        delivery: Delivery,
    },
    /// Nothing that could be acknowledged.
    Stray,
}

impl Frame {
    /// Reads a frame.
    pub fn read(frame: &Value) -> Self {
        match string(frame, "/type") {
            "hello" => return Self::Hello,
            "disconnect" => return Self::Disconnect { reason: shortened(string(frame, "/reason")) },
            _ => {}
        }
        let id = string(frame, "/envelope_id");
        if id.is_empty() {
            return Self::Stray;
        }
        let nothing = Value::Null;
        let payload = frame.get("payload").unwrap_or(&nothing);
        let delivery = match string(frame, "/type") {
            "events_api" => Delivery::from_event(payload),
            "slash_commands" => Delivery::from_command(payload),
            "interactive" => Delivery::from_interaction(payload),
            other => Delivery { workspace: String::new(), key: String::new(), what: unknown(other) },
        };
        Self::Envelope {
            id: id.to_owned(),
            accepts: frame.get("accepts_response_payload") == Some(&Value::Bool(true)),
            retries: frame.get("retry_attempt").and_then(Value::as_u64).unwrap_or(0),
            delivery,
        }
    }
}
