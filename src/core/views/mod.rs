//! Every word the bot says, except the texts in `config/`. Second person, plain sentences, no blame; a refusal ends
//! with what to do next.

pub(super) mod basics;
mod facts;
pub(super) mod groups;
pub(super) mod meetups;
pub(super) mod people;
pub(super) mod programs;
pub(super) mod pulses;
pub(super) mod refusals;
pub(super) mod staff;
pub(super) mod starters;

pub(super) use facts::Facts;

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

/// "1 group", "2 groups".
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
