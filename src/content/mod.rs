//! Loads and checks what the bot says and asks: starters, themes, tips, pulse forms, glossary, texts.
//! Invariant: a `Content` in hand is whole and consistent; anything else is a list of all its faults.

mod builtin;
mod fault;
mod pulse;
mod read;
mod shelf;
mod texts;
mod themes;
mod tips;
mod wording;

use std::path::Path;

pub use fault::Fault;
pub use texts::{Charter, Glossary, Passage, Term, Texts};
pub use tips::{Audience, Moment, Tip};

use crate::domain::holidays::Calendars;
use crate::domain::pulses::{FormId, PulseForm};
use crate::domain::starters::Library;
use fault::Faults;
use read::Source;

/// Everything that the folder of texts holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Starters, tags, meetup themes and the year calendar.
    pub library: Library,
    /// Tips for mentors.
    pub tips: Vec<Tip>,
    /// One form for participants, mentors and sponsors each.
    pub forms: Vec<PulseForm>,
    /// Words of the programme.
    pub glossary: Glossary,
    /// Charter, guidelines, privacy.
    pub texts: Texts,
    /// Days on which groups may choose not to meet.
    pub holidays: Calendars,
}

impl Content {
    /// Reads the folder; a file that is not there is taken from the built-in set.
    ///
    /// The starters are one set: when the folder has any file under `starters/` other than the
    /// taxonomy, the built-in questions are left out. All faults are returned at once.
    pub fn load(dir: &Path) -> Result<Self, Vec<Fault>> {
        Self::assemble(&builtin::with_folder(dir)?)
    }

    /// The texts that come with the program.
    pub fn builtin() -> Self {
        Self::assemble(&builtin::sources()).expect("a test proves that the built-in texts have no fault")
    }

    /// The form for one kind of person.
    pub fn form(&self, id: FormId) -> Option<&PulseForm> {
        self.forms.iter().find(|form| form.id == id)
    }

    fn assemble(sources: &[Source]) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let mut library = shelf::read(sources, &mut faults);
        themes::read(sources, &mut library, &mut faults);
        let tips = tips::read(sources, &mut faults);
        let forms = pulse::read(sources, &mut faults);
        let glossary = texts::read_glossary(sources, &mut faults);
        let texts = texts::read_texts(sources, &mut faults);
        let holidays = read_holidays(sources, &mut faults);
        match (texts, faults.into_sorted()) {
            (Some(texts), none) if none.is_empty() => {
                Ok(Self { library, tips, forms, glossary, texts, holidays })
            }
            (_, faults) => Err(faults),
        }
    }
}

fn read_holidays(sources: &[Source], faults: &mut Faults) -> Calendars {
    let Some(source) = read::find(sources, "holidays.toml", faults) else { return Calendars::default() };
    toml::from_str(&source.text).unwrap_or_else(|error: toml::de::Error| {
        let spot = source.spot(error.span().map_or(0, |span| span.start));
        faults.add(&spot, format!("{}. Please correct it.", error.message()));
        Calendars::default()
    })
}

#[cfg(test)]
mod tests;
