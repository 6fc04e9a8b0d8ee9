//! A message as every platform can show it: blocks of spans and actions. Its JSON form is what the playground's
//! page draws. A button carries a command in text form of at most [`MAX_COMMAND_BYTES`] bytes.

use serde::{Deserialize, Serialize};

use crate::domain::civil::Instant;

/// The longest command a button may carry, in bytes (Discord's `custom_id`).
pub const MAX_COMMAND_BYTES: usize = 100;

/// What the bot says, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The parts, in reading order.
    pub blocks: Vec<Block>,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A short title line.
    Heading {
        /// Plain text.
        text: String,
    },
    /// A paragraph.
    Text {
        /// The words.
        spans: Vec<Span>,
    },
    /// A bulleted list.
    List {
        /// One entry each.
        items: Vec<Vec<Span>>,
    },
    /// Names with values.
    Fields {
        /// In reading order.
        fields: Vec<NamedValue>,
    },
    /// A small table of plain text.
    Table {
        /// Column titles.
        columns: Vec<String>,
        /// Rows, each as long as `columns`.
        rows: Vec<Vec<String>>,
    },
    /// Small print.
    Note {
        /// The words.
        spans: Vec<Span>,
    },
    /// Text in a fixed-width face, line breaks kept.
    Code {
        /// The text.
        text: String,
    },
    /// A file to open elsewhere, such as a calendar entry or a picture.
    File {
        /// File name with its ending.
        name: String,
        /// Such as `text/calendar` or `image/png`.
        media_type: String,
        /// What it shows, for those who do not see it.
        alt: String,
        /// Its bytes.
        base64: String,
    },
    /// A thin line.
    Divider,
    /// Buttons, selects and pickers.
    Actions {
        /// At most five, so that each platform can show them in one row.
        actions: Vec<Action>,
    },
}

/// A name with a value, as in "Place: Room 4".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Vec<Span>,
}

/// A run of words in one style. Outside text always arrives as `Plain` and is never parsed as markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Span {
    /// Plain words.
    Plain {
        /// The words.
        text: String,
    },
    /// Strong words.
    Bold {
        /// The words.
        text: String,
    },
    /// Words said in another voice, such as a quoted question.
    Italic {
        /// The words.
        text: String,
    },
    /// Fixed-width words.
    Code {
        /// The words.
        text: String,
    },
    /// An instant that each reader sees in the own zone.
    Time {
        /// UTC microseconds.
        at: Instant,
        /// How much of it to show.
        style: TimeStyle,
    },
    /// A person.
    Person {
        /// Person id of the core.
        id: String,
        /// The name to show where the platform cannot link.
        name: String,
    },
    /// A command that the reader can type.
    Command {
        /// Without the root, such as `meetup next`.
        text: String,
    },
    /// A link.
    Link {
        /// The words.
        label: String,
        /// An `https` or `mailto` address.
        url: String,
    },
}

/// How much of an instant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeStyle {
    /// The date.
    Date,
    /// The time of day.
    Time,
    /// Date and time.
    DateTime,
    /// Date and time with the day of the week in full, to compare with a clock.
    Full,
    /// "in 3 days".
    Relative,
}

/// Something to press or choose; what is pressed arrives as a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// A button.
    Button {
        /// Words on the button.
        label: String,
        /// The command it sends.
        command: String,
        /// Its weight.
        style: ButtonStyle,
    },
    /// A list to choose one entry from; sends `command` + space + value.
    Select {
        /// What is chosen.
        label: String,
        /// The command without the value.
        command: String,
        /// The entries, at most 25.
        options: Vec<super::form::Choice>,
    },
    /// A picker of date and time; sends `command` + ` YYYY-MM-DD HH:MM`.
    DateTime {
        /// What is picked.
        label: String,
        /// The command without the value.
        command: String,
    },
}

/// The weight of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    /// Ordinary.
    Default,
    /// What most people will want.
    Primary,
    /// Takes something away.
    Danger,
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::Plain { text: text.to_owned() }
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Self::Plain { text }
    }
}

