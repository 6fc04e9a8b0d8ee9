-- What the Discord adapter keeps beside the tables of all adapters: whom the bot may write to and how many direct
-- messages it opened, which rooms and events it is making, who was let into a room, forms that are asked in steps, and
-- which commands are registered. The Postgres file of the same number gives the same logical schema.

-- agreed_at: the person did something with the bot, so it may open a direct message. closed_at: the person does not
-- take direct messages. prompted_at: the person was last told in a room that something waits.
CREATE TABLE discord_people (
  account TEXT NOT NULL PRIMARY KEY,
  agreed_at INTEGER,
  closed_at INTEGER,
  prompted_at INTEGER
) STRICT;

-- One row for a day (counted from 1970) on which direct messages were opened.
CREATE TABLE discord_directs (
  day INTEGER NOT NULL PRIMARY KEY,
  opened INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  stopped_until INTEGER
) STRICT;

-- Where a server's rooms are made, and of what kind they are; what nobody chose is not there.
CREATE TABLE discord_guilds (
  guild TEXT NOT NULL PRIMARY KEY,
  channel TEXT,
  rooms TEXT
) STRICT;

-- Written before a room or an event is made, so that one whose making was cut short is looked for and not made twice.
CREATE TABLE discord_makings (
  guild TEXT NOT NULL,
  marker TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  PRIMARY KEY (guild, marker)
) STRICT;

CREATE TABLE discord_members (
  room TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (room, account)
) STRICT;

CREATE TABLE discord_events (
  guild TEXT NOT NULL,
  subject TEXT NOT NULL,
  event TEXT NOT NULL,
  print TEXT NOT NULL,
  PRIMARY KEY (guild, subject)
) STRICT;

-- Forms that are asked in steps; forms whose answers nobody may read are never here.
CREATE TABLE discord_forms (
  id TEXT NOT NULL PRIMARY KEY,
  guild TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX discord_forms_by_age ON discord_forms (updated_at);

CREATE TABLE discord_commands (
  scope TEXT NOT NULL PRIMARY KEY,
  print TEXT NOT NULL,
  registered_at INTEGER NOT NULL
) STRICT;
