-- What is kept about people so that mentors and coaches are chosen with care: time as head of IT, credentials of
-- coaches, applications of mentors; who is new to an industry, who agreed to be found; and a group's own purpose.
-- The Postgres file of the same number gives the same logical schema.

ALTER TABLE persons ADD COLUMN office_years INTEGER NOT NULL DEFAULT 0;
ALTER TABLE persons ADD COLUMN in_office INTEGER NOT NULL DEFAULT 0;
ALTER TABLE persons ADD COLUMN new_to TEXT NOT NULL DEFAULT '';
ALTER TABLE persons ADD COLUMN findable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN purpose TEXT NOT NULL DEFAULT '';

-- Handed in to the staff of one programme, and seen by them and by the person alone.
CREATE TABLE credentials (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  level TEXT NOT NULL,
  hours INTEGER NOT NULL,
  awarded_on TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  checked_by TEXT,
  checked_at INTEGER,
  created_at INTEGER NOT NULL,
  CONSTRAINT credentials_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT credentials_person FOREIGN KEY (person_id) REFERENCES persons (id),
  CONSTRAINT credentials_checker FOREIGN KEY (checked_by) REFERENCES persons (id)
) STRICT;
CREATE INDEX credentials_by_program ON credentials (program_id, person_id);

-- Seen by the staff of the programme and by the person alone.
CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  experience TEXT NOT NULL,
  strengths TEXT NOT NULL,
  why TEXT NOT NULL,
  hours INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  checked_by TEXT,
  checked_at INTEGER,
  created_at INTEGER NOT NULL,
  CONSTRAINT applications_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT applications_person FOREIGN KEY (person_id) REFERENCES persons (id),
  CONSTRAINT applications_checker FOREIGN KEY (checked_by) REFERENCES persons (id)
) STRICT;
CREATE INDEX applications_by_program ON applications (program_id, person_id);