/// Strong words.
pub fn bold(text: impl Into<String>) -> Span {
    Span::Bold { text: text.into() }
}

/// Words in another voice.
pub fn italic(text: impl Into<String>) -> Span {
    Span::Italic { text: text.into() }
}

/// Fixed-width words.
pub fn code(text: impl Into<String>) -> Span {
    Span::Code { text: text.into() }
}

/// A command that the reader can type, without the root.
pub fn command(text: impl Into<String>) -> Span {
    Span::Command { text: text.into() }
}

/// An instant in the reader's zone.
pub const fn time(at: Instant, style: TimeStyle) -> Span {
    Span::Time { at, style }
}

impl Action {
    /// An ordinary button.
    pub fn button(label: impl Into<String>, command: impl Into<String>) -> Self {
        Self::Button { label: label.into(), command: command.into(), style: ButtonStyle::Default }
    }

    /// The button most people will want.
    pub fn primary(label: impl Into<String>, command: impl Into<String>) -> Self {
        Self::Button { label: label.into(), command: command.into(), style: ButtonStyle::Primary }
    }

    /// A button that takes something away.
    pub fn danger(label: impl Into<String>, command: impl Into<String>) -> Self {
        Self::Button { label: label.into(), command: command.into(), style: ButtonStyle::Danger }
    }

    /// The command this action sends, without a chosen value.
    pub fn command(&self) -> &str {
        match self {
            Self::Button { command, .. } | Self::Select { command, .. } | Self::DateTime { command, .. } => {
                command
            }
        }
    }
}

impl Message {
    /// An empty message to build on.
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }

    /// One paragraph.
    pub fn say(words: impl Into<Span>) -> Self {
        Self::new().text([words.into()])
    }

    fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a title line.
    #[must_use]
    pub fn heading(self, text: impl Into<String>) -> Self {
        self.with(Block::Heading { text: text.into() })
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn text(self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.with(Block::Text { spans: spans.into_iter().collect() })
    }

    /// Adds a paragraph of plain words.
    #[must_use]
    pub fn words(self, text: impl Into<String>) -> Self {
        self.text([Span::from(text.into())])
    }

    /// Adds a list; an empty list adds nothing.
    #[must_use]
    pub fn list(self, items: impl IntoIterator<Item = Vec<Span>>) -> Self {
        let items: Vec<_> = items.into_iter().collect();
        if items.is_empty() { self } else { self.with(Block::List { items }) }
    }

    /// Adds names with values.
    #[must_use]
    pub fn fields<N: Into<String>>(self, fields: impl IntoIterator<Item = (N, Vec<Span>)>) -> Self {
        let fields =
            fields.into_iter().map(|(name, value)| NamedValue { name: name.into(), value }).collect();
        self.with(Block::Fields { fields })
    }

    /// Adds a table; without rows it adds nothing.
    #[must_use]
    pub fn table<C: Into<String>>(
        self,
        columns: impl IntoIterator<Item = C>,
        rows: Vec<Vec<String>>,
    ) -> Self {
        if rows.is_empty() {
            return self;
        }
        self.with(Block::Table { columns: columns.into_iter().map(Into::into).collect(), rows })
    }

    /// Adds small print.
    #[must_use]
    pub fn note(self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.with(Block::Note { spans: spans.into_iter().collect() })
    }

    /// Adds fixed-width text.
    #[must_use]
    pub fn preformatted(self, text: impl Into<String>) -> Self {
        self.with(Block::Code { text: text.into() })
    }

    /// Adds buttons, selects or pickers; none adds nothing.
    #[must_use]
    pub fn actions(self, actions: impl IntoIterator<Item = Action>) -> Self {
        let actions: Vec<_> = actions.into_iter().collect();
        debug_assert!(actions.iter().all(|a| a.command().len() <= MAX_COMMAND_BYTES));
        if actions.is_empty() { self } else { self.with(Block::Actions { actions }) }
    }

    /// All actions of the message, in order.
    pub fn all_actions(&self) -> impl Iterator<Item = &Action> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Actions { actions } => actions.as_slice(),
            _ => &[],
        })
    }
}
