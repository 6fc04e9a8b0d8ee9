//! Pure rules: nothing here waits, reads, writes, knows the time or rolls dice on its own.

pub mod applications;
pub mod cadence;
pub mod calendar;
pub mod civil;
pub mod credentials;
pub mod formation;
pub mod holidays;
pub mod hours;
pub mod ids;
pub mod languages;
pub mod lines;
pub mod nudges;
pub mod pulses;
pub mod quorum;
pub mod settings;
pub mod starters;
pub mod text;
pub mod week;
pub mod words;
