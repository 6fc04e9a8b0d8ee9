//! What adapters of chat platforms have in common. Invariant: nothing here knows which platform it serves.

pub mod inbox;
