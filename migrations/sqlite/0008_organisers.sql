-- Whoever has this role in a Discord server may found and run programmes there, besides those who may manage the
-- server. The Postgres file of the same number gives the same logical schema.
ALTER TABLE discord_guilds ADD COLUMN organisers TEXT;
