DROP TABLE email_bounces;
--bun:split
DROP TABLE push_devices;
--bun:split
DROP TABLE deliveries;
--bun:split
DROP TABLE notification_settings;
--bun:split
DROP TABLE notices;
