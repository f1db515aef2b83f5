DROP TABLE platform_staff_log;
--bun:split
ALTER TABLE platform_staff DROP COLUMN version;
