DROP TABLE kin;
--bun:split
DROP TABLE moving_on;
--bun:split
DROP TABLE wings;
