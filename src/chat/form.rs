//! A form as every platform can show it. A form that comes back with errors keeps everything that was typed.

use serde::{Deserialize, Serialize};

use super::message::Span;

/// Fields to fill in; what is sent arrives as `command` with one argument for each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Title of the window, at most 45 characters.
    pub title: String,
    /// The command that takes the answers.
    pub command: String,
    /// What to know before filling it in.
    pub intro: Vec<Span>,
    /// Words on the button that sends it.
    pub submit: String,
    /// The fields, in reading order.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name of the argument.
    pub name: String,
    /// The question.
    pub label: String,
    /// A word of help under the label.
    pub hint: String,
    /// Whether an empty answer is refused.
    pub required: bool,
    /// What is wrong with the value, if anything.
    pub error: Option<String>,
    /// What is in the field now.
    pub value: String,
    /// What may be entered.
    pub kind: FieldKind,
}

/// What may be entered in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text of at most `max` characters.
    Text {
        /// Characters.
        max: usize,
        /// Whether line breaks are welcome.
        multiline: bool,
    },
    /// A whole number.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// One of a list.
    Select {
        /// The entries.
        options: Vec<Choice>,
    },
    /// Any of a list, comma-separated.
    Multi {
        /// The entries.
        options: Vec<Choice>,
    },
    /// Free words, comma-separated, with suggestions.
    Tags {
        /// Words others use.
        suggestions: Vec<String>,
    },
    /// A civil date, `YYYY-MM-DD`.
    Date,
    /// A time of day, `HH:MM`.
    Time,
    /// An IANA time zone.
    Zone {
        /// Names to offer.
        suggestions: Vec<String>,
    },
    /// `yes` or `no`.
    Toggle,
    /// One step of a labelled scale.
    Scale {
        /// The steps, low to high.
        options: Vec<Choice>,
    },
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Choice {
    /// An entry with a value and a label.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl Field {
    /// An optional, empty field.
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            required: false,
            error: None,
            value: String::new(),
            kind,
        }
    }

    /// With a word of help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With something in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// That must be filled in.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl Form {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether any field carries an error.
    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }
}
