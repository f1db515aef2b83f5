DROP TABLE message_reports;
--bun:split
DROP TABLE mailbox_moves;
--bun:split
DROP TABLE message_choices;
--bun:split
DROP TABLE message_pictures;
--bun:split
DROP TABLE messages;
--bun:split
DROP TABLE participants;
--bun:split
DROP TABLE conversations;
