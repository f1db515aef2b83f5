DROP TABLE audit_tallies;
--bun:split
DROP TABLE audit_seals;
--bun:split
DROP TABLE audit_log;
