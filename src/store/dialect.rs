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

/// Takes waiting deliveries: `$1` end of the lease, `$2` platform, `$3` the present, `$4` how many at most. On Postgres
/// those that another worker is taking are passed over.
pub(super) const CLAIM_PARCELS: Both = Both {
    sqlite: "UPDATE inbox SET tries = tries + 1, due_at = $1 \
             WHERE id IN (SELECT id FROM inbox WHERE platform = $2 AND state = 'waiting' AND due_at <= $3 \
                          ORDER BY received_at, id LIMIT $4) RETURNING *",
    postgres: "UPDATE inbox SET tries = tries + 1, due_at = $1 \
               WHERE id IN (SELECT id FROM inbox WHERE platform = $2 AND state = 'waiting' AND due_at <= $3 \
                            ORDER BY received_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING *",
};

/// Writes down the intents of a batch: `$1` instant, `$2` a JSON list of `{id, attempt, place}`.
pub(super) const INTENTS: Both = Both {
    sqlite: "UPDATE nudges SET state = 'sending', intent_at = $1, place = j.place FROM \
             (SELECT value ->> 'id' AS id, value ->> 'attempt' AS attempt, value ->> 'place' AS place \
              FROM json_each($2)) AS j \
             WHERE nudges.id = j.id AND nudges.attempt = j.attempt AND nudges.state = 'leased'",
    postgres: "UPDATE nudges SET state = 'sending', intent_at = $1, place = j.place FROM \
               jsonb_to_recordset($2::jsonb) AS j(id text, attempt bigint, place text) \
               WHERE nudges.id = j.id AND nudges.attempt = j.attempt AND nudges.state = 'leased'",
};

/// Writes down that a batch happened: `$1` instant, `$2` a JSON list of `{id, attempt, remote_id, open_until}`.
pub(super) const DONE: Both = Both {
    sqlite: "UPDATE nudges SET state = 'done', remote_id = j.remote_id, open_until = j.open_until, done_at = $1, \
             lease_until = NULL, reason = NULL FROM \
             (SELECT value ->> 'id' AS id, value ->> 'attempt' AS attempt, value ->> 'remote_id' AS remote_id, \
              value ->> 'open_until' AS open_until FROM json_each($2)) AS j \
             WHERE nudges.id = j.id AND nudges.attempt = j.attempt AND nudges.state = 'sending'",
    postgres: "UPDATE nudges SET state = 'done', remote_id = j.remote_id, open_until = j.open_until, \
               done_at = $1, lease_until = NULL, reason = NULL FROM \
               jsonb_to_recordset($2::jsonb) AS j(id text, attempt bigint, remote_id text, open_until bigint) \
               WHERE nudges.id = j.id AND nudges.attempt = j.attempt AND nudges.state = 'sending'",
};

/// Plans a batch of nudges: `$1` a JSON list of rows, `$2` the present. Keys that exist already stay as they are.
pub(super) const PLAN: Both = Both {
    sqlite: "INSERT INTO nudges (id, key, kind, program_id, subject, person_id, room_id, slot, note, due_at, \
             not_after, state, attempt, tries, created_at) \
             SELECT value ->> 'id', value ->> 'key', value ->> 'kind', value ->> 'program_id', \
             value ->> 'subject', value ->> 'person_id', value ->> 'room_id', value ->> 'slot', value ->> 'note', \
             value ->> 'due_at', value ->> 'not_after', 'ready', 0, 0, $2 FROM json_each($1) WHERE true \
             ON CONFLICT (key) DO NOTHING",
    postgres: "INSERT INTO nudges (id, key, kind, program_id, subject, person_id, room_id, slot, note, due_at, \
               not_after, state, attempt, tries, created_at) \
               SELECT id, key, kind, program_id, subject, person_id, room_id, slot, note, due_at, not_after, \
               'ready', 0, 0, $2 FROM jsonb_to_recordset($1::jsonb) AS j(id text, key text, kind text, \
               program_id text, subject text, person_id text, room_id text, slot text, note text, \
               due_at bigint, not_after bigint) ON CONFLICT (key) DO NOTHING",
};

