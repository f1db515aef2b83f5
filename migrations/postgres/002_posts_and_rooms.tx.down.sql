DROP TABLE thread_reads;
--bun:split
DROP TABLE threads;
--bun:split
DROP TABLE follows;
--bun:split
DROP TABLE reactions;
--bun:split
DROP TABLE post_versions;
--bun:split
DROP TABLE posts;
--bun:split
DROP TABLE places;
