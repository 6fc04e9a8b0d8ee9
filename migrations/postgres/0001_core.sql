-- Everything the core decides on. Ids are time-sorted text made by the program, instants UTC microseconds,
-- civil dates and slots text, booleans 0/1. The SQLite file of the same number gives the same logical schema.

CREATE TABLE workspaces (
  id TEXT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT workspaces_external UNIQUE (platform, external_id)
);

CREATE TABLE persons (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  unit TEXT NOT NULL,
  industry TEXT NOT NULL,
  level BIGINT NOT NULL,
  need TEXT NOT NULL,
  interests TEXT NOT NULL,
  needs TEXT NOT NULL,
  offers TEXT NOT NULL,
  languages TEXT NOT NULL,
  zone TEXT NOT NULL,
  availability TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  answer_hours BIGINT NOT NULL,
  manager_id TEXT,
  send_from TEXT NOT NULL,
  send_to TEXT NOT NULL,
  workdays TEXT NOT NULL,
  quiet_from TEXT,
  quiet_to TEXT,
  snooze_until BIGINT,
  muted TEXT NOT NULL,
  profile_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CONSTRAINT persons_manager FOREIGN KEY (manager_id) REFERENCES persons (id)
);
CREATE INDEX persons_by_manager ON persons (manager_id) WHERE manager_id IS NOT NULL;

CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  admin BIGINT NOT NULL,
  state TEXT NOT NULL,
  dm_room TEXT,
  created_at BIGINT NOT NULL,
  CONSTRAINT accounts_external UNIQUE (workspace_id, external_id),
  CONSTRAINT accounts_person FOREIGN KEY (person_id) REFERENCES persons (id),
  CONSTRAINT accounts_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);
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
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  opened_at BIGINT,
  CONSTRAINT programs_slug UNIQUE (slug),
  CONSTRAINT programs_owner FOREIGN KEY (owner_id) REFERENCES persons (id)
);

CREATE TABLE program_workspaces (
  program_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  PRIMARY KEY (program_id, workspace_id),
  CONSTRAINT program_workspaces_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT program_workspaces_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

CREATE TABLE roles (
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (program_id, person_id, role),
  CONSTRAINT roles_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT roles_person FOREIGN KEY (person_id) REFERENCES persons (id)
);
CREATE INDEX roles_by_person ON roles (person_id);

CREATE TABLE charters (
  program_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (program_id, person_id, version),
  CONSTRAINT charters_program FOREIGN KEY (program_id) REFERENCES programs (id),
  CONSTRAINT charters_person FOREIGN KEY (person_id) REFERENCES persons (id)
);

CREATE TABLE plans (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  seed BIGINT NOT NULL,
  state TEXT NOT NULL,
  locks TEXT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT plans_program FOREIGN KEY (program_id) REFERENCES programs (id)
);
CREATE INDEX plans_by_program ON plans (program_id, state);

CREATE TABLE groups (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  lead TEXT NOT NULL,
  mode TEXT NOT NULL,
  cadence TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT,
  CONSTRAINT groups_number UNIQUE (program_id, number),
  CONSTRAINT groups_program FOREIGN KEY (program_id) REFERENCES programs (id)
);

CREATE TABLE members (
  group_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  left_at BIGINT,
  PRIMARY KEY (group_id, person_id),
  CONSTRAINT members_group FOREIGN KEY (group_id) REFERENCES groups (id),
  CONSTRAINT members_person FOREIGN KEY (person_id) REFERENCES persons (id)
);
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE rooms (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  group_id TEXT,
  program_id TEXT,
  name TEXT NOT NULL,
  external_id TEXT,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT rooms_of_group UNIQUE (workspace_id, group_id),
  CONSTRAINT rooms_of_program UNIQUE (workspace_id, program_id),
  CONSTRAINT rooms_workspace FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
  CONSTRAINT rooms_group FOREIGN KEY (group_id) REFERENCES groups (id),
  CONSTRAINT rooms_program FOREIGN KEY (program_id) REFERENCES programs (id)
);
CREATE INDEX rooms_by_group ON rooms (group_id);

CREATE TABLE meetups (
  id TEXT NOT NULL PRIMARY KEY,
  group_id TEXT NOT NULL,
  program_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  closing BIGINT NOT NULL,
  slot TEXT NOT NULL,
  zone TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  theme TEXT NOT NULL,
  lead TEXT NOT NULL,
  host_id TEXT,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  planned_sequence BIGINT NOT NULL,
  plan_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT meetups_number UNIQUE (group_id, number),
  CONSTRAINT meetups_group FOREIGN KEY (group_id) REFERENCES groups (id)
);
CREATE INDEX meetups_to_plan ON meetups (plan_at) WHERE state = 'planned' AND planned_sequence < sequence;
CREATE INDEX meetups_by_group ON meetups (group_id, starts_at);

CREATE TABLE rsvps (
  meetup_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  answer TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (meetup_id, person_id),
  CONSTRAINT rsvps_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id),
  CONSTRAINT rsvps_person FOREIGN KEY (person_id) REFERENCES persons (id)
);

