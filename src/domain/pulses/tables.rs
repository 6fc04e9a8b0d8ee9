//! The fixed set of tables for one closed wave. Invariant: a score needs five answers and comments
//! need ten; both limits can be raised, never lowered. Compute once per wave and store: free filters
//! would let readers subtract one table from another.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cells::{Cell, Figures, LabelLevel, Level, Recommendation, Response, Score};
use super::form::{AnswerRow, FormId, Item, ItemDomain, PulseForm};
use super::stats::{adjusted_wald, wilson};

/// From this many answers on counts are exact and a recommendation score is shown.
const EXACT_FROM: u32 = 10;

/// Least answers for scores and for comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    scores: u32,
    texts: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { scores: 5, texts: 10 }
    }
}

impl Thresholds {
    /// Stricter limits; anything below the built-in 5 and 10 counts as 5 and 10.
    pub fn at_least(scores: u32, texts: u32) -> Self {
        Self { scores: scores.max(5), texts: texts.max(10) }
    }

    /// Least answers for a score.
    pub fn scores(self) -> u32 {
        self.scores
    }

    /// Least answers for comments.
    pub fn texts(self) -> u32 {
        self.texts
    }
}

/// How many people a wave went to and how many sent the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// People invited.
    pub invited: u32,
    /// People who answered.
    pub answered: u32,
}

/// The table of one rated question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemTable {
    /// Id of the question.
    pub item: String,
    /// What it is about.
    pub domain: ItemDomain,
    /// The question.
    pub text: String,
    /// Its figures.
    pub cell: Cell<Figures>,
}

impl ItemTable {
    /// The figures in one line.
    pub fn words(&self) -> String {
        self.cell.shown().map_or_else(|| Cell::<Figures>::TOO_FEW.to_owned(), Figures::words)
    }
}

/// The comments to one open question, in shuffled order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextTable {
    /// Id of the question.
    pub item: String,
    /// The question.
    pub text: String,
    /// The comments. Staff read them before anybody else does.
    pub cell: Cell<Vec<String>>,
}

/// Everything that a wave shows for one form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultTables {
    /// The form.
    pub form: FormId,
    /// Response rate.
    pub response: Response,
    /// Rated questions in the order of the form.
    pub items: Vec<ItemTable>,
    /// The question about recommending.
    pub recommend: Cell<Recommendation>,
    /// Comments.
    pub texts: Vec<TextTable>,
}

/// Limits and blurring for one form.
#[derive(Clone, Copy)]
struct Rules {
    scores: u32,
    texts: u32,
    answered: u32,
    named: bool,
}

impl Rules {
    /// People who answered a question, never more than sent the form; none if that is too few.
    fn enough(self, n: usize, least: u32) -> Option<u32> {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        (n.min(self.answered) >= least).then_some(n)
    }

    /// Counts are blurred in small confidential sets.
    fn blurs(self, n: u32) -> bool {
        !self.named && n.min(self.answered) < EXACT_FROM
    }
}

/// The tables of one form. Call it for closed waves only; `seed` orders the comments.
pub fn tables(
    form: &PulseForm,
    answers: &[AnswerRow],
    asked: Asked,
    thresholds: Thresholds,
    seed: u64,
) -> ResultTables {
    let named = form.id.is_named();
    let Thresholds { scores, texts } = thresholds;
    let least = |limit: u32| if named { 1 } else { limit };
    let rules = Rules { scores: least(scores), texts: least(texts), answered: asked.answered, named };
    ResultTables {
        form: form.id,
        response: response(asked),
        items: form.items.iter().map(|item| item_table(item, answers, rules)).collect(),
        recommend: recommendation(answers, rules),
        texts: form
            .open
            .iter()
            .map(|open| TextTable {
                item: open.id.clone(),
                text: open.text.clone(),
                cell: comments(&open.id, answers, rules, seed),
            })
            .collect(),
    }
}

fn response(asked: Asked) -> Response {
    if asked.invited < 5 {
        return Response::TooFewInvited;
    }
    let answered = u64::from(asked.answered.min(asked.invited));
    let rate = (answered * 200 + u64::from(asked.invited)) / (2 * u64::from(asked.invited));
    Response::Percent(u32::try_from(rate).unwrap_or(100))
}

