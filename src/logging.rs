//! The log: one line an event on standard error. Invariant: a line is one line whatever somebody typed, and fields
//! that carry what people say are withheld, should anybody ever record one.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::{MakeVisitor, VisitFmt, VisitOutput};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;

/// Last parts of field names (`inbound.text`) whose values people wrote or must not be seen.
const PRIVATE: [&str; 10] =
    ["text", "body", "content", "contents", "answer", "answers", "note", "token", "secret", "password"];

/// Clients that write addresses with tickets in them, or whole deliveries, into their own events. What goes wrong is
/// told by the adapter in its own words, so nothing of theirs is written, whatever the filter says.
const TALKATIVE: [&str; 7] = [
    "slack_morphism=off",
    "serenity=off",
    "reqwest=off",
    "tungstenite=off",
    "tokio_tungstenite=off",
    "hyper=off",
    "hyper_util=off",
];

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LoggingFault {
    /// The filter cannot be read.
    #[error("the log filter cannot be read ({0}); write a level, such as info")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody set one up before.
    #[error("the log was set up twice; set it up once, at the start")]
    Twice(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Starts the log of this process on standard error, in colour only on a terminal. `filter` is a level, or levels
/// by module.
pub fn init(filter: &str) -> Result<(), LoggingFault> {
    let subscriber = subscriber(filter, io::stderr().is_terminal(), io::stderr)?;
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(())
}

/// The same log to any writer.
pub fn subscriber<W>(
    filter: &str,
    colour: bool,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, LoggingFault>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let mut filter = EnvFilter::builder().parse(filter)?;
    for target in TALKATIVE {
        filter = filter.add_directive(target.parse()?);
    }
    let plain =
        tracing_subscriber::fmt().compact().with_env_filter(filter).fmt_fields(Fields).with_writer(writer);
    // Asking for colour outright would overrule NO_COLOR, which the default heeds.
    Ok(if colour { plain.finish() } else { plain.with_ansi(false).finish() })
}

/// A log that is kept in memory, for a test: give the subscriber to `tracing::subscriber::set_default` and look at
/// what was written.
pub fn captured(filter: &str) -> Result<(impl Subscriber + Send + Sync + use<>, Captured), LoggingFault> {
    // While only one subscriber lives, tracing asks the thread that first meets an event whether anybody listens,
    // and keeps the answer for all threads. Two that never listen make it ask every subscriber instead.
    static ANCHORS: OnceLock<[Dispatch; 2]> = OnceLock::new();
    ANCHORS.get_or_init(|| [Dispatch::new(NoSubscriber::new()), Dispatch::new(NoSubscriber::new())]);
    let captured = Captured::default();
    Ok((subscriber(filter, false, captured.clone())?, captured))
}

/// What a log wrote to memory.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// All lines so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Captured {
    type Writer = Self;
    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// Writes `message dotted.name=value …`.
#[derive(Debug, Clone, Copy)]
struct Fields;

impl<'w> MakeVisitor<Writer<'w>> for Fields {
    type Visitor = Line<'w>;
    fn make_visitor(&self, writer: Writer<'w>) -> Line<'w> {
        Line { writer, empty: true, result: Ok(()) }
    }
}

struct Line<'w> {
    writer: Writer<'w>,
    empty: bool,
    result: fmt::Result,
}

impl Line<'_> {
    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) -> fmt::Result {
        if !self.empty {
            self.writer.write_char(' ')?;
        }
        self.empty = false;
        let name = field.name();
        if name != "message" {
            write!(self.writer, "{name}=")?;
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        if PRIVATE.contains(&last) {
            return self.writer.write_str("(withheld)");
        }
        // A line break or an escape sequence in a value must not forge a line or move the cursor.
        for letter in value.to_string().chars() {
            if is_unsafe(letter) {
                write!(self.writer, "{}", letter.escape_default())?;
            } else {
                self.writer.write_char(letter)?;
            }
        }
        Ok(())
    }
}

/// Control characters, line and paragraph separators, and marks that turn the direction of writing.
fn is_unsafe(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.result.is_ok() {
            self.result = self.write(field, format_args!("{value:?}"));
        }
    }
}

impl VisitOutput<fmt::Result> for Line<'_> {
    fn finish(self) -> fmt::Result {
        self.result
    }
}

impl VisitFmt for Line<'_> {
    fn writer(&mut self) -> &mut dyn fmt::Write {
        &mut self.writer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_would_write_tickets_is_not_heard_whatever_the_filter_says() {
        for filter in ["trace", "slack_morphism=trace,info"] {
            let (subscriber, log) = captured(filter).unwrap();
            let _guard = tracing::subscriber::set_default(subscriber);
            tracing::error!(target: "slack_morphism::listener", "wss://example.org/link?ticket=canary");
            tracing::error!(target: "roundtable::test", "heard");
            assert!(!log.text().contains("canary") && log.text().contains("heard"), "{}", log.text());
        }
    }

    fn logged(filter: &str, say: impl FnOnce()) -> String {
        let (subscriber, captured) = captured(filter).unwrap();
        tracing::subscriber::with_default(subscriber, say);
        captured.text()
    }

    #[test]
    fn fields_stand_dotted_behind_the_message_without_colour() {
        let text = logged("info", || {
            tracing::info!(nudge.kind = "meetup_reminder", nudge.count = 3, "nudges sent");
            tracing::debug!("not shown");
        });
        assert!(
            text.trim_end().ends_with("nudges sent nudge.kind=\"meetup_reminder\" nudge.count=3"),
            "{text}"
        );
        assert!(text.contains("INFO") && !text.contains('\u{1b}'), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn what_people_say_is_withheld_in_events_and_spans() {
        let text = logged("info", || {
            let _inside = tracing::info_span!("handle", inbound.text = "canary", inbound.id = 7).entered();
            tracing::warn!(pulse.answer = %"canary", token = "canary", "refused");
        });
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("pulse.answer=(withheld)") && text.contains("inbound.id=7"), "{text}");
    }

    #[test]
    fn nobody_can_forge_a_line_or_move_the_cursor() {
        let text = logged(
            "info",
            || tracing::info!(zone.name = %"x\nERROR forged\u{1b}[2J\u{202e}", "unknown zone"),
        );
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("zone.name=x\\nERROR forged\\u{1b}[2J\\u{202e}"), "{text}");
    }

    #[test]
    fn levels_by_module_are_heeded_and_a_bad_filter_is_an_error() {
        let say = || {
            tracing::info!(target: "loud", "from the loud one");
            tracing::info!(target: "quiet", "from the quiet one");
        };
        let text = logged("info,quiet=warn", say);
        assert!(text.contains("from the loud one") && !text.contains("from the quiet one"), "{text}");
        assert!(matches!(captured("roundtable=loud"), Err(LoggingFault::Filter(_))));
    }
}
