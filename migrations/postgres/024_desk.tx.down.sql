DROP TABLE desk_exposures;
--bun:split
DROP TABLE desk_links;
--bun:split
DROP TABLE desk_words;
