//! Tests of the built-in texts, of faults in a folder, and of whole programmes on the built-in shelf.

mod faults;
mod shipped;
mod year;