CREATE TABLE meetup_needs (
  meetup_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (meetup_id, person_id),
  CONSTRAINT meetup_needs_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id),
  CONSTRAINT meetup_needs_person FOREIGN KEY (person_id) REFERENCES persons (id)
);

CREATE TABLE starter_offers (
  meetup_id TEXT NOT NULL PRIMARY KEY,
  group_id TEXT NOT NULL,
  choices TEXT NOT NULL,
  state TEXT NOT NULL,
  picked TEXT,
  own_text TEXT,
  decided_by TEXT,
  offered_at BIGINT NOT NULL,
  decided_at BIGINT,
  CONSTRAINT starter_offers_meetup FOREIGN KEY (meetup_id) REFERENCES meetups (id)
);
CREATE INDEX starter_offers_by_group ON starter_offers (group_id, offered_at);

CREATE TABLE starters_heard (
  group_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  meetup_id TEXT NOT NULL,
  heard_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, starter_id),
  CONSTRAINT starters_heard_group FOREIGN KEY (group_id) REFERENCES groups (id)
);

CREATE TABLE starters_heard_by (
  person_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  heard_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, starter_id),
  CONSTRAINT starters_heard_by_person FOREIGN KEY (person_id) REFERENCES persons (id)
);

CREATE TABLE starter_bans (
  group_id TEXT NOT NULL,
  starter_id TEXT NOT NULL,
  banned_by TEXT NOT NULL,
  banned_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, starter_id),
  CONSTRAINT starter_bans_group FOREIGN KEY (group_id) REFERENCES groups (id)
);

CREATE TABLE waves (
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  opens_on TEXT NOT NULL,
  closes_on TEXT NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  results TEXT,
  CONSTRAINT waves_number UNIQUE (program_id, number),
  CONSTRAINT waves_program FOREIGN KEY (program_id) REFERENCES programs (id)
);

-- Who was asked and who has answered. Nothing in this table points at an answer.
CREATE TABLE pulse_invitations (
  wave_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  form TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (wave_id, person_id),
  CONSTRAINT pulse_invitations_wave FOREIGN KEY (wave_id) REFERENCES waves (id),
  CONSTRAINT pulse_invitations_person FOREIGN KEY (person_id) REFERENCES persons (id)
);

-- What was answered, one row for each item, under a random key: no person, no time, no common key between
-- the rows of one person. The rows are written anew in key order when the wave closes.
CREATE TABLE pulse_answers (
  id TEXT NOT NULL PRIMARY KEY,
  wave_id TEXT NOT NULL,
  form TEXT NOT NULL,
  item TEXT NOT NULL,
  score BIGINT,
  body TEXT,
  CONSTRAINT pulse_answers_wave FOREIGN KEY (wave_id) REFERENCES waves (id)
);
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
  due_at BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  lease_until BIGINT,
  intent_at BIGINT,
  place TEXT,
  remote_id TEXT,
  reason TEXT,
  open_until BIGINT,
  done_at BIGINT,
  created_at BIGINT NOT NULL,
  CONSTRAINT nudges_key UNIQUE (key)
);
CREATE INDEX nudges_due ON nudges (due_at, id) WHERE state = 'ready';
CREATE INDEX nudges_leased ON nudges (lease_until) WHERE state IN ('leased', 'sending', 'in_doubt');
CREATE INDEX nudges_by_subject ON nudges (subject, person_id);
CREATE INDEX nudges_sent_to ON nudges (person_id, done_at) WHERE state = 'done' AND person_id IS NOT NULL;
CREATE INDEX nudges_open ON nudges (person_id, open_until) WHERE open_until IS NOT NULL;

CREATE TABLE inbound (
  workspace_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id)
);
CREATE INDEX inbound_by_age ON inbound (received_at);

CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_id TEXT NOT NULL,
  program_id TEXT,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL
);

CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
