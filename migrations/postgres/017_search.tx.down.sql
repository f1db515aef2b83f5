DROP TRIGGER index_post ON posts;
--bun:split
DROP FUNCTION sharon_index_post();
--bun:split
DROP TRIGGER index_resource ON resources;
--bun:split
DROP FUNCTION sharon_index_resource();
--bun:split
DROP FUNCTION sharon_search(uuid, text, bigint, integer);
--bun:split
DROP TABLE search_entries;
--bun:split
DROP FUNCTION sharon_words(uuid, text, text);
