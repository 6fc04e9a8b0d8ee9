//! The one integration-test binary: linking is what costs time here.

mod cadence;
mod zones;