/// Keeps pulse answers: `$1` the wave, `$2` a JSON list of rows. They are written in the order of their random keys.
pub(super) const ANSWERS: Both = Both {
    sqlite: "INSERT INTO pulse_answers (id, wave_id, form, item, score, body) \
             SELECT value ->> 'id', $1, value ->> 'form', value ->> 'item', value ->> 'score', value ->> 'body' \
             FROM json_each($2) ORDER BY value ->> 'id'",
    postgres: "INSERT INTO pulse_answers (id, wave_id, form, item, score, body) \
               SELECT id, $1, form, item, score, body FROM jsonb_to_recordset($2::jsonb) \
               AS j(id text, form text, item text, score bigint, body text) ORDER BY id",
};

/// People and every place where they can be reached: `$1` a JSON list of person ids, `$2` the program whose workspaces
/// come first. The first row of a person is the one to use.
pub(super) const RECIPIENTS: Both = Both {
    sqlite: "SELECT p.*, a.person_id, w.platform, w.external_id AS workspace, w.id AS workspace_id, \
             a.external_id AS account FROM json_each($1) AS j CROSS JOIN persons p ON p.id = j.value \
             JOIN accounts a ON a.person_id = p.id JOIN workspaces w ON w.id = a.workspace_id \
             LEFT JOIN program_workspaces pw ON pw.workspace_id = w.id AND pw.program_id = $2 \
             WHERE a.state = 'active' AND w.state = 'active' \
             ORDER BY p.id, CASE WHEN pw.program_id IS NULL THEN 1 ELSE 0 END, a.id",
    postgres: "SELECT p.*, a.person_id, w.platform, w.external_id AS workspace, w.id AS workspace_id, \
               a.external_id AS account FROM jsonb_array_elements_text($1::jsonb) AS j(id) \
               JOIN persons p ON p.id = j.id \
               JOIN accounts a ON a.person_id = p.id JOIN workspaces w ON w.id = a.workspace_id \
               LEFT JOIN program_workspaces pw ON pw.workspace_id = w.id AND pw.program_id = $2 \
               WHERE a.state = 'active' AND w.state = 'active' \
               ORDER BY p.id, CASE WHEN pw.program_id IS NULL THEN 1 ELSE 0 END, a.id",
};

/// How much was sent to people lately: `$1` a JSON list of person ids, `$2` to `$4` a day, a week and a month ago. Who
/// got nothing has no row.
pub(super) const SENT: Both = Both {
    sqlite: "SELECT n.person_id, count(*) FILTER (WHERE n.done_at > $2) AS day, \
             count(*) FILTER (WHERE n.done_at > $3) AS week, count(*) AS month \
             FROM json_each($1) AS j CROSS JOIN nudges n ON n.person_id = j.value \
             WHERE n.state = 'done' AND n.done_at > $4 AND n.remote_id IS NOT NULL AND \
             n.kind NOT IN ('meetup.moved', 'meetup.cancelled', 'staff.notice') GROUP BY n.person_id",
    postgres: "SELECT n.person_id, count(*) FILTER (WHERE n.done_at > $2) AS day, \
               count(*) FILTER (WHERE n.done_at > $3) AS week, count(*) AS month \
               FROM jsonb_array_elements_text($1::jsonb) AS j(id) JOIN nudges n ON n.person_id = j.id \
               WHERE n.state = 'done' AND n.done_at > $4 AND n.remote_id IS NOT NULL AND \
               n.kind NOT IN ('meetup.moved', 'meetup.cancelled', 'staff.notice') GROUP BY n.person_id",
};

