DROP TABLE term_drafts;
--bun:split
DROP TABLE term_changes;
--bun:split
DROP TABLE watched_terms;
--bun:split
DROP TABLE term_lists;
