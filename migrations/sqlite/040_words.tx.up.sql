-- How the interface is put: a tag of BCP 47, empty for no choice.
ALTER TABLE accounts ADD COLUMN words text NOT NULL DEFAULT '';
--bun:split
ALTER TABLE services ADD COLUMN words text NOT NULL DEFAULT '';
