-- Everything the core decides on. Ids are time-sorted text made by the program, instants UTC microseconds,
-- civil dates and slots text, booleans 0/1. The Postgres file of the same number gives the same logical schema.

CREATE TABLE workspaces (
  id TEXT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT workspaces_external UNIQUE (platform, external_id)
) STRICT;

CREATE TABLE persons (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  unit TEXT NOT NULL,
  industry TEXT NOT NULL,
  level INTEGER NOT NULL,
  need TEXT NOT NULL,
  interests TEXT NOT NULL,
  needs TEXT NOT NULL,
  offers TEXT NOT NULL,
  languages TEXT NOT NULL,
  zone TEXT NOT NULL,
  availability TEXT NOT NULL,
  capacity INTEGER NOT NULL,
  answer_hours INTEGER NOT NULL,
  manager_id TEXT,
  send_from TEXT NOT NULL,
  send_to TEXT NOT NULL,
  workdays TEXT NOT NULL,
  quiet_from TEXT,
  quiet_to TEXT,
  snooze_until INTEGER,
  muted TEXT NOT NULL,
  profile_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT persons_manager FOREIGN KEY (manager_id) REFERENCES persons (id)
) STRICT;
CREATE INDEX persons_by_manager ON persons (manager_id) WHERE manager_id IS NOT NULL;

CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  admin INTEGER NOT NULL,
  state TEXT NOT NULL,
  dm_room TEXT,
  created_at INTEGER NOT NULL,
  CONSTRAINT accounts_external UNIQUE (workspace_id, external_id),
  CONSTRAINT accounts_person FOREIGN KEY (person_id) REFERENCES persons (id),
  CONSTRAINT accounts_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX accounts_by_person ON accounts (person_id, id);

CREATE TABLE programs (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  state TEXT NOT NULL,
  goal TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  zone TEXT NOT NULL,
  settings TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  opened_at INTEGER,
  CONSTRAINT programs_slug UNIQUE (slug),
  CONSTRAINT programs_owner FOREIGN KEY (owner_id) REFERENCES persons (id)
) STRICT;

CREATE TABLE program_workspaces (
  program_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  PRIMARY KEY (program_id, workspace_id),
  CONSTRAINT program_workspaces_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT program_workspaces_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;

CREATE TABLE roles (
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, person_id, role),
  CONSTRAINT roles_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT roles_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;
CREATE INDEX roles_by_person ON roles (person_id);

CREATE TABLE charters (
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, person_id, version),
  CONSTRAINT charters_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT charters_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;

CREATE TABLE plans (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  seed INTEGER NOT NULL,
  state TEXT NOT NULL,
  locks TEXT NOT NULL,
  body TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT plans_program FOREIGN KEY (program_id) REFERENCES programs (id)
) STRICT;
CREATE INDEX plans_by_program ON plans (program_id, state);

CREATE TABLE groups (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  lead TEXT NOT NULL,
  mode TEXT NOT NULL,
  cadence TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  closed_at INTEGER,
  CONSTRAINT groups_number UNIQUE (program_id, number),
  CONSTRAINT groups_program FOREIGN KEY (program_id) REFERENCES programs (id)
) STRICT;

CREATE TABLE members (
  group_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  joined_at INTEGER NOT NULL,
  left_at INTEGER,
  PRIMARY KEY (group_id, person_id),
  CONSTRAINT members_group FOREIGN KEY (group_id) REFERENCES groups (id),
  CONSTRAINT members_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE rooms (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  group_id TEXT,
  program_id TEXT,
  name TEXT NOT NULL,
  external_id TEXT,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT rooms_of_group UNIQUE (workspace_id, group_id),
  CONSTRAINT rooms_of_program UNIQUE (workspace_id, program_id),
  CONSTRAINT rooms_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
  CONSTRAINT rooms_group FOREIGN KEY (group_id) REFERENCES groups (id),
  CONSTRAINT rooms_program FOREIGN KEY (program_id) REFERENCES programs (id)
) STRICT;
CREATE INDEX rooms_by_group ON rooms (group_id);

CREATE TABLE meetups (
  id TEXT NOT NULL PRIMARY KEY,
  group_id TEXT NOT NULL,
  program_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  closing INTEGER NOT NULL,
  slot TEXT NOT NULL,
  zone TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  minutes INTEGER NOT NULL,
  theme TEXT NOT NULL,
  lead TEXT NOT NULL,
  host_id TEXT,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  planned_sequence INTEGER NOT NULL,
  plan_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT meetups_number UNIQUE (group_id, number),
  CONSTRAINT meetups_group FOREIGN KEY (group_id) REFERENCES groups (id)
) STRICT;
CREATE INDEX meetups_to_plan ON meetups (plan_at) WHERE state = 'planned' AND planned_sequence < sequence;
CREATE INDEX meetups_by_group ON meetups (group_id, starts_at);

CREATE TABLE rsvps (
  meetup_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  answer TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  PRIMARY KEY (meetup_id, person_id),
  CONSTRAINT rsvps_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id),
  CONSTRAINT rsvps_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;

CREATE TABLE meetup_needs (
  meetup_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  PRIMARY KEY (meetup_id, person_id),
  CONSTRAINT meetup_needs_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id),
  CONSTRAINT meetup_needs_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;

CREATE TABLE starter_offers (
  meetup_id TEXT NOT NULL PRIMARY KEY,
  group_id TEXT NOT NULL,
  choices TEXT NOT NULL,
  state TEXT NOT NULL,
  picked TEXT,
  own_text TEXT,
  decided_by TEXT,
  offered_at INTEGER NOT NULL,
  decided_at INTEGER,
  CONSTRAINT starter_offers_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id)
) STRICT;
CREATE INDEX starter_offers_by_group ON starter_offers (group_id, offered_at);

CREATE TABLE starters_heard (
  group_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  meetup_id TEXT NOT NULL,
  heard_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, starter_id),
  CONSTRAINT starters_heard_group FOREIGN KEY (group_id) REFERENCES groups (id)
) STRICT;

