//! A checker of what Slack accepts, for tests. It shares no number and no code with what builds the blocks: all
//! limits are written down here a second time, from Slack's documentation.

mod inputs;

use std::collections::HashSet;

use serde_json::Value;

/// What is wrong, in words; empty when Slack would take it.
#[derive(Default)]
pub struct Faults {
    found: Vec<String>,
    ids: HashSet<String>,
    focused: usize,
}

/// Checks a message for `chat.postMessage`.
pub fn of_message(text: &str, blocks: &[Value]) -> Vec<String> {
    let mut faults = Faults::default();
    faults.expect(!text.trim().is_empty() && len(text) <= 4_000, "text empty or too long");
    faults.mrkdwn_tokens(text);
    faults.expect((1..=50).contains(&blocks.len()), "blocks");
    faults.expect(blocks.iter().map(words_in).sum::<usize>() <= 11_000, "msg_blocks_too_long");
    faults.blocks(blocks, &["header", "rich_text", "context", "section", "actions", "divider"]);
    faults.found
}

/// Checks a view for `views.open` or `views.publish`.
pub fn of_view(view: &Value) -> Vec<String> {
    let mut faults = Faults::default();
    let blocks = view["blocks"].as_array().cloned().unwrap_or_default();
    faults.expect((1..=100).contains(&blocks.len()), "blocks of a view");
    faults.expect(view.to_string().len() <= 250_000, "view_too_large");
    faults.expect(view["callback_id"].as_str().is_some_and(|id| (1..=255).contains(&len(id))), "callback_id");
    let home = view["type"] == "home";
    let keys = ["type", "callback_id", "title", "close", "submit", "blocks", "private_metadata"];
    faults.keys(view, if home { &["type", "callback_id", "blocks"] } else { &keys });
    if !home {
        faults.expect(view["type"] == "modal", "type of a view");
        faults.plain(&view["title"], 24);
        for key in ["close", "submit"] {
            if !view[key].is_null() {
                faults.plain(&view[key], 24);
            }
        }
        let asks = blocks.iter().any(|block| block["type"] == "input");
        faults.expect(!asks || view["submit"].is_object(), "inputs without submit");
        faults.expect(view["private_metadata"].as_str().is_none_or(|data| len(data) <= 3_000), "metadata");
    }
    faults.blocks(&blocks, &["header", "rich_text", "context", "section", "actions", "divider", "input"]);
    faults.expect(faults.focused <= 1, "focus in several fields");
    faults.found
}

fn len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// All words that Slack draws from a value.
fn words_in(value: &Value) -> usize {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "text" => len(text),
                other => words_in(other),
            })
            .sum(),
        Value::Array(items) => items.iter().map(words_in).sum(),
        _ => 0,
    }
}

impl Faults {
    fn expect(&mut self, good: bool, what: &str) {
        if !good {
            self.found.push(what.to_owned());
        }
    }

    fn keys(&mut self, value: &Value, known: &[&str]) {
        for key in value.as_object().into_iter().flat_map(|map| map.keys()) {
            self.expect(known.contains(&key.as_str()), &format!("unknown key {key} in {}", value["type"]));
        }
    }

    fn id(&mut self, kind: &str, value: &Value) {
        let Some(id) = value.as_str() else { return self.expect(false, &format!("{kind} missing")) };
        self.expect((1..=255).contains(&len(id)), &format!("{kind} length"));
        let new = self.ids.insert(format!("{kind} {id}"));
        self.expect(new, &format!("{kind} {id} twice"));
    }

    fn blocks(&mut self, blocks: &[Value], allowed: &[&str]) {
        for block in blocks {
            let kind = block["type"].as_str().unwrap_or_default();
            self.expect(allowed.contains(&kind), &format!("block {kind} not allowed"));
            self.id("block_id", &block["block_id"]);
            match kind {
                "header" => {
                    self.keys(block, &["type", "block_id", "text"]);
                    self.plain(&block["text"], 150);
                }
                "divider" => self.keys(block, &["type", "block_id"]),
                "context" => self.context(block),
                "section" => self.section(block),
                "actions" => self.actions(block),
                "rich_text" => self.rich_text(block),
                "input" => self.input(block),
                _ => {}
            }
        }
    }

