//! Refusals in Discord's own words and numbers, and the collector of what is wrong with a body.

use serde_json::{Map, Value, json};

/// Why a call is refused.
#[derive(Debug, Clone)]
pub enum Refused {
    /// Discord says so; it can happen to anybody.
    Says(u64),
    /// The body is wrong; the bot should have known better.
    Form(Value),
    /// Something else that the bot should have known better: code and what it did.
    Breach(u64, String),
}

/// Status and words of a code.
pub fn words(code: u64) -> (u16, &'static str) {
    match code {
        10_003 => (404, "Unknown Channel"),
        10_004 => (404, "Unknown Guild"),
        10_007 => (404, "Unknown Member"),
        10_008 => (404, "Unknown Message"),
        10_009 => (404, "Unknown permission overwrite"),
        10_011 => (404, "Unknown Role"),
        10_013 => (404, "Unknown User"),
        10_015 => (404, "Unknown Webhook"),
        10_062 => (404, "Unknown interaction"),
        10_063 => (404, "Unknown application command"),
        10_070 => (404, "Unknown Guild Scheduled Event"),
        30_003 => (400, "Maximum number of pins reached for the channel (250)"),
        30_013 => (400, "Maximum number of guild channels reached (500)"),
        30_033 => (400, "Maximum number of thread participants has been reached (1000)"),
        30_034 => (400, "Maximum number of daily application command creates has been reached (200)"),
        30_038 => (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
        40_003 => (400, "You are opening direct messages too fast"),
        40_060 => (400, "Interaction has already been acknowledged."),
        50_001 => (403, "Missing Access"),
        50_003 => (403, "Cannot execute action on a DM channel"),
        50_005 => (403, "Cannot edit a message authored by another user"),
        50_006 => (400, "Cannot send an empty message"),
        50_007 => (403, "Cannot send messages to this user"),
        50_013 => (403, "Missing Permissions"),
        50_024 => (400, "Cannot execute action on this channel type"),
        50_027 => (401, "Invalid Webhook Token"),
        50_033 => (400, "Invalid Recipient(s)"),
        50_035 => (400, "Invalid Form Body"),
        50_083 => (400, "Thread is archived"),
        50_109 => (400, "The request body contains invalid JSON."),
        50_278 => (403, "Cannot send messages to this user due to having no mutual guilds"),
        160_006 => (400, "Maximum number of active threads reached"),
        180_000 => (400, "Cannot update a finished event"),
        401 => (401, "401: Unauthorized"),
        405 => (405, "405: Method Not Allowed"),
        _ => (404, "404: Not Found"),
    }
}

/// Status, body and what is noted.
pub fn told(refused: &Refused) -> (u16, Value, Option<String>) {
    match refused {
        Refused::Says(code) => {
            let (status, message) = words(*code);
            // The plain refusals of HTTP have no number of their own.
            let shown = if *code < 1_000 { 0 } else { *code };
            (status, json!({ "message": message, "code": shown }), None)
        }
        Refused::Breach(code, what) => {
            let (status, body, _) = told(&Refused::Says(*code));
            (status, body, Some(what.clone()))
        }
        Refused::Form(errors) => {
            let body = json!({ "message": "Invalid Form Body", "code": 50_035, "errors": errors });
            (400, body, Some(errors.to_string()))
        }
    }
}

/// Collects what is wrong with a body, at the place where it is wrong.
#[derive(Debug, Default)]
pub struct Check {
    errors: Map<String, Value>,
}

impl Check {
    /// Adds an error; the place is written as `embeds.0.title`.
    pub fn add(&mut self, place: &str, code: &str, message: &str) {
        let mut at = &mut self.errors;
        for part in place.split('.').filter(|part| !part.is_empty()) {
            let inner = at.entry(part.to_owned()).or_insert_with(|| json!({}));
            at = inner.as_object_mut().expect("only objects are put in");
        }
        let errors = at.entry("_errors").or_insert_with(|| json!([]));
        errors.as_array_mut().expect("it is a list").push(json!({ "code": code, "message": message }));
    }

    /// Nothing may stand in an object but these; what Discord would silently drop is an error here.
    pub fn keys(&mut self, place: &str, value: &Value, known: &str) {
        let Some(map) = value.as_object() else {
            return self.add(place, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        };
        for key in map.keys().filter(|key| !known.split(' ').any(|k| k == key.as_str())) {
            self.add(&join(place, key), "UNKNOWN_FIELD", "This field does not exist here");
        }
    }

    /// A text that may be left out.
    pub fn text(&mut self, place: &str, value: &Value, least: usize, most: usize) {
        let Some(text) = value.as_str() else {
            if !value.is_null() {
                self.add(place, "STRING_TYPE_CONVERT", "Could not interpret value as string.");
            }
            return;
        };
        let length = text.chars().count();
        if length < least {
            self.add(place, "BASE_TYPE_MIN_LENGTH", &format!("Must be {least} or more in length."));
        }
        if length > most {
            self.add(place, "BASE_TYPE_MAX_LENGTH", &format!("Must be {most} or fewer in length."));
        }
    }

    /// A text that must be there.
    pub fn needs_text(&mut self, place: &str, value: &Value, most: usize) {
        if value.is_null() { self.required(place) } else { self.text(place, value, 1, most) }
    }

    /// A number within bounds that may be left out.
    pub fn number(&mut self, place: &str, value: &Value, least: i64, most: i64) {
        if value.is_null() {
            return;
        }
        let fits = value.as_i64().is_some_and(|n| (least..=most).contains(&n));
        if !fits {
            self.add(place, "NUMBER_TYPE_MAX", &format!("int value should be between {least} and {most}."));
        }
    }

    /// True or false, or left out.
    pub fn truth(&mut self, place: &str, value: &Value) {
        if !value.is_null() && !value.is_boolean() {
            self.add(place, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
    }

    /// An id as text, or left out.
    pub fn snowflake(&mut self, place: &str, value: &Value) {
        let fits = value.as_str().is_some_and(|v| v.parse::<u64>().is_ok());
        if !value.is_null() && !fits {
            self.add(place, "NUMBER_TYPE_COERCE", &format!("Value {value} is not snowflake."));
        }
    }

    /// A list within bounds; what is no list counts as empty.
    pub fn list<'a>(&mut self, place: &str, value: &'a Value, least: usize, most: usize) -> &'a [Value] {
        if value.is_null() && least == 0 {
            return &[];
        }
        let Some(list) = value.as_array() else {
            self.add(place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            return &[];
        };
        if list.len() < least || list.len() > most {
            let message = format!("Must be between {least} and {most} in length.");
            self.add(place, "BASE_TYPE_BAD_LENGTH", &message);
        }
        list
    }

    /// What must be there is not.
    pub fn required(&mut self, place: &str) {
        self.add(place, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Nothing, or all that was found.
    pub fn end(self) -> Result<(), Refused> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refused::Form(Value::Object(self.errors))) }
    }
}

/// A place within a place.
pub fn join(place: &str, part: impl std::fmt::Display) -> String {
    if place.is_empty() { part.to_string() } else { format!("{place}.{part}") }
}
