-- What group formation keeps: who must be kept apart or together and why not, and what a proposal was made from, so
-- that it can be made again. The SQLite file of the same number gives the same logical schema.

-- What the proposal is for, and the changes made to it by hand since it was made, as JSON.
ALTER TABLE plans ADD COLUMN purpose TEXT NOT NULL DEFAULT 'form';
ALTER TABLE plans ADD COLUMN edits TEXT NOT NULL DEFAULT '[]';

-- A side is person:ID or organisation:NAME, the name in small letters; the smaller side comes first. The reason is
-- shown to nobody but those who keep the list.
CREATE TABLE ties (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  first_side TEXT NOT NULL,
  second_side TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT ties_sides UNIQUE (program_id, first_side, second_side),
  CONSTRAINT ties_program FOREIGN KEY (program_id) REFERENCES programs (id)
);

-- The pool and the rules as they were, as JSON: large, and read only to make a plan again.
CREATE TABLE plan_inputs (
  plan_id TEXT NOT NULL PRIMARY KEY,
  problem TEXT NOT NULL,
  iterations BIGINT NOT NULL,
  CONSTRAINT plan_inputs_plan FOREIGN KEY (plan_id) REFERENCES plans (id)
);
