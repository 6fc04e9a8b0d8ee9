//! A message as a run of parts that each fit anywhere: words in markdown, rows of components, lines and files. What
//! puts them together need not know what a block is.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::actions::{Ids, rows};
use super::files::{Attached, Files};
use super::{Look, limits, text};
use crate::chat::{Action, Block, Message, Span};

const UNFIT: &str = "The buttons that were here do not fit into Discord. Type the command instead.";

/// One part.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words.
    Words(Words),
    /// A row of buttons, or one list.
    Row(Value),
    /// A thin line.
    Rule,
    /// The file with this position.
    File(usize),
}

/// Words in markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The markdown; never blank.
    pub text: String,
    /// What they are.
    pub kind: WordsKind,
}

/// What words are, as far as it decides what stands between them and whether they want a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsKind {
    /// A title.
    Heading,
    /// A paragraph.
    Text,
    /// Small print.
    Note,
    /// A list.
    List,
    /// Names with values.
    Fields,
    /// Fixed-width text.
    Code,
}

impl Words {
    /// A sentence of ours as small print.
    pub fn note(sentence: &str) -> Self {
        Self { text: format!("-# {}", text::escape(sentence)), kind: WordsKind::Note }
    }

    /// What stands between these and the words after them.
    pub const fn gap(&self, next: &Self) -> &'static str {
        match (self.kind, next.kind) {
            (WordsKind::Heading, _) | (WordsKind::Text, WordsKind::List | WordsKind::Note) => "\n",
            _ => "\n\n",
        }
    }
}

/// A message in parts.
#[derive(Debug)]
pub struct Parts {
    /// In reading order.
    pub all: Vec<Part>,
    /// The files.
    pub files: Vec<Attached>,
    /// The accounts it mentions.
    pub mentions: Vec<String>,
}

/// Takes a message apart. `apart` says that rows will stand away from the words before them, so that buttons must say
/// themselves what they are about.
pub fn parts_of(message: &Message, look: &Look<'_>, apart: bool) -> Parts {
    let mut build = Build {
        look,
        parts: Vec::new(),
        files: Files::default(),
        mentions: BTreeSet::new(),
        ids: Ids::new(look.home),
        times: if apart { repeated(message) } else { HashMap::new() },
        about: String::new(),
    };
    for block in &message.blocks {
        build.block(block);
    }
    Parts { all: build.parts, files: build.files.taken, mentions: build.mentions.into_iter().collect() }
}

/// How often each label is on a button.
fn repeated(message: &Message) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for action in message.all_actions() {
        if let Action::Button { label, .. } = action {
            *times.entry(label.clone()).or_default() += 1;
        }
    }
    times
}

/// What the buttons after a block are about, as far as it says.
fn subject(block: &Block) -> Option<&str> {
    match block {
        Block::Heading { text } => Some(text),
        Block::Text { spans } => match spans.first() {
            Some(Span::Bold { text }) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

struct Build<'a> {
    look: &'a Look<'a>,
    parts: Vec<Part>,
    files: Files,
    mentions: BTreeSet<String>,
    ids: Ids,
    times: HashMap<String, usize>,
    about: String,
}

impl Build<'_> {
    fn block(&mut self, block: &Block) {
        if let Some(words) = subject(block) {
            words.clone_into(&mut self.about);
        }
        match block {
            Block::File { name, media_type, alt, base64 } => self.file(name, media_type, alt, base64),
            Block::Divider => self.parts.push(Part::Rule),
            Block::Actions { actions } => self.actions(actions),
            block => {
                for piece in limits::PIECE.pieces_of(block) {
                    self.piece(&piece);
                }
            }
        }
    }

    fn line(&mut self, spans: &[Span]) -> String {
        text::line(spans, self.look, &mut self.mentions)
    }

    fn words(&mut self, text: String, kind: WordsKind) {
        if !text.trim().is_empty() {
            self.parts.push(Part::Words(Words { text, kind }));
        }
    }

    fn piece(&mut self, piece: &Block) {
        match piece {
            Block::Heading { text } => {
                let line = self.line(&[text.trim().into()]);
                let text = if line.is_empty() { line } else { format!("### {line}") };
                self.words(text, WordsKind::Heading);
            }
            Block::Text { spans } => {
                let line = self.line(spans);
                self.words(line, WordsKind::Text);
            }
            Block::Note { spans } => {
                let line = self.line(spans);
                let text = if line.is_empty() { line } else { format!("-# {line}") };
                self.words(text, WordsKind::Note);
            }
            Block::List { items } => {
                let lines: Vec<String> = items.iter().map(|item| self.line(item)).collect();
                let shown = lines.iter().filter(|line| !line.is_empty());
                let text = shown.map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
                self.words(text, WordsKind::List);
            }
            Block::Fields { fields } => {
                let mut lines = Vec::new();
                for field in fields {
                    let name = self.line(&[field.name.trim().into()]);
                    let name = if name.is_empty() { name } else { format!("**{name}:** ") };
                    let value = self.line(&field.value);
                    lines.push(format!("{name}{}", if value.is_empty() { "–" } else { &value }));
                }
                self.words(lines.join("\n"), WordsKind::Fields);
            }
            Block::Code { text } => self.words(text::fenced(text), WordsKind::Code),
            Block::Table { .. } | Block::File { .. } | Block::Divider | Block::Actions { .. } => {}
        }
    }

    fn actions(&mut self, actions: &[Action]) {
        let (times, about) = (&self.times, &self.about);
        let what = |label: &str| {
            let again = times.get(label).copied().unwrap_or(0) > 1;
            (again && !about.trim().is_empty()).then(|| about.clone())
        };
        let (rows, lost) = rows(actions, &mut self.ids, &what);
        self.parts.extend(rows.into_iter().map(Part::Row));
        if lost {
            self.parts.push(Part::Words(Words::note(UNFIT)));
        }
    }

    fn file(&mut self, name: &str, media_type: &str, alt: &str, base64: &str) {
        if let Some(index) = self.files.take(name, media_type, alt, base64) {
            return self.parts.push(Part::File(index));
        }
        let words = if alt.trim().is_empty() { name.to_owned() } else { format!("{name} ({alt})") };
        let words = format!("A file that could not be attached: {}", limits::cut(&words, 400));
        self.parts.push(Part::Words(Words::note(&words)));
    }
}
