//! The pulse: forms, when its waves open, and which figures may be shown afterwards.
//! Invariant: in a confidential form nothing that rests on fewer than five answers leaves `tables`.

mod cells;
mod form;
mod plan;
mod stats;
mod tables;
mod waves;

pub use cells::{Cell, Figures, LabelLevel, Level, Recommendation, Response, Score, bar};
pub use form::{
    Answer, AnswerFault, AnswerRow, FormId, Item, ItemDomain, OpenQuestion, PulseForm, Recommend,
};
pub use plan::{WaveFault, plan_waves};
pub use stats::{adjusted_wald, shown_parts, wilson};
pub use tables::{Asked, ItemTable, ResultTables, TextTable, Thresholds, tables};
pub use waves::{
    MIN_DAYS_APART, REMINDER_DAYS, RESULTS_WITHIN_DAYS, WARNING_DAYS, WINDOW_DAYS, Wave, is_year_end,
    reminder_days, warning_days,
};

#[cfg(test)]
mod tests;
