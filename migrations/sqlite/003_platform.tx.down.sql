DROP TABLE platform_throttles;
--bun:split
DROP TABLE platform_sessions;
--bun:split
DROP TABLE platform_staff;
