DROP TABLE gift_doors_to;
--bun:split
DROP TABLE gift_doors;
--bun:split
DROP TABLE gifts;
--bun:split
DROP TABLE gift_kinds;