/// Requests to people that are open: `$1` a JSON list of person ids, `$2` the present.
pub(super) const OPEN_REQUESTS: Both = Both {
    sqlite: "SELECT n.person_id, n.subject, max(n.open_until) AS open_until \
             FROM json_each($1) AS j CROSS JOIN nudges n ON n.person_id = j.value \
             WHERE n.open_until IS NOT NULL AND n.open_until > $2 GROUP BY n.person_id, n.subject",
    postgres: "SELECT n.person_id, n.subject, max(n.open_until) AS open_until \
               FROM jsonb_array_elements_text($1::jsonb) AS j(id) JOIN nudges n ON n.person_id = j.id \
               WHERE n.open_until IS NOT NULL AND n.open_until > $2 GROUP BY n.person_id, n.subject",
};

/// Writes the groups of a plan: `$1` the plan, `$2` a JSON list of rows.
pub(super) const SHEETS: Both = Both {
    sqlite: "INSERT INTO plan_sheets (plan_id, number, score, members, body) \
             SELECT $1, value ->> 'number', value ->> 'score', value ->> 'members', value ->> 'body' \
             FROM json_each($2)",
    postgres: "INSERT INTO plan_sheets (plan_id, number, score, members, body) \
               SELECT $1, number, score, members, body FROM jsonb_to_recordset($2::jsonb) \
               AS j(number bigint, score bigint, members text, body text)",
};

/// Groups of a plan beside some, and the weakest score among them: `$1` the plan, `$2` a JSON list of numbers.
pub(super) const WEAKEST: Both = Both {
    sqlite: "SELECT count(*), min(score) FROM plan_sheets \
             WHERE plan_id = $1 AND number NOT IN (SELECT value FROM json_each($2))",
    postgres: "SELECT count(*), min(score) FROM plan_sheets WHERE plan_id = $1 \
               AND number NOT IN (SELECT v::bigint FROM jsonb_array_elements_text($2::jsonb) AS j(v))",
};

/// People with a role in a program: `$1` the program, `$2` a JSON list of person ids.
pub(super) const PERSONS_AMONG: Both = Both {
    sqlite: "SELECT p.* FROM persons p WHERE p.id IN (SELECT value FROM json_each($2)) \
             AND EXISTS (SELECT 1 FROM roles r WHERE r.program_id = $1 AND r.person_id = p.id) ORDER BY p.id",
    postgres: "SELECT p.* FROM persons p WHERE p.id IN (SELECT jsonb_array_elements_text($2::jsonb)) \
             AND EXISTS (SELECT 1 FROM roles r WHERE r.program_id = $1 AND r.person_id = p.id) ORDER BY p.id",
};

/// Roles in a program: `$1` the program, `$2` a JSON list of person ids.
pub(super) const ROLES_AMONG: Both = Both {
    sqlite: "SELECT program_id, person_id, role FROM roles WHERE program_id = $1 AND person_id IN (SELECT value FROM json_each($2)) \
             ORDER BY person_id, role",
    postgres: "SELECT program_id, person_id, role FROM roles WHERE program_id = $1 AND person_id IN (SELECT jsonb_array_elements_text($2::jsonb)) \
             ORDER BY person_id, role",
};

/// Memberships in open groups of a program: `$1` the program, `$2` a JSON list of person ids.
pub(super) const MEMBERS_AMONG: Both = Both {
    sqlite: "SELECT m.* FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE m.person_id IN (SELECT value FROM json_each($2)) \
             AND g.program_id = $1 AND g.state = 'open' AND m.left_at IS NULL \
             ORDER BY m.group_id, CASE WHEN m.role = 'mentor' THEN 0 ELSE 1 END, m.person_id",
    postgres: "SELECT m.* FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE m.person_id IN (SELECT jsonb_array_elements_text($2::jsonb)) \
             AND g.program_id = $1 AND g.state = 'open' AND m.left_at IS NULL \
             ORDER BY m.group_id, CASE WHEN m.role = 'mentor' THEN 0 ELSE 1 END, m.person_id",
};

