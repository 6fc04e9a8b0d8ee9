-- Plans group by group, so that a change by hand reads and writes what it touches; what members wish for; searches for
-- groups that are under way. The SQLite file of the same number gives the same logical schema.

-- What the figures of a plan rest on beside its groups, as JSON; empty for plans from before.
ALTER TABLE plans ADD COLUMN ledger TEXT NOT NULL DEFAULT '';

-- The groups of a plan. Members are ids with a space before and after each.
CREATE TABLE plan_sheets (
  plan_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  score BIGINT NOT NULL,
  members TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (plan_id, number),
  CONSTRAINT plan_sheets_plan FOREIGN KEY (plan_id) REFERENCES plans (id)
);

-- With whom a member would like to be in a group, and with whom rather not. Shown to that member and to nobody else.
CREATE TABLE wishes (
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (program_id, person_id, other_id),
  CONSTRAINT wishes_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT wishes_person FOREIGN KEY (person_id) REFERENCES persons (id),
  CONSTRAINT wishes_other FOREIGN KEY (other_id) REFERENCES persons (id)
);

-- A search for groups that takes longer, at most one for a program. Whoever asks for its end raises stop.
CREATE TABLE searches (
  program_id TEXT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  stop BIGINT NOT NULL,
  CONSTRAINT searches_program FOREIGN KEY (program_id) REFERENCES programs (id)
);
