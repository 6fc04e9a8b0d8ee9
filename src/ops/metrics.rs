//! The text that Prometheus reads. Invariant: every family is declared once, before its samples, and nothing
//! but states, kinds, reasons, counts and delays is shown.

use std::fmt::Write as _;

use super::VitalSigns;

/// What this text is, as Prometheus names it.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The exposition; without vital signs it still says which build runs and that the database is down.
pub(super) fn exposition(signs: Option<&VitalSigns>) -> String {
    let mut page = Page::default();
    let build = [("version", env!("CARGO_PKG_VERSION"))];
    page.family("build_info", "gauge", "The running build; always 1.");
    page.sample("build_info", &build, 1);
    page.family("database_up", "gauge", "1 when the database answered this request, 0 when it did not.");
    page.sample("database_up", &[], u8::from(signs.is_some()));
    if let Some(signs) = signs {
        page.vitals(signs);
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn vitals(&mut self, signs: &VitalSigns) {
        self.family("tzdb_info", "gauge", "The release of the time zone rules in use; always 1.");
        self.sample("tzdb_info", &[("version", &signs.tzdb)], 1);
        self.family("nudges", "gauge", "Nudges in the database by state.");
        for (state, count) in &signs.nudges {
            self.sample("nudges", &[("state", state)], count);
        }
        self.family(
            "nudge_lag_seconds",
            "gauge",
            "How long the oldest due nudge has been waiting; 0 when none is due.",
        );
        self.sample("nudge_lag_seconds", &[], signs.oldest_due_lag_seconds.unwrap_or(0.0));
        let counters = &signs.counters;
        self.counter("sends_total", "kind", "Nudges sent since the start, by kind.", &counters.sends);
        self.counter("skips_total", "reason", "Nudges skipped since the start, by reason.", &counters.skips);
        self.counter(
            "holds_total",
            "reason",
            "Nudges held back since the start, by reason.",
            &counters.holds,
        );
        if !signs.connections.is_empty() {
            self.family(
                "connections_wanted",
                "gauge",
                "Connections to a chat platform that there should be.",
            );
            for (name, wanted, _) in &signs.connections {
                self.sample("connections_wanted", &[("connection", name)], wanted);
            }
            self.family("connections_up", "gauge", "Connections to a chat platform that are up.");
            for (name, _, up) in &signs.connections {
                self.sample("connections_up", &[("connection", name)], up);
            }
        }
    }

    fn counter(&mut self, name: &str, label: &str, help: &str, samples: &[(String, u64)]) {
        self.family(name, "counter", help);
        for (value, count) in samples {
            self.sample(name, &[(label, value)], count);
        }
    }

    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP roundtable_{name} {help}"));
        self.line(format_args!("# TYPE roundtable_{name} {kind}"));
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        if labels.is_empty() {
            self.line(format_args!("roundtable_{name} {value}"));
        } else {
            self.line(format_args!("roundtable_{name}{{{}}} {value}", labels.join(",")));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").expect("writing to a String cannot fail");
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::super::Counters;
    use super::*;

    #[test]
    fn the_exposition_declares_each_family_once_before_its_samples() {
        let signs = VitalSigns {
            nudges: vec![("ready".to_owned(), 12), ("in_doubt".to_owned(), 1)],
            oldest_due_lag_seconds: Some(2.5),
            tzdb: "2026a".to_owned(),
            counters: Counters {
                sends: vec![("meetup_reminder".to_owned(), 40)],
                skips: vec![("stale".to_owned(), 3)],
                holds: Vec::new(),
            },
            connections: vec![("slack-1".to_owned(), 2, 1)],
        };
        let page = exposition(Some(&signs));
        let expected = format!(
            "# HELP roundtable_build_info The running build; always 1.\n\
             # TYPE roundtable_build_info gauge\n\
             roundtable_build_info{{version=\"{}\"}} 1\n\
             # HELP roundtable_database_up 1 when the database answered this request, 0 when it did not.\n\
             # TYPE roundtable_database_up gauge\n\
             roundtable_database_up 1\n\
             # HELP roundtable_tzdb_info The release of the time zone rules in use; always 1.\n\
             # TYPE roundtable_tzdb_info gauge\n\
             roundtable_tzdb_info{{version=\"2026a\"}} 1\n\
             # HELP roundtable_nudges Nudges in the database by state.\n\
             # TYPE roundtable_nudges gauge\n\
             roundtable_nudges{{state=\"ready\"}} 12\n\
             roundtable_nudges{{state=\"in_doubt\"}} 1\n\
             # HELP roundtable_nudge_lag_seconds How long the oldest due nudge has been waiting; 0 when none is due.\n\
             # TYPE roundtable_nudge_lag_seconds gauge\n\
             roundtable_nudge_lag_seconds 2.5\n\
             # HELP roundtable_sends_total Nudges sent since the start, by kind.\n\
             # TYPE roundtable_sends_total counter\n\
             roundtable_sends_total{{kind=\"meetup_reminder\"}} 40\n\
             # HELP roundtable_skips_total Nudges skipped since the start, by reason.\n\
             # TYPE roundtable_skips_total counter\n\
             roundtable_skips_total{{reason=\"stale\"}} 3\n\
             # HELP roundtable_holds_total Nudges held back since the start, by reason.\n\
             # TYPE roundtable_holds_total counter\n\
             # HELP roundtable_connections_wanted Connections to a chat platform that there should be.\n\
             # TYPE roundtable_connections_wanted gauge\n\
             roundtable_connections_wanted{{connection=\"slack-1\"}} 2\n\
             # HELP roundtable_connections_up Connections to a chat platform that are up.\n\
             # TYPE roundtable_connections_up gauge\n\
             roundtable_connections_up{{connection=\"slack-1\"}} 1\n",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(page, expected);
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut page = Page::default();
        page.sample("nudges", &[("state", "a\"b\\c\nd")], 1);
        assert_eq!(page.0, "roundtable_nudges{state=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
