//! Every word the bot says, except the texts in `config/`. Second person, plain sentences, no blame; a refusal
//! ends with what to do next.

pub(super) mod applications;
pub(super) mod basics;
pub(super) mod calendar;
pub(super) mod card;
pub(super) mod circles;
pub(super) mod credentials;
mod facts;
pub(super) mod forming;
pub(super) mod groups;
pub(super) mod home;
pub(super) mod meetups;
pub(super) mod peers;
pub(super) mod people;
pub(super) mod picture;
pub(super) mod programs;
pub(super) mod proposals;
pub(super) mod pulses;
pub(super) mod refusals;
pub(super) mod repairs;
pub(super) mod review;
pub(super) mod rhythm;
pub(super) mod rules;
pub(super) mod seeks;
pub(super) mod staff;
pub(super) mod starters;
pub(super) mod ties;
pub(super) mod wishes;

pub(super) use facts::Facts;

use jiff::civil::Date;

use crate::domain::starters::Library;
use crate::domain::words::Role;

/// "a, b and c".
pub(super) fn list<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// A stored date such as `2027-06-21` as people write it: "21 June 2027". What is no date stays as it is.
pub(super) fn day(stored: &str) -> String {
    stored.parse::<Date>().map_or_else(|_| stored.to_owned(), |date| date.strftime("%-d %B %Y").to_string())
}

/// What somebody is: "a participant", "one of the staff".
pub(super) const fn a_role(role: Role) -> &'static str {
    match role {
        Role::Participant => "a participant",
        Role::Mentor => "a mentor",
        Role::Coach => "a coach",
        Role::Facilitator => "a facilitator",
        Role::Staff => "one of the staff",
        Role::Sponsor => "a sponsor",
        Role::PeerLeader => "a peer leader",
        Role::Adviser => "an adviser",
    }
}

/// "1 group", "2 groups".
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// What to write in the place of a topic that is none: those near to it, or all there are.
pub(super) fn topics_to_choose(library: &Library, given: &str) -> String {
    let near: Vec<String> = library.near_themes(given).iter().map(|title| format!("\"{title}\"")).collect();
    if near.is_empty() {
        let all: Vec<&str> = library.themes.iter().map(|theme| theme.title.as_str()).collect();
        return format!("The topics are: {}. Use one of them.", all.join("; "));
    }
    format!("Did you mean {}?", near.join(" or "))
}

/// Words with a capital at the beginning.
pub(super) fn upper_first(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// Somebody's words with a full stop, if they end without a mark.
pub(super) fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.ends_with(['.', '?', '!']) { words.to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_dates_are_shown_as_people_write_them() {
        assert_eq!(day("2027-06-21"), "21 June 2027");
        assert_eq!(day("2027-12-03"), "3 December 2027");
        assert_eq!(day("soon"), "soon");
    }
}
