//! The few statements that the engines spell differently, side by side.

use super::open::Engine;

/// A statement in both spellings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Both {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Both {
    pub(super) const fn on(self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// Opens a writing transaction. A deferred one that reads before it writes fails at once on `SQLite` when another
/// writer came between; an immediate one waits its turn.
pub(super) const BEGIN: Both = Both { sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN" };

/// Claims due nudges. `SQLite` has one writer at a time; on Postgres rows that another dispatcher is claiming are
/// passed over instead of waited for.
pub(super) const CLAIM: Both = Both {
    sqlite: "UPDATE nudges SET state = 'leased', attempt = attempt + 1, lease_until = $1 \
             WHERE id IN (SELECT id FROM nudges WHERE state = 'ready' AND due_at <= $2 \
                          ORDER BY due_at, id LIMIT $3) RETURNING *",
    postgres: "UPDATE nudges SET state = 'leased', attempt = attempt + 1, lease_until = $1 \
               WHERE id IN (SELECT id FROM nudges WHERE state = 'ready' AND due_at <= $2 \
                            ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING *",
};
