ALTER TABLE sessions DROP COLUMN lock_tries;
--bun:split
ALTER TABLE sessions DROP COLUMN locked_at;
--bun:split
ALTER TABLE accounts DROP COLUMN badge;
--bun:split
ALTER TABLE accounts DROP COLUMN pin_sealed;
--bun:split
ALTER TABLE accounts DROP COLUMN lock_minutes;
--bun:split
ALTER TABLE accounts DROP COLUMN lock_kind;
--bun:split
ALTER TABLE trusts DROP COLUMN app_colour;
--bun:split
ALTER TABLE trusts DROP COLUMN app_name;
