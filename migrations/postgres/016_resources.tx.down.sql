DROP TABLE resource_votes;
--bun:split
DROP TABLE resources;
