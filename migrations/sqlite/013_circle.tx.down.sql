DROP TABLE post_reports;
--bun:split
DROP TABLE word_filters;
--bun:split
DROP TABLE ties;
