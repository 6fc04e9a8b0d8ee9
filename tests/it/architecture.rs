//! The rules of the house that a compiler cannot check: floors, words that belong to one place, and pages that must
//! agree with the code. Invariant: every rule here is also shown to catch an offender.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use roundtable::core::access::Who;
use roundtable::core::command::{ROOT, TABLE};

/// Each floor and what it may use besides itself. `docs/architecture.md` draws it.
const FLOORS: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("logging", &[]),
    ("config", &[]),
    ("clock", &["domain"]),
    ("chat", &["domain"]),
    ("store", &["domain"]),
    ("content", &["domain"]),
    ("form", &["domain"]),
    ("ops", &[]),
    ("scheduler", &["clock", "domain", "logging"]),
    ("core", &["chat", "store", "content", "domain", "clock"]),
    ("adapters", &["core", "chat", "config", "clock", "content", "domain", "store", "logging"]),
    (
        "app",
        &["adapters", "scheduler", "ops", "core", "chat", "store", "content", "config", "clock", "domain"],
    ),
    ("cli", &["app", "adapters", "core", "config", "logging", "clock", "domain", "store", "content", "form"]),
    ("main", &["cli"]),
];

/// What an adapter may take from the store: docs/decisions/0005 and 0008 have the reasons.
const STORE_FOR_ADAPTERS: [&str; 7] =
    ["Store", "StoreError", "playground", "inbox", "installs", "contacts", "discord"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Rust file: its path from `src/`, its text, and whether it is compiled for tests only.
struct Source {
    path: String,
    text: String,
    is_test: bool,
}

impl Source {
    /// The floor it stands on.
    fn floor(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Its text without comments and without what follows the first `#[cfg(test)]` in column 1 that opens a module.
    fn code(&self) -> String {
        let code = without_comments(&self.text);
        let end = code.find("#[cfg(test)]\nmod ").filter(|at| code[*at..].lines().nth(1).is_some_and(opens));
        end.map_or_else(|| code.clone(), |at| code[..at].to_owned())
    }
}

fn opens(line: &str) -> bool {
    line.ends_with('{')
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files: Vec<Source> = rust_files(&src)
        .into_iter()
        .map(|path| Source {
            text: std::fs::read_to_string(&path).expect("text"),
            path: path.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/"),
            is_test: false,
        })
        .collect();
    assert!(files.len() > 100, "the search itself works: {}", files.len());
    let tests: BTreeSet<String> = files.iter().flat_map(test_modules).collect();
    for file in &mut files {
        let module = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        file.is_test = tests.iter().any(|test| module == test || module.starts_with(&format!("{test}/")));
    }
    files
}

/// The modules in files of their own that a file has for tests only, as paths without ending.
fn test_modules(file: &Source) -> Vec<String> {
    let home = file.path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
    let after = file.text.split("#[cfg(test)]\n").skip(1);
    let names = after.filter_map(|rest| {
        let line = rest.lines().map(str::trim).find(|line| !line.starts_with("#["))?;
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    names.map(|name| format!("{home}/{name}")).collect()
}

/// Blanks out comments; strings and character literals stay, so that a `//` inside them is no comment.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else {
            let length = literal(rest).unwrap_or(next.len_utf8());
            out.push_str(&rest[..length]);
            length
        };
        rest = &rest[taken..];
    }
    out
}

/// The length of the string or character literal that the text begins with.
fn literal(text: &str) -> Option<usize> {
    if let Some(body) = text.strip_prefix("r#\"") {
        return Some(body.find("\"#").map_or(text.len(), |at| at + 5));
    }
    if let Some(quoted) = ["'\"'", "'\\''", "'\\\\'", "'/'"].iter().find(|quoted| text.starts_with(**quoted))
    {
        return Some(quoted.len());
    }
    let body = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, character) in body.char_indices() {
        match character {
            '"' if !escaped => return Some(at + 2),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Some(text.len())
}

/// Every string literal of a text without comments.
fn strings(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(next) = rest.chars().next() {
        let length = literal(rest).unwrap_or(next.len_utf8());
        if rest.starts_with('"') || rest.starts_with("r#\"") {
            found.push(&rest[..length]);
        }
        rest = &rest[length..];
    }
    found
}

/// What a file takes from the crate: floor and the name after it (`store`, `groups`), for every branch of a `use`.
fn taken(code: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        for (floor, after) in branches(rest) {
            let names = after.strip_prefix("::").map(branches).unwrap_or_default();
            if names.is_empty() {
                found.insert((floor.clone(), String::new()));
            }
            for (name, _) in names {
                found.insert((floor.clone(), name));
            }
        }
    }
    found
}

/// The names a path goes on with, one for each branch of a list, and what follows each.
fn branches(text: &str) -> Vec<(String, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if let Some(list) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut parts = Vec::new();
        let mut begin = 0;
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    parts.push(&list[begin..at]);
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(&list[begin..at]);
                    begin = at + 1;
                }
                _ => {}
            }
        }
        return parts.into_iter().flat_map(|part| branches(part.trim())).collect();
    }
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    if end == 0 { Vec::new() } else { vec![(text[..end].to_owned(), &text[end..])] }
}

