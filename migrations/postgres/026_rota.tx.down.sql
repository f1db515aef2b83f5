DROP TABLE rota_warnings;
--bun:split
DROP TABLE rota_feeds;
--bun:split
DROP TABLE rota_notes;
--bun:split
DROP TABLE rota_swaps;
--bun:split
DROP TABLE rota_days;
--bun:split
DROP TABLE rota_absences;
--bun:split
DROP TABLE rota_shifts;
--bun:split
DROP TABLE rota_rows;
--bun:split
ALTER TABLE services DROP COLUMN roster;