    fn list<'a>(&mut self, value: &'a Value, most: usize, what: &str) -> &'a [Value] {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        self.expect((1..=most).contains(&items.len()), &format!("{what}: {} of them", items.len()));
        items
    }

    fn text_object(&mut self, value: &Value, most: usize) {
        if value["type"] == "plain_text" {
            return self.plain(value, most);
        }
        self.keys(value, &["type", "text", "verbatim"]);
        self.expect(value["type"] == "mrkdwn" && value["verbatim"] == true, "mrkdwn verbatim");
        let text = value["text"].as_str().unwrap_or_default();
        self.expect((1..=most).contains(&len(text)), "mrkdwn length");
        let rest = self.mrkdwn_tokens(text);
        // A name in bold over a value, and commands between backticks, are ours; nothing else may be marked.
        let named = rest.strip_prefix('*').and_then(|rest| rest.split_once("*\n"));
        let rest = named.map_or_else(|| rest.clone(), |(name, value)| format!("{name}{value}"));
        let outside: String = rest.split('`').step_by(2).collect();
        self.expect(rest.matches('`').count().is_multiple_of(2), "odd backticks");
        self.expect(!outside.contains(['*', '_', '~']), &format!("markup in {text:?}"));
        self.expect(!text.starts_with("&gt;") && !text.contains("\n&gt;"), "a quotation");
    }

    /// The text without the tokens that are ours; complains of any other `<`.
    fn mrkdwn_tokens(&mut self, text: &str) -> String {
        let mut rest = String::new();
        for (i, part) in text.split('<').enumerate() {
            if i == 0 {
                rest.push_str(part);
                continue;
            }
            let (token, after) = part.split_once('>').unwrap_or(("", part));
            let known = token.starts_with("!date^")
                || token.strip_prefix('@').is_some_and(|id| id.chars().all(|c| c.is_ascii_alphanumeric()))
                || ["https://", "http://", "mailto:"].iter().any(|scheme| token.starts_with(scheme));
            self.expect(known, &format!("token <{token}>"));
            rest.push_str(after);
        }
        self.expect(!rest.contains('>'), "a bare >");
        self.entities(&rest);
        rest
    }

    fn entities(&mut self, text: &str) {
        for after in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;"].iter().any(|entity| after.starts_with(entity));
            self.expect(known, "a bare &");
        }
    }

    fn plain(&mut self, value: &Value, most: usize) {
        self.keys(value, &["type", "text", "emoji"]);
        self.expect(value["type"] == "plain_text", "plain_text");
        let text = value["text"].as_str().unwrap_or_default();
        self.expect((1..=most).contains(&len(text)), &format!("plain text of {} over {most}", len(text)));
        self.expect(!text.trim().is_empty() && !text.contains(['<', '>', '\n']), "blank or bare plain text");
        self.entities(text);
    }

    fn context(&mut self, block: &Value) {
        self.keys(block, &["type", "block_id", "elements"]);
        for element in self.list(&block["elements"], 10, "context") {
            self.text_object(element, 3_000);
        }
    }

    fn section(&mut self, block: &Value) {
        self.keys(block, &["type", "block_id", "fields"]);
        for field in self.list(&block["fields"], 10, "fields") {
            self.text_object(field, 2_000);
        }
    }

    fn rich_text(&mut self, block: &Value) {
        self.keys(block, &["type", "block_id", "elements"]);
        for element in self.list(&block["elements"], 50, "rich text") {
            match element["type"].as_str().unwrap_or_default() {
                "rich_text_list" => {
                    self.keys(element, &["type", "style", "indent", "elements"]);
                    for item in self.list(&element["elements"], 100, "list entries") {
                        self.expect(item["type"] == "rich_text_section", "list entry");
                        self.rich_elements(item);
                    }
                }
                "rich_text_section" | "rich_text_preformatted" => self.rich_elements(element),
                other => self.expect(false, &format!("rich text {other}")),
            }
        }
    }

    fn rich_elements(&mut self, section: &Value) {
        self.keys(section, &["type", "elements"]);
        self.expect(words_in(section) <= 3_000, "rich text length");
        for element in self.list(&section["elements"], 3_000, "rich text elements") {
            match element["type"].as_str().unwrap_or_default() {
                "text" => {
                    self.keys(element, &["type", "text", "style"]);
                    self.expect(element["text"].as_str().is_some_and(|text| !text.is_empty()), "empty text");
                }
                "date" => {
                    self.keys(element, &["type", "timestamp", "format", "fallback"]);
                    self.expect(element["timestamp"].is_i64(), "timestamp");
                }
                "user" => self.keys(element, &["type", "user_id"]),
                "link" => {
                    self.keys(element, &["type", "url", "text"]);
                    self.expect(element["url"].as_str().is_some_and(|url| len(url) <= 3_000), "url");
                }
                other => self.expect(false, &format!("rich element {other}")),
            }
        }
    }
}
