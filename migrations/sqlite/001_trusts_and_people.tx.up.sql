-- The NHS organisations: the tenants. The one table that is read before a tenant is known, hence nothing private in it.
CREATE TABLE trusts (
  id text NOT NULL PRIMARY KEY,
  ods_code text NOT NULL UNIQUE,
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  domain text UNIQUE,
  status text NOT NULL CHECK (status IN ('active', 'suspended', 'archived')),
  -- Grows with each change of services, rooms or policy; every request compares it, so that a change holds at once on every node.
  config_version bigint NOT NULL DEFAULT 1,
  created_at timestamp NOT NULL
);
--bun:split
CREATE TABLE services (
  tenant_id text NOT NULL REFERENCES trusts (id),
  id text NOT NULL,
  area text NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  about text NOT NULL,
  accent text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  staffed text NOT NULL,
  crisis text NOT NULL,
  -- What whoever joins says yes to, how many days an invitation lasts, and a version that grows with changes of these.
  house_rules text NOT NULL,
  invitation_days integer NOT NULL,
  joining_version integer NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, slug)
) WITHOUT ROWID;
--bun:split
-- How a person signs in to a trust. The email is found by a keyed hash and kept sealed; the handle is elsewhere.
CREATE TABLE accounts (
  tenant_id text NOT NULL REFERENCES trusts (id),
  id text NOT NULL,
  email_lookup text NOT NULL,
  email_sealed text NOT NULL,
  password_hash text NOT NULL,
  -- The secret of the app that makes codes, sealed; empty for none. No code of this step of time or an earlier one is good any more.
  totp_sealed text NOT NULL,
  totp_used bigint NOT NULL,
  trust_roles text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email_lookup)
);
--bun:split
-- A person in one service: the handle that peers see.
CREATE TABLE members (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  handle text NOT NULL,
  handle_key text NOT NULL,
  -- What a handle looks like: two that a reader could take for each other have one.
  handle_skeleton text NOT NULL,
  avatar integer NOT NULL,
  about text NOT NULL,
  pronouns text NOT NULL,
  -- Comma-separated.
  interests text NOT NULL,
  -- Not in the members' directory.
  unlisted boolean NOT NULL,
  roles text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'left')),
  -- What they chose for themselves, by room, read with every request; null for nothing.
  own text,
  joined_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, handle_key),
  UNIQUE (tenant_id, service_id, handle_skeleton),
  UNIQUE (tenant_id, account_id, service_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE TABLE sessions (
  tenant_id text NOT NULL,
  token_hash text NOT NULL,
  account_id text NOT NULL,
  id text NOT NULL,
  device text NOT NULL,
  bearer boolean NOT NULL,
  -- Both factors have been shown, not the password alone.
  strong boolean NOT NULL,
  created_at timestamp NOT NULL,
  proved_at timestamp NOT NULL,
  seen_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) WITHOUT ROWID;
--bun:split
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
--bun:split
CREATE INDEX sessions_by_seen ON sessions (tenant_id, seen_at);
--bun:split
-- Failures lately, by account or by address. A row heals with time, so nobody is locked out for good.
CREATE TABLE throttles (
  tenant_id text NOT NULL REFERENCES trusts (id),
  subject text NOT NULL,
  failures real NOT NULL,
  updated_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, subject)
) WITHOUT ROWID;
--bun:split
-- What a command answered, by the key that its form or client sent: the second click gets the first answer.
CREATE TABLE receipts (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  once_key text NOT NULL,
  command text NOT NULL,
  location text NOT NULL,
  answer text NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, account_id, once_key),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) WITHOUT ROWID;
--bun:split
CREATE INDEX receipts_by_age ON receipts (tenant_id, created_at);
--bun:split
-- What a trust changed of the default policy. Service is an id or *.
CREATE TABLE policy_rules (
  tenant_id text NOT NULL REFERENCES trusts (id),
  id text NOT NULL,
  role text NOT NULL,
  service text NOT NULL,
  object text NOT NULL,
  action text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('allow', 'deny')),
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
--bun:split
CREATE TABLE service_modules (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  module text NOT NULL,
  enabled boolean NOT NULL,
  settings text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id, module),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
) WITHOUT ROWID;
--bun:split
CREATE TABLE module_changes (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  module text NOT NULL,
  account_id text NOT NULL,
  changed_by text NOT NULL,
  was_enabled boolean NOT NULL,
  now_enabled boolean NOT NULL,
  was_settings text NOT NULL,
  now_settings text NOT NULL,
  changed_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX module_changes_by_service ON module_changes (tenant_id, service_id, changed_at);
