ALTER TABLE services DROP COLUMN reach_version;
