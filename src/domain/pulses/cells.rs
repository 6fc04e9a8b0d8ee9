//! Single figures of a report and their words. Invariant: what must not be shown is not in the value,
//! so no view can print it by mistake.

use serde::{Deserialize, Serialize};

/// A figure, or the fact that too few people answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell<T> {
    /// May be shown.
    Shown(T),
    /// Hidden.
    TooFew,
}

impl<T> Cell<T> {
    /// Words for a hidden figure.
    pub const TOO_FEW: &'static str = "too few answers to show";

    /// The figure, if it may be shown.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Shown(value) => Some(value),
            Self::TooFew => None,
        }
    }
}

/// How many chose something. In small sets 0 and 1, and all and all but one, look the same, because
/// "nobody" and "everybody" would give away each single answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// This many.
    Exact(u32),
    /// None, or one.
    NearlyNone,
    /// All, or all but one.
    NearlyAll,
}

impl Level {
    /// The level of `count` in a set of `n`; blurred when `blur` is set.
    pub(super) fn of(count: u32, n: u32, blur: bool) -> Self {
        match count {
            0 | 1 if blur => Self::NearlyNone,
            _ if blur && count + 1 >= n => Self::NearlyAll,
            _ => Self::Exact(count),
        }
    }

    /// The level with a bar, such as `████████░░ 8 of 10`; words alone where counts are blurred.
    pub fn words(self, n: u32) -> String {
        match self {
            Self::Exact(count) => bar(count, n),
            Self::NearlyNone => "nearly none".to_owned(),
            Self::NearlyAll => "nearly all".to_owned(),
        }
    }
}

/// How many chose one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelLevel {
    /// The label.
    pub label: String,
    /// How many.
    pub level: Level,
}

/// The figures of one rated question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Answers counted; "I cannot say" is not.
    pub n: u32,
    /// Answers per label from low to high; none where they would give single answers away.
    pub labels: Option<Vec<LabelLevel>>,
    /// How many chose one of the top two labels.
    pub favourable: Level,
    /// 95 % interval of the favourable share, from 0 to 1; none where the count is blurred.
    pub interval: Option<(f64, f64)>,
    /// Mean place on the scale, from 1; none where the count is blurred.
    pub mean: Option<f64>,
    /// The top two labels, for words.
    pub top: [String; 2],
}

impl Figures {
    /// One line: bar, top labels, interval.
    pub fn words(&self) -> String {
        let [second, first] = &self.top;
        let level = self.favourable.words(self.n);
        let labels = format!("\"{second}\" or \"{first}\"");
        match self.interval {
            Some((low, high)) => {
                format!("{level} said {labels} (likely between {} and {} %)", percent(low), percent(high))
            }
            None => format!("{level} said {labels}"),
        }
    }

    /// One line per label, low to high, or one line that says why there are none.
    pub fn label_lines(&self) -> Vec<String> {
        let Some(labels) = &self.labels else {
            return vec![
                "The split is not shown, because it would say too much about single answers.".to_owned(),
            ];
        };
        labels.iter().map(|one| format!("{}: {}", one.label, one.level.words(self.n))).collect()
    }
}

/// A recommendation score with its interval, from -100 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Share of promoters minus share of detractors, in points.
    pub value: f64,
    /// 95 % interval.
    pub interval: (f64, f64),
}

/// Answers to the question about recommending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Answers counted.
    pub n: u32,
    /// Promoters (9, 10), passives (7, 8) and detractors (0 to 6); none where they would say too much.
    pub split: Option<[Level; 3]>,
    /// The score; only from ten answers on.
    pub score: Option<Score>,
}

impl Recommendation {
    /// One or two sentences.
    pub fn words(&self) -> String {
        let split = match &self.split {
            Some([promoters, passives, detractors]) => format!(
                "9 or 10: {}. 7 or 8: {}. 0 to 6: {}.",
                promoters.words(self.n),
                passives.words(self.n),
                detractors.words(self.n)
            ),
            None => "The split is not shown, because it would say too much about single answers.".to_owned(),
        };
        match self.score {
            Some(score) => format!(
                "{split} Recommendation score {:.0} (likely between {:.0} and {:.0}).",
                score.value, score.interval.0, score.interval.1
            ),
            None => format!("{split} There are too few answers for a score."),
        }
    }
}

/// How many of the invited people answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Response {
    /// Whole percent, 0 to 100.
    Percent(u32),
    /// Fewer than five people were invited.
    TooFewInvited,
}

impl Response {
    /// The rate in words.
    pub fn words(self) -> String {
        match self {
            Self::Percent(rate) => format!("{rate} % of the people invited have answered"),
            Self::TooFewInvited => "too few people were invited to show a rate".to_owned(),
        }
    }
}

/// A bar of ten blocks with its numbers: `████████░░ 8 of 10`. A share above 0 has at least one block.
pub fn bar(count: u32, of: u32) -> String {
    let tenths = if of == 0 { 0 } else { (u64::from(count) * 10 + u64::from(of) / 2) / u64::from(of) };
    let full = usize::try_from(tenths).unwrap_or(10).clamp(usize::from(count > 0), 10);
    format!("{}{} {count} of {of}", "█".repeat(full), "░".repeat(10 - full))
}

/// A share as a whole number of percent.
fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}