CREATE TABLE starters_heard_by (
  person_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  heard_at INTEGER NOT NULL,
  PRIMARY KEY (person_id, starter_id),
  CONSTRAINT starters_heard_by_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;

CREATE TABLE starter_bans (
  group_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  banned_by TEXT NOT NULL,
  banned_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, starter_id),
  CONSTRAINT starter_bans_group FOREIGN KEY (group_id) REFERENCES groups (id)
) STRICT;

CREATE TABLE waves (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  opens_on TEXT NOT NULL,
  closes_on TEXT NOT NULL,
  opens_at INTEGER NOT NULL,
  closes_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  results TEXT,
  CONSTRAINT waves_number UNIQUE (program_id, number),
  CONSTRAINT waves_program FOREIGN KEY (program_id) REFERENCES programs (id)
) STRICT;

-- Who was asked and who has answered. Nothing in this table points at an answer.
CREATE TABLE pulse_invitations (
  wave_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  form TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (wave_id, person_id),
  CONSTRAINT pulse_invitations_wave FOREIGN KEY (wave_id) REFERENCES waves (id),
  CONSTRAINT pulse_invitations_person FOREIGN KEY (person_id) REFERENCES persons (id)
) STRICT;

-- What was answered, one row for each item, under a random key: no person, no time, no common key between
-- the rows of one person. WITHOUT ROWID: the order on disk is the order of the random keys.
CREATE TABLE pulse_answers (
  id TEXT NOT NULL PRIMARY KEY,
  wave_id TEXT NOT NULL,
  form TEXT NOT NULL,
  item TEXT NOT NULL,
  score INTEGER,
  body TEXT,
  CONSTRAINT pulse_answers_wave FOREIGN KEY (wave_id) REFERENCES waves (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pulse_answers_by_wave ON pulse_answers (wave_id, form, item);

CREATE TABLE nudges (
  id TEXT NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  program_id TEXT,
  subject TEXT NOT NULL,
  person_id TEXT,
  room_id TEXT,
  slot TEXT NOT NULL,
  note TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  lease_until INTEGER,
  intent_at INTEGER,
  place TEXT,
  remote_id TEXT,
  reason TEXT,
  open_until INTEGER,
  done_at INTEGER,
  created_at INTEGER NOT NULL,
  CONSTRAINT nudges_key UNIQUE (key)
) STRICT;
CREATE INDEX nudges_due ON nudges (due_at, id) WHERE state = 'ready';
CREATE INDEX nudges_leased ON nudges (lease_until) WHERE state IN ('leased', 'sending', 'in_doubt');
CREATE INDEX nudges_by_subject ON nudges (subject, person_id);
CREATE INDEX nudges_sent_to ON nudges (person_id, done_at) WHERE state = 'done' AND person_id IS NOT NULL;
CREATE INDEX nudges_open ON nudges (person_id, open_until) WHERE open_until IS NOT NULL;

CREATE TABLE inbound (
  workspace_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id)
) STRICT;
CREATE INDEX inbound_by_age ON inbound (received_at);

CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  actor_id TEXT NOT NULL,
  program_id TEXT,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
