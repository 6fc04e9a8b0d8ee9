-- The playground's own chat platform: rooms, members, messages and reading marks. Only the playground adapter
-- uses these tables; for the core it is a platform like any other.

CREATE TABLE playground_rooms (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  topic TEXT NOT NULL,
  marker TEXT,
  created_at BIGINT NOT NULL,
  CONSTRAINT playground_rooms_marker UNIQUE (marker)
);

CREATE TABLE playground_members (
  room_id TEXT NOT NULL,
  account TEXT NOT NULL,
  read_upto TEXT NOT NULL,
  PRIMARY KEY (room_id, account),
  CONSTRAINT playground_members_room FOREIGN KEY (room_id) REFERENCES playground_rooms (id)
);
CREATE INDEX playground_members_by_account ON playground_members (account);

CREATE TABLE playground_messages (
  id TEXT NOT NULL PRIMARY KEY,
  room_id TEXT NOT NULL,
  author TEXT NOT NULL,
  visible_to TEXT,
  sent_at BIGINT NOT NULL,
  edited BIGINT NOT NULL,
  marker TEXT,
  body TEXT NOT NULL,
  CONSTRAINT playground_messages_marker UNIQUE (marker),
  CONSTRAINT playground_messages_room FOREIGN KEY (room_id) REFERENCES playground_rooms (id)
);
CREATE INDEX playground_messages_by_room ON playground_messages (room_id, id);