/// Scores of one question that lie on its scale.
fn scores_of(id: &str, answers: &[AnswerRow], range: std::ops::RangeInclusive<usize>) -> Vec<u8> {
    let rows = answers.iter().filter(|row| row.item == id);
    rows.filter_map(|row| row.score).filter(|score| range.contains(&usize::from(*score))).collect()
}

fn item_table(item: &Item, answers: &[AnswerRow], rules: Rules) -> ItemTable {
    let scores = scores_of(&item.id, answers, 1..=item.scale.len());
    let cell = rules
        .enough(scores.len(), rules.scores)
        .map_or(Cell::TooFew, |n| Cell::Shown(figures(item, &scores, n, rules.blurs(n))));
    ItemTable { item: item.id.clone(), domain: item.domain, text: item.text.clone(), cell }
}

fn figures(item: &Item, scores: &[u8], n: u32, blur: bool) -> Figures {
    let places = item.scale.len();
    let count = |place: usize| size(scores.iter().filter(|score| usize::from(**score) == place));
    let counts: Vec<u32> = (1..=places).map(count).collect();
    let good = size(scores.iter().filter(|score| usize::from(**score) + 1 >= places));
    let favourable = Level::of(good, n, blur);
    let open = matches!(favourable, Level::Exact(_));
    let labels = open.then(|| levels(&counts, n, blur)).flatten();
    let sum: u32 = scores.iter().map(|score| u32::from(*score)).sum();
    let label = |back: usize| item.scale.iter().rev().nth(back).cloned().unwrap_or_default();
    Figures {
        n,
        labels: labels.map(|levels| {
            item.scale.iter().cloned().zip(levels).map(|(label, level)| LabelLevel { label, level }).collect()
        }),
        favourable,
        interval: open.then(|| wilson(good, n)),
        mean: open.then(|| f64::from(sum) / f64::from(n)),
        top: [label(1), label(0)],
    }
}

/// The split by label, or none where the exact counts would prove that nobody chose a blurred one.
fn levels(counts: &[u32], n: u32, blur: bool) -> Option<Vec<Level>> {
    let levels: Vec<Level> = counts.iter().map(|count| Level::of(*count, n, blur)).collect();
    let exact: u32 =
        levels.iter().map(|level| if let Level::Exact(count) = level { *count } else { 0 }).sum();
    let blurred = levels.iter().any(|level| !matches!(level, Level::Exact(_)));
    (!blurred || exact < n).then_some(levels)
}

fn recommendation(answers: &[AnswerRow], rules: Rules) -> Cell<Recommendation> {
    let scores = scores_of(PulseForm::REC, answers, 0..=10);
    let Some(n) = rules.enough(scores.len(), rules.scores) else { return Cell::TooFew };
    let promoters = size(scores.iter().filter(|score| **score >= 9));
    let detractors = size(scores.iter().filter(|score| **score <= 6));
    let counts = [promoters, n - promoters - detractors, detractors];
    let split = levels(&counts, n, rules.blurs(n)).and_then(|levels| levels.try_into().ok());
    // Even a named form gets no score from a handful of answers: the interval would span everything.
    let score = (n.min(rules.answered) >= EXACT_FROM).then(|| Score {
        value: (f64::from(promoters) - f64::from(detractors)) * 100.0 / f64::from(n),
        interval: adjusted_wald(promoters, detractors, n),
    });
    Cell::Shown(Recommendation { n, split, score })
}

/// Comments need enough people who sent the form; the few who wrote hide among them.
fn comments(id: &str, answers: &[AnswerRow], rules: Rules, seed: u64) -> Cell<Vec<String>> {
    if rules.answered < rules.texts {
        return Cell::TooFew;
    }
    let mut texts: Vec<&str> =
        answers.iter().filter(|row| row.item == id).filter_map(|row| row.text.as_deref()).collect();
    texts.sort_unstable();
    let mut keyed: Vec<_> = (0u64..)
        .zip(texts)
        .map(|(at, text)| {
            let hasher = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(id);
            (hasher.chain_update(at.to_be_bytes()).chain_update(text).finalize(), text)
        })
        .collect();
    keyed.sort();
    Cell::Shown(keyed.into_iter().map(|(_, text)| text.to_owned()).collect())
}

fn size(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
