DROP TABLE room_modes;
--bun:split
DROP TABLE help_requests;
--bun:split
ALTER TABLE posts DROP COLUMN held_for;
--bun:split
ALTER TABLE gifts DROP COLUMN note_held;
--bun:split
ALTER TABLE live_messages DROP COLUMN held;
--bun:split
ALTER TABLE messages DROP COLUMN held;
