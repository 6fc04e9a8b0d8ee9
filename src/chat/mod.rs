//! What all chat platforms share: messages, forms, plain-text rendering and the `Messenger` port.
//! Nothing here knows a platform or a rule of a program.

pub mod chart;
pub mod form;
pub mod message;
pub mod messenger;
pub mod plain;

pub use form::{Choice, Field, FieldKind, Form};
pub use message::{Action, Block, ButtonStyle, Message, Span, TimeStyle, bold, code, command, italic, time};
pub use messenger::{Gone, Meeting, Messenger, Outcome, Place, RoomRequest};
