//! The files that come with the program, and the folder that may replace them. Invariant: the built-in
//! set is complete, so the program works without any folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::fault::Fault;
use super::read::Source;

/// Folder of the questions.
pub(super) const STARTERS: &str = "starters/";
/// The file of phases, modes, tags and formats.
pub(super) const TAXONOMY: &str = "starters/taxonomy.toml";

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../config/", $name)))),+]
    };
}

const FILES: [(&str, &str); 16] = embedded![
    "starters/taxonomy.toml",
    "starters/1-acquaint.toml",
    "starters/2-trust.toml",
    "starters/3-goals.toml",
    "starters/4-challenges.toml",
    "starters/5-influence.toml",
    "starters/6-relationships.toml",
    "starters/7-career.toml",
    "starters/8-change.toml",
    "starters/9-closing.toml",
    "themes.toml",
    "tips.toml",
    "pulse.toml",
    "glossary.toml",
    "texts.toml",
    "holidays.toml",
];

/// The built-in files.
pub(super) fn sources() -> Vec<Source> {
    FILES.iter().map(|(file, text)| Source { file: (*file).to_owned(), text: (*text).to_owned() }).collect()
}

/// The built-in files, with those of the folder in their place.
pub(super) fn with_folder(dir: &Path) -> Result<Vec<Source>, Vec<Fault>> {
    if !dir.is_dir() {
        let what = "This folder does not exist. Please create it, or leave the setting out to use the built-in texts.";
        return Err(vec![Fault { file: dir.display().to_string(), line: 1, what: what.to_owned() }]);
    }
    let mut faults = Vec::new();
    let mut files: BTreeMap<String, String> = sources().into_iter().map(|s| (s.file, s.text)).collect();
    let own_starters = starter_files(dir, &mut faults);
    if own_starters.iter().any(|file| file != TAXONOMY) {
        files.retain(|file, _| !file.starts_with(STARTERS) || file == TAXONOMY);
    }
    let single = FILES.iter().map(|(file, _)| (*file).to_owned()).filter(|file| !file.starts_with(STARTERS));
    for file in own_starters.into_iter().chain(single) {
        let path = dir.join(&file);
        if path.is_file() {
            match fs::read_to_string(&path) {
                Ok(text) => drop(files.insert(file, text)),
                Err(error) => faults.push(unreadable(&file, &error)),
            }
        }
    }
    if faults.is_empty() {
        Ok(files.into_iter().map(|(file, text)| Source { file, text }).collect())
    } else {
        Err(faults)
    }
}

/// Names of the TOML files under `starters/`, if that folder is there.
fn starter_files(dir: &Path, faults: &mut Vec<Fault>) -> Vec<String> {
    let folder = dir.join(STARTERS);
    if !folder.is_dir() {
        return Vec::new();
    }
    match fs::read_dir(&folder) {
        Ok(entries) => {
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let toml = names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "toml"));
            toml.map(|name| format!("{STARTERS}{name}")).collect()
        }
        Err(error) => {
            faults.push(unreadable(STARTERS, &error));
            Vec::new()
        }
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> Fault {
    let what = format!(
        "This cannot be read: {error}. Please check that it is a text file and that the program may open it."
    );
    Fault { file: file.to_owned(), line: 1, what }
}