/// Why a file may not take this, if so.
fn upward(floor: &str, taken: &(String, String)) -> Option<String> {
    let (from, name) = taken;
    if floor == from || floor == "lib" {
        return None;
    }
    let Some((_, may)) = FLOORS.iter().find(|(known, _)| *known == floor) else {
        return Some(format!("{floor} is no floor that docs/architecture.md knows"));
    };
    if FLOORS.iter().all(|(known, _)| known != from) {
        // A macro or a name at the crate's root.
        return None;
    }
    if !may.contains(&from.as_str()) {
        return Some(format!("{floor} may not use {from}::{name}"));
    }
    let hidden = floor == "adapters" && from == "store" && !STORE_FOR_ADAPTERS.contains(&name.as_str());
    hidden.then(|| format!("{floor} may use no more of the store than {STORE_FOR_ADAPTERS:?}, not {name}"))
}

#[test]
fn no_floor_uses_one_above_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        for taken in taken(&without_comments(&source.text)) {
            wrong.extend(upward(source.floor(), &taken).map(|why| format!("src/{}: {why}", source.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let offends = |floor: &str, code: &str| taken(code).iter().any(|taken| upward(floor, taken).is_some());
    assert!(offends("domain", "use crate::store::Store;"));
    assert!(offends("chat", "fn f() { crate::core::handle() }"));
    assert!(offends("adapters", "use crate::{chat::Form, store::{Store, groups::Group}};"));
    assert!(!offends("adapters", "use crate::store::{Store, StoreError};"));
}

#[test]
fn floors_do_not_use_each_other_in_circles() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let floor = source.floor().to_owned();
        let others = taken(&without_comments(&source.text)).into_iter().map(|(from, _)| from);
        uses.entry(floor.clone()).or_default().extend(others.filter(|from| *from != floor));
    }
    assert!(uses["core"].contains("store"), "the search itself works");
    assert_eq!(circle(&uses), None);
    uses.get_mut("domain").expect("a floor").insert("core".to_owned());
    assert!(circle(&uses).is_some());
}

/// A floor that can be reached from itself.
fn circle(uses: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    uses.keys().find_map(|start| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = uses[start].iter().collect();
        while let Some(floor) = next.pop() {
            if floor == start {
                return Some(start.clone());
            }
            if seen.insert(floor) {
                next.extend(uses.get(floor).into_iter().flatten());
            }
        }
        None
    })
}

fn is_sql(literal: &str) -> bool {
    let words: Vec<&str> = literal.trim_start_matches("r#").trim_matches('"').split_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    match words.first().copied() {
        Some("SELECT" | "DELETE") => has("FROM"),
        Some("INSERT") => has("INTO"),
        Some("UPDATE") => has("SET"),
        Some("CREATE" | "ALTER" | "DROP") => has("TABLE") || has("INDEX") || has("DATABASE"),
        Some("PRAGMA" | "BEGIN" | "COMMIT" | "ROLLBACK") => true,
        _ => false,
    }
}