/// Pairs who have been in one group: `$1` a JSON list of person ids.
pub(super) const MET_AMONG: Both = Both {
    sqlite: "SELECT DISTINCT a.person_id, b.person_id FROM members a \
             JOIN members b ON b.group_id = a.group_id AND a.person_id < b.person_id \
             WHERE a.person_id IN (SELECT value FROM json_each($1)) \
             AND b.person_id IN (SELECT value FROM json_each($1)) ORDER BY 1, 2",
    postgres: "SELECT DISTINCT a.person_id, b.person_id FROM members a \
             JOIN members b ON b.group_id = a.group_id AND a.person_id < b.person_id \
             WHERE a.person_id IN (SELECT jsonb_array_elements_text($1::jsonb)) \
             AND b.person_id IN (SELECT jsonb_array_elements_text($1::jsonb)) ORDER BY 1, 2",
};

/// Open groups that people mentor: `$1` a JSON list of person ids.
pub(super) const LOADS_AMONG: Both = Both {
    sqlite: "SELECT m.person_id, count(*) FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE m.person_id IN (SELECT value FROM json_each($1)) \
             AND m.role = 'mentor' AND m.left_at IS NULL AND g.state = 'open' GROUP BY m.person_id",
    postgres: "SELECT m.person_id, count(*) FROM members m JOIN groups g ON g.id = m.group_id \
             WHERE m.person_id IN (SELECT jsonb_array_elements_text($1::jsonb)) \
             AND m.role = 'mentor' AND m.left_at IS NULL AND g.state = 'open' GROUP BY m.person_id",
};

/// Reporting lines upwards, round in circles at most once: `$1` a JSON list of person ids.
pub(super) const ABOVE: Both = Both {
    sqlite: "WITH RECURSIVE up(id, manager_id) AS ( \
             SELECT id, manager_id FROM persons WHERE id IN (SELECT value FROM json_each($1)) \
             UNION SELECT p.id, p.manager_id FROM persons p JOIN up ON p.id = up.manager_id) \
             SELECT id, manager_id FROM up WHERE manager_id IS NOT NULL ORDER BY id",
    postgres: "WITH RECURSIVE up(id, manager_id) AS ( \
             SELECT id, manager_id FROM persons WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) \
             UNION SELECT p.id, p.manager_id FROM persons p JOIN up ON p.id = up.manager_id) \
             SELECT id, manager_id FROM up WHERE manager_id IS NOT NULL ORDER BY id",
};

/// Wishes of people in a program: `$1` the program, `$2` a JSON list of person ids.
pub(super) const WISHES_AMONG: Both = Both {
    sqlite: "SELECT * FROM wishes WHERE program_id = $1 AND person_id IN (SELECT value FROM json_each($2)) \
             ORDER BY created_at, other_id",
    postgres: "SELECT * FROM wishes WHERE program_id = $1 AND person_id IN (SELECT jsonb_array_elements_text($2::jsonb)) \
             ORDER BY created_at, other_id",
};

/// Names of a workspace in which plain small letters occur, whatever their case: `$1` the workspace, `$2` a pattern for
/// names, `$3` one for handles. A server's own idea of small letters plays no part.
pub(super) const CALLED: Both = Both {
    sqlite: "SELECT p.id, p.name, a.handle, a.external_id FROM persons p JOIN accounts a ON a.person_id = p.id \
             WHERE a.workspace_id = $1 AND (p.name LIKE $2 ESCAPE '\\' OR a.handle LIKE $3 ESCAPE '\\')",
    postgres: "SELECT p.id, p.name, a.handle, a.external_id FROM persons p JOIN accounts a ON a.person_id = p.id \
               WHERE a.workspace_id = $1 AND (translate(p.name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', \
               'abcdefghijklmnopqrstuvwxyz') LIKE $2 ESCAPE '\\' OR translate(a.handle, \
               'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') LIKE $3 ESCAPE '\\')",
};
