DROP TABLE legal_holds;
--bun:split
DROP TABLE retention_periods;
--bun:split
DROP TABLE leavings;
--bun:split
DROP TABLE data_exports;
