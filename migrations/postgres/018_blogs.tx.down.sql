DROP TABLE blog_kept;
--bun:split
DROP TABLE blog_posts;
