DROP INDEX desk_items_answered;
--bun:split
DROP INDEX gifts_by_time;
--bun:split
DROP INDEX messages_by_time;
--bun:split
DROP INDEX thread_reads_by_time;
--bun:split
DROP INDEX posts_replied;
--bun:split
DROP TABLE platform_usage;
--bun:split
DROP TABLE usage_counts;
--bun:split
DROP TABLE visits;
--bun:split
ALTER TABLE members DROP COLUMN left_at;
--bun:split
ALTER TABLE members DROP COLUMN visited_on;
