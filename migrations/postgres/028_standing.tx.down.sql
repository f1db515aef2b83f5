DROP TABLE check_ins;
--bun:split
DROP INDEX thread_reads_by_post;
--bun:split
DROP TABLE post_opens;
--bun:split
DROP TABLE appeals;
--bun:split
DROP TABLE suspensions;
--bun:split
DROP TABLE strikes;
--bun:split
ALTER TABLE members DROP COLUMN away_until;
--bun:split
ALTER TABLE members DROP COLUMN suspended_until;
