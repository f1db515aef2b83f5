DROP TABLE case_links;
--bun:split
DROP TABLE case_calls;
