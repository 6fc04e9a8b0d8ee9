//! Turns the texts of the file into addresses and filters. Invariant: what is refused says why and what to
//! write instead, without repeating a text that may hold a password.

use std::net::SocketAddr;
use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::Mode;
use super::read::nearest;

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// A text as a fault repeats it: a long one may be somebody's slip of the clipboard and is not repeated.
fn shown(text: &str) -> String {
    let plain = text.len() <= 40 && !text.chars().any(char::is_control);
    if plain { format!("\"{text}\"") } else { "this text".to_owned() }
}

pub(super) fn mode(text: &str) -> Result<Mode, String> {
    let found = Mode::ALL.into_iter().find(|mode| mode.as_str() == text);
    let words = || Mode::ALL.iter().map(|mode| mode.as_str());
    found.ok_or_else(|| match nearest(text, words()) {
        Some(near) => format!("{} is not a mode. Did you mean \"{near}\"?", shown(text)),
        None => format!("{} is not a mode. Please write \"playground\" or \"run\".", shown(text)),
    })
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "\"{text}\" is not an address with a port. Please write it with numbers, as in 127.0.0.1:7420."
        )
    })
}

/// The playground lets anybody who reaches it be anyone, so it must not be reachable from elsewhere.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address = address(text)?;
    if address.ip().to_canonical().is_loopback() {
        return Ok(address);
    }
    Err(format!(
        "{address} can be reached from other machines, and in the playground everybody may act as anyone. \
         Please listen on 127.0.0.1:{0} or [::1]:{0}.",
        address.port()
    ))
}

/// The address of a database from the file, which may name a user but no password.
pub(super) fn database_in_file(text: &str) -> Result<String, String> {
    if holds_password(text) {
        return Err(
            "this address holds a password, and secrets are never read from this file. Please set the \
                    whole address in the environment variable DATABASE_URL, or name a file that holds it in \
                    DATABASE_URL_FILE."
                .to_owned(),
        );
    }
    database(text)
}

/// The address of a database: `sqlite://file`, `postgres://…` or a bare file name.
pub(super) fn database(text: &str) -> Result<String, String> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let known = matches!(scheme, None | Some("sqlite" | "postgres" | "postgresql"));
    if known && !rest.trim().is_empty() {
        return Ok(text.to_owned());
    }
    Err("this is not the address of a database. Please write sqlite://roundtable.db for a file, or \
         postgres://user@host/name for a server."
        .to_owned())
}

fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    // The last @ counts: a password that is not escaped may hold one itself.
    let user = place.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || query.split('&').any(|part| part.to_ascii_lowercase().contains("password"))
}

/// A database's address without user, password and options, fit for a log.
pub(super) fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("sqlite", url));
    let place =
        if scheme == "sqlite" { rest } else { rest.rsplit_once('@').map_or(rest, |(_, place)| place) };
    let place = place.split_once('?').map_or(place, |(place, _)| place);
    format!("{scheme}://{place}")
}

pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() {
        return Err("this names no folder. Please write one, or remove the line to use the texts that come \
                    with Roundtable."
            .to_owned());
    }
    Ok(PathBuf::from(text))
}

/// A filter of log lines. A level with a slip in it would count as the name of a module and silence everything
/// else, so a near miss is refused.
pub(super) fn filter(text: &str) -> Result<String, String> {
    let example = "Please write a level, such as \"info\", or levels by module, such as \
                   \"info,roundtable::scheduler=debug\".";
    if text.trim().is_empty() {
        return Err(format!("the filter is empty. {example}"));
    }
    for part in text.split(',').map(str::trim) {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        let exact = LEVELS.iter().any(|known| known.eq_ignore_ascii_case(level));
        if let Some(near) = nearest(level, LEVELS.into_iter()).filter(|_| !exact) {
            return Err(format!("{} is not a level. Did you mean \"{near}\"?", shown(level)));
        }
    }
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("this is not a filter ({error}). {example}")),
    }
}

/// Whether tokens and people may travel to this address: an encrypted one, or one of this machine.
pub(super) fn is_web_address(text: &str) -> bool {
    let clean = |rest: &str| {
        !rest.is_empty()
            && !rest.contains(char::is_whitespace)
            && !rest.contains('@')
            && !rest.starts_with('/')
    };
    if let Some(rest) = text.strip_prefix("https://") {
        return clean(rest);
    }
    let Some(rest) = text.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    clean(rest) && matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_this_machine_will_do_for_the_playground() {
        for good in ["127.0.0.1:7420", "127.9.9.9:1", "[::1]:7420", "[::ffff:127.0.0.1]:80", "127.0.0.1:0"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in ["0.0.0.0:7420", "[::]:7420", "192.168.1.4:80", "203.0.113.9:80"] {
            assert!(loopback(bad).unwrap_err().contains("act as anyone"), "{bad}");
        }
        for bad in ["localhost:7420", "127.0.0.1", "7420", "", "127.0.0.1:99999"] {
            assert!(loopback(bad).unwrap_err().contains("127.0.0.1:7420"), "{bad}");
        }
    }

    #[test]
    fn a_database_address_with_a_password_is_refused_in_the_file_and_never_shown() {
        let with = [
            "postgres://ann:canary@db/rt",
            "postgresql://ann:ca@nary@db/rt",
            "postgres://db/rt?password=canary",
        ];
        for url in with {
            let refused = database_in_file(url).unwrap_err();
            assert!(refused.contains("DATABASE_URL") && !refused.contains("nary"), "{refused}");
            assert!(database(url).is_ok(), "the environment may hold it: {url}");
            assert!(!without_secrets(url).contains("nary"), "{}", without_secrets(url));
        }
        for url in ["sqlite://roundtable.db", "postgres://ann@db:5432/rt", "data/roundtable.db"] {
            assert_eq!(database_in_file(url).as_deref(), Ok(url));
        }
        for url in ["mysql://db/rt", "sqlite://", "", "http://canary"] {
            let refused = database(url).unwrap_err();
            assert!(refused.contains("sqlite://roundtable.db") && !refused.contains("canary"), "{refused}");
        }
    }

    #[test]
    fn what_a_log_says_of_a_database_is_its_engine_and_place() {
        assert_eq!(without_secrets("postgres://ann:pw@db:5432/rt?sslmode=require"), "postgres://db:5432/rt");
        assert_eq!(without_secrets("sqlite://roundtable.db"), "sqlite://roundtable.db");
        assert_eq!(without_secrets("data/team@home.db"), "sqlite://data/team@home.db");
    }

    #[test]
    fn a_filter_with_a_slip_in_its_level_is_refused() {
        for good in ["info", "WARN", "off", "info,roundtable::scheduler=debug", "warn,sqlx=error"] {
            assert!(filter(good).is_ok(), "{good}");
        }
        assert!(filter("inof").unwrap_err().contains("Did you mean \"info\"?"));
        assert!(filter("info,roundtable=debgu").unwrap_err().contains("Did you mean \"debug\"?"));
        assert!(filter("roundtable=loud").unwrap_err().contains("Please write a level"));
        assert!(filter(" ").unwrap_err().contains("is empty"));
    }
}
