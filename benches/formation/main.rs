//! Forming groups, measured. One part at a time:
//! `cargo bench --bench formation -- --mdgp FILE --seconds S --seed N` (last line: `objective VALUE`),
//! `-- --rounds [PEOPLE SIZE ROUNDS]`, `-- --pool N --seed N --seconds S [--peers]`; without a part, the
//! tables of the first two.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]
// Shares and means of a measurement are rough by nature.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod clock;
mod generator;
mod mdgp;
mod peers;
mod pool;
mod rounds;

/// The options of one run: `--name value value …`.
pub struct Options(Vec<String>);

impl Options {
    /// Whether an option is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|arg| arg == name)
    }

    /// The values after an option.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let after = self.0.iter().skip_while(|arg| *arg != name).skip(1);
        after.take_while(|arg| !arg.starts_with("--")).map(String::as_str).collect()
    }

    /// The first value after an option as a number, or what is used without it.
    pub fn number<T: std::str::FromStr>(&self, name: &str, without: T) -> T {
        match self.values(name).first() {
            Some(text) => text.parse().unwrap_or_else(|_| panic!("{name} needs a number, not {text}")),
            None => without,
        }
    }
}

fn main() {
    let options = Options(std::env::args().skip(1).collect());
    if options.has("--mdgp") {
        mdgp::run(&options);
    } else if options.has("--rounds") {
        rounds::run(&options);
    } else if options.has("--pool") {
        pool::run(&options);
    } else {
        mdgp::table(&options);
        rounds::table(&options);
    }
}