#[test]
fn sql_is_written_in_the_store_only() {
    let mut wrong = Vec::new();
    let mut in_store = 0;
    for source in sources() {
        let code = without_comments(&source.text);
        let found = strings(&code).into_iter().filter(|literal| is_sql(literal));
        if source.floor() == "store" {
            in_store += found.count();
        } else {
            wrong.extend(found.map(|sql| format!("src/{}: {sql}", source.path)));
        }
        if source.floor() != "store" && code.contains("sqlx::") {
            wrong.push(format!("src/{}: only the store knows sqlx", source.path));
        }
    }
    assert!(in_store > 100, "the search itself works: {in_store}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn core_and_domain_know_no_platform_by_name() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| ["core", "domain", "chat"].contains(&source.floor())) {
        let code = source.code().to_lowercase();
        let named = ["slack", "discord"].into_iter().filter(|name| !source.is_test && code.contains(name));
        wrong.extend(named.map(|name| format!("src/{}: {name}", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| !source.is_test && source.code().contains(".unwrap()"))
        .map(|source| format!("src/{}", source.path))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let offender = Source {
        path: "core/x.rs".into(),
        text: "fn f() { g().unwrap() } // .unwrap()\n".into(),
        is_test: false,
    };
    assert!(offender.code().contains(".unwrap()"));
    assert_eq!(offender.code().matches(".unwrap()").count(), 1);
}

#[test]
fn every_file_says_at_the_top_what_lives_in_it() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn no_test_file_was_forgotten() {
    let folder = root().join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).expect("text");
    let forgotten: Vec<PathBuf> = rust_files(&folder)
        .into_iter()
        .filter(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let parent = path.parent().expect("a folder");
            let above = if parent == folder {
                main.clone()
            } else {
                let by_name = std::fs::read_to_string(parent.with_extension("rs"));
                by_name.or_else(|_| std::fs::read_to_string(parent.join("mod.rs"))).unwrap_or_default()
            };
            let itself = path.ends_with("tests/it/main.rs") || name == "mod";
            !itself && !above.lines().any(|line| line.trim().ends_with(&format!("mod {name};")))
        })
        .collect();
    assert!(forgotten.is_empty(), "no module of the test binary: {forgotten:?}");
}

const fn audience(who: Who) -> &'static str {
    match who {
        Who::Anyone => "everybody",
        Who::Member => "participants and mentors",
        Who::InGroup => "members of a group",
        Who::LeadsGroup => "who leads a group",
        Who::Staff => "staff",
        Who::StaffOrSponsor => "staff and sponsors",
        Who::StaffOrAdmin => "staff and administrators",
        Who::Admin => "administrators",
    }
}

#[test]
fn the_readme_lists_the_commands_of_the_table() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("text");
    let mut expected = String::from("| Command | For | What it does |\n| --- | --- | --- |\n");
    for spec in TABLE {
        writeln!(expected, "| `{ROOT} {}` | {} | {} |", spec.path, audience(spec.who), spec.summary)
            .expect("a string takes every line");
    }
    let (before, rest) = readme.split_once("<!-- commands").expect("the list begins with a mark");
    let (mark, rest) = rest.split_once("-->\n").expect("the mark ends");
    let (listed, after) = rest.split_once("<!-- /commands -->").expect("the list ends with a mark");
    if listed != expected && std::env::var_os("ROUNDTABLE_BLESS").is_some_and(|value| value == "1") {
        let blessed = format!("{before}<!-- commands{mark}-->\n{expected}<!-- /commands -->{after}");
        std::fs::write(&path, blessed).expect("the page can be written");
        return;
    }
    assert!(listed == expected, "README.md should list (ROUNDTABLE_BLESS=1 writes it):\n{expected}");
}
