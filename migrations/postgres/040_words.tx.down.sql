ALTER TABLE services DROP COLUMN words;
--bun:split
ALTER TABLE accounts DROP COLUMN words;
