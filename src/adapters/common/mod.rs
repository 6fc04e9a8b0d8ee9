//! What adapters of chat platforms have in common. Invariant: nothing here knows which platform it serves.

pub mod clip;
pub mod finding;
pub mod inbox;
pub mod mentions;
pub mod split;
pub mod spread;
pub mod table;
