DROP TABLE waiting_carers;
--bun:split
ALTER TABLE waiting_pathways DROP COLUMN measure;
