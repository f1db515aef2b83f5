DROP TABLE video_files;
--bun:split
DROP TABLE video_pieces;
--bun:split
DROP TABLE videos;
