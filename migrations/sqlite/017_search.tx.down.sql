DROP TRIGGER index_new_resource;
--bun:split
DROP TRIGGER index_changed_resource;
--bun:split
DROP TRIGGER index_deleted_resource;
--bun:split
DROP TRIGGER index_new_post;
--bun:split
DROP TRIGGER index_changed_post;
--bun:split
DROP TRIGGER index_deleted_post;
--bun:split
DROP TABLE search_entries;
