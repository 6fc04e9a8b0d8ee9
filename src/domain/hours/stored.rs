//! Times of day as stored text: `15:00`, and a span `20:00-07:00`.
//!
//! Invariant: what is written is read back; anything else is an error, never a default.

/// One time of day, for `#[serde(with)]`.
pub(super) mod clock {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::domain::civil::words::{clock, clock_name, time_to_minutes};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde fixes the signature")]
    pub(in crate::domain::hours) fn serialize<S: Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&clock_name(time_to_minutes(*time)))
    }

    pub(in crate::domain::hours) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        clock(&text).ok_or_else(|| D::Error::custom(format!("\"{text}\" is not a time of day such as 15:00")))
    }
}

/// A span of the day or nothing, for `#[serde(with)]`.
pub(super) mod span {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::domain::civil::words::{clock, clock_name, time_to_minutes};

    type Span = Option<(Time, Time)>;

    pub(in crate::domain::hours) fn serialize<S: Serializer>(span: &Span, to: S) -> Result<S::Ok, S::Error> {
        let name = |time| clock_name(time_to_minutes(time));
        span.map(|(start, end)| format!("{}-{}", name(start), name(end))).serialize(to)
    }

    pub(in crate::domain::hours) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Span, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else {
            return Ok(None);
        };
        let ends = text.split_once('-').and_then(|(start, end)| clock(start).zip(clock(end)));
        ends.map(Some)
            .ok_or_else(|| D::Error::custom(format!("\"{text}\" is not a span such as 20:00-07:00")))
    }
}
