-- What the adapters of real chat platforms keep: deliveries acknowledged and not yet carried out, installations
-- with their sealed tokens, and what is known of people and rooms over there. The Postgres file of the same number
-- gives the same logical schema.

ALTER TABLE accounts ADD COLUMN email TEXT;
ALTER TABLE rooms ADD COLUMN card_id TEXT;

-- due_at is the next moment at which a waiting parcel may be taken: its arrival, the end of a lease, or the end
-- of a pause. The body is empty once nobody needs it.
CREATE TABLE inbox (
  id TEXT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  delivery TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  ended_at INTEGER,
  reason TEXT,
  CONSTRAINT inbox_delivery UNIQUE (platform, workspace, delivery)
) STRICT;
CREATE INDEX inbox_waiting ON inbox (platform, received_at, id) WHERE state = 'waiting';
CREATE INDEX inbox_by_age ON inbox (received_at) WHERE state <> 'waiting';

CREATE TABLE installs (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  app_id TEXT NOT NULL,
  bot_account TEXT NOT NULL,
  token TEXT NOT NULL,
  scopes TEXT NOT NULL,
  state TEXT NOT NULL,
  installed_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace)
) STRICT;

CREATE TABLE contacts (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  account TEXT NOT NULL,
  direct TEXT,
  home_at INTEGER,
  home_print TEXT,
  PRIMARY KEY (platform, workspace, account)
) STRICT;

-- Two markers may lead to one room: a platform gives the same direct group to the same people.
CREATE TABLE opened_rooms (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  marker TEXT NOT NULL,
  room TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (platform, workspace, marker)
) STRICT;
CREATE INDEX opened_rooms_by_room ON opened_rooms (platform, workspace, room);
