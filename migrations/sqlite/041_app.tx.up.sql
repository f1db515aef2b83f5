-- How a trust's app is called and coloured where it stands on somebody's telephone.
ALTER TABLE trusts ADD COLUMN app_name text NOT NULL DEFAULT '';
--bun:split
ALTER TABLE trusts ADD COLUMN app_colour text NOT NULL DEFAULT '';
--bun:split
-- What opens a session that nobody used for so many minutes, empty for no lock; the hash of a PIN, sealed.
ALTER TABLE accounts ADD COLUMN lock_kind text NOT NULL DEFAULT '' CHECK (lock_kind IN ('', 'pin', 'passkey'));
--bun:split
ALTER TABLE accounts ADD COLUMN lock_minutes integer NOT NULL DEFAULT 1;
--bun:split
ALTER TABLE accounts ADD COLUMN pin_sealed text NOT NULL DEFAULT '';
--bun:split
-- How much waits is shown on the app's icon.
ALTER TABLE accounts ADD COLUMN badge boolean NOT NULL DEFAULT false;
--bun:split
-- Since when somebody has had it shut; a session can be shut without, because nobody used it.
ALTER TABLE sessions ADD COLUMN locked_at timestamp;
--bun:split
ALTER TABLE sessions ADD COLUMN lock_tries integer NOT NULL DEFAULT 0;
