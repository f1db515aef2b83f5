DROP TABLE access_contacts;
--bun:split
DROP TABLE access_records;
