DROP TABLE waiting_columns;
--bun:split
DROP TABLE waiting_files;
--bun:split
DROP TABLE waiting_notes;
--bun:split
DROP TABLE waiting_entries;
--bun:split
DROP TABLE waiting_pathways;
