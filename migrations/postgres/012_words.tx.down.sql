DROP TABLE post_pictures;
--bun:split
DROP TABLE drafts;
--bun:split
DROP TABLE topics;
