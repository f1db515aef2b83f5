-- Those who run the platform. They belong to no trust: none of these tables has a tenant, and none has anything of one in it.
CREATE TABLE platform_staff (
  id text NOT NULL PRIMARY KEY,
  email_lookup text NOT NULL UNIQUE,
  email_sealed text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  -- As in accounts.
  totp_sealed text NOT NULL,
  totp_used bigint NOT NULL,
  roles text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  created_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE TABLE platform_sessions (
  token_hash text NOT NULL PRIMARY KEY,
  staff_id text NOT NULL REFERENCES platform_staff (id),
  strong boolean NOT NULL,
  created_at timestamp NOT NULL,
  seen_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
-- Failures lately at the console's door, by account or by address. A row heals with time, so nobody is locked out for good.
CREATE TABLE platform_throttles (
  subject text NOT NULL PRIMARY KEY,
  failures real NOT NULL,
  updated_at timestamp NOT NULL
) WITHOUT ROWID;
