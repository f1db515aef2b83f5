DROP TABLE room_modes;
--bun:split
DROP TABLE help_requests;
--bun:split
ALTER TABLE posts DROP COLUMN held_for;
