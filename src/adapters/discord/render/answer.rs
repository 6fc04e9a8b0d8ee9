//! Answers to somebody alone, and the steps of forms: Components V2, where every row of buttons stays beside the words
//! it belongs to. Once a message has this form Discord never takes it back, so nothing that is edited by another hand
//! may have it.

use serde_json::{Value, json};

use super::files::Attached;
use super::pieces::{Part, Parts, Words};
use super::{ACCENT, CUT, GOES_ON, NOTHING, Rendered, Shape, limits};

/// The most messages that one answer is split into.
const MOST: usize = 4;

/// Puts an answer together, in as many messages as it takes, at most four; only the last may be cut.
pub fn answer(parts: Parts) -> Vec<Rendered> {
    let Parts { all, files, mentions } = parts;
    let mut pages = vec![Page::default()];
    for part in all {
        let count = pages.len();
        let page = pages.last_mut().expect("begins with one");
        if page.add(&part, &files) || page.cut {
            continue;
        }
        if count < MOST {
            page.say(GOES_ON);
            let mut next = Page::default();
            next.add(&part, &files);
            pages.push(next);
        } else {
            // From here on only buttons are taken, because a message without them cannot be acted on.
            page.cut = true;
            page.say(CUT);
        }
    }
    pages.into_iter().map(|page| page.finished(&mentions)).collect()
}

/// One message of an answer. There is always room for one sentence more.
#[derive(Default)]
struct Page {
    components: Vec<Value>,
    last: Option<Words>,
    files: Vec<Attached>,
    count: usize,
    units: usize,
    /// Whether words are left out from here on.
    cut: bool,
}

/// Room that is kept for the last sentence.
const KEPT: usize = 300;

impl Page {
    /// Adds a part if there is room for it.
    fn add(&mut self, part: &Part, files: &[Attached]) -> bool {
        match part {
            Part::Words(words) => !self.cut && self.words(words, limits::ANSWER - KEPT),
            Part::Row(row) => {
                let inner = row["components"].as_array().map_or(0, Vec::len);
                self.component(row.clone(), 1 + inner)
            }
            Part::Rule => {
                // A line at the end, or after another, separates nothing.
                let after = self.components.last().is_some_and(|last| last["type"] != 14);
                !after || self.component(json!({"type": 14, "divider": true, "spacing": 1}), 1)
            }
            Part::File(index) => files.get(*index).is_some_and(|file| self.file(file)),
        }
    }

    fn words(&mut self, words: &Words, most: usize) -> bool {
        let gap = self.last.as_ref().map_or("", |last| last.gap(words));
        let size = limits::units(&words.text) + limits::units(gap);
        if self.units + size > most {
            return false;
        }
        if let Some(last) = self.components.last_mut().filter(|last| last["type"] == 10) {
            let before = last["content"].as_str().unwrap_or_default();
            last["content"] = json!(format!("{before}{gap}{}", words.text));
        } else if !self.component(json!({"type": 10, "content": words.text}), 1) {
            return false;
        }
        self.units += size;
        self.last = Some(words.clone());
        true
    }

    /// Adds a component that counts for `count`; two are kept for the frame and the last sentence.
    fn component(&mut self, component: Value, count: usize) -> bool {
        let fits = self.count + count + 2 <= limits::COMPONENTS;
        if fits {
            self.count += count;
            self.components.push(component);
            self.last = None;
        }
        fits
    }

    fn file(&mut self, file: &Attached) -> bool {
        let component = if file.is_picture() {
            let mut item = json!({"media": {"url": file.address()}});
            if !file.alt.is_empty() {
                item["description"] = json!(file.alt);
            }
            json!({"type": 12, "items": [item]})
        } else {
            json!({"type": 13, "file": {"url": file.address()}})
        };
        let fits = self.component(component, 1);
        if fits {
            self.files.push(file.clone());
        }
        fits
    }

    /// A last sentence, for which room was kept.
    fn say(&mut self, sentence: &str) {
        self.components.push(json!({"type": 10, "content": Words::note(sentence).text}));
        self.last = None;
    }

    fn finished(mut self, mentions: &[String]) -> Rendered {
        while self.components.last().is_some_and(|last| last["type"] == 14) {
            self.components.pop();
        }
        if self.components.is_empty() {
            self.components.push(json!({"type": 10, "content": NOTHING}));
        }
        // A few words need no frame.
        let bare = self.components.len() == 1 && self.components[0]["type"] == 10;
        let short = |text: &str| text.lines().count() < 4 && !text.contains("### ");
        let components = if bare && self.components[0]["content"].as_str().is_some_and(short) {
            self.components
        } else {
            vec![json!({"type": 17, "accent_color": ACCENT, "components": self.components})]
        };
        Rendered { shape: Shape::Answer { components }, files: self.files, mentions: mentions.to_vec() }
    }
}
