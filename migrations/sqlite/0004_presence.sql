-- What a platform said last about an account, and whether a person chose the own time zone: only so can a new word of
-- the platform be told from a person's own choice. The Postgres file of the same number gives the same logical schema.

ALTER TABLE accounts ADD COLUMN name TEXT;
ALTER TABLE persons ADD COLUMN zone_chosen INTEGER NOT NULL DEFAULT 0;
CREATE INDEX accounts_by_email ON accounts (email) WHERE email IS NOT NULL;
