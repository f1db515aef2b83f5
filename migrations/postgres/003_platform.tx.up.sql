-- Those who run the platform. They belong to no trust: none of these tables has a tenant, and none has anything of one in it.
CREATE TABLE platform_staff (
  id uuid NOT NULL PRIMARY KEY,
  email_lookup text NOT NULL UNIQUE,
  email_sealed text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  -- As in accounts.
  totp_sealed text NOT NULL,
  totp_used bigint NOT NULL,
  roles text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  created_at timestamptz NOT NULL
);
--bun:split
CREATE TABLE platform_sessions (
  token_hash text NOT NULL PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES platform_staff (id),
  strong boolean NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
--bun:split
-- Failures lately at the console's door, by account or by address. A row heals with time, so nobody is locked out for good.
CREATE TABLE platform_throttles (
  subject text NOT NULL PRIMARY KEY,
  failures double precision NOT NULL,
  updated_at timestamptz NOT NULL
);
--bun:split
GRANT SELECT, INSERT, UPDATE (totp_sealed, totp_used) ON platform_staff TO sharon_app;
--bun:split
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_sessions, platform_throttles TO sharon_app;
