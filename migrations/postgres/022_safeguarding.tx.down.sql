DROP TABLE case_entries;
--bun:split
DROP TABLE cases;
--bun:split
DROP TABLE desk_deeds;
--bun:split
DROP TABLE desk_marks;
--bun:split
DROP TABLE desk_items;
