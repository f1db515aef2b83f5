-- Every query of the application runs as this role: it owns nothing, so row security binds it. Roles belong to the whole
-- cluster; where the owner may not create one, an administrator runs once: CREATE ROLE sharon_app NOLOGIN; GRANT sharon_app TO <owner> WITH ADMIN OPTION.
DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(7427662);
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sharon_app') THEN CREATE ROLE sharon_app NOLOGIN; END IF;
  -- Since PostgreSQL 16 whoever makes a role may give it away, but not become it. Who has been given it already may lack the right to give.
  BEGIN EXECUTE format('GRANT sharon_app TO %I', current_user); EXCEPTION WHEN insufficient_privilege THEN NULL; END;
END $$;
--bun:split
GRANT USAGE ON SCHEMA public TO sharon_app;
--bun:split
-- Shuts a table to every tenant but the one that the transaction has named. After a local setting ends its value is '', not NULL.
-- The inner SELECT is worked out once a query, not once a row.
CREATE FUNCTION sharon_protect(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY tenant ON %s USING (tenant_id = (SELECT NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid))', guarded);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO sharon_app', guarded);
END $$;
--bun:split
-- The NHS organisations: the tenants. The one table that is read before a tenant is known, hence nothing private in it.
CREATE TABLE trusts (
  id uuid NOT NULL PRIMARY KEY,
  ods_code text NOT NULL UNIQUE,
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  domain text UNIQUE,
  status text NOT NULL CHECK (status IN ('active', 'suspended', 'archived')),
  -- Grows with each change of services, rooms or policy; every request compares it, so that a change holds at once on every node.
  config_version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
--bun:split
CREATE TABLE services (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  id uuid NOT NULL,
  area text NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  about text NOT NULL,
  accent text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  staffed jsonb NOT NULL,
  crisis jsonb NOT NULL,
  -- What whoever joins says yes to, how many days an invitation lasts, and a version that grows with changes of these.
  house_rules text NOT NULL,
  invitation_days integer NOT NULL,
  joining_version integer NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, slug)
);
--bun:split
-- How a person signs in to a trust. The email is found by a keyed hash and kept sealed; the handle is elsewhere.
CREATE TABLE accounts (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  id uuid NOT NULL,
  email_lookup text NOT NULL,
  email_sealed text NOT NULL,
  password_hash text NOT NULL,
  -- The secret of the app that makes codes, sealed; empty for none. No code of this step of time or an earlier one is good any more.
  totp_sealed text NOT NULL,
  totp_used bigint NOT NULL,
  trust_roles text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'closed')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email_lookup)
);
--bun:split
-- A person in one service: the handle that peers see.
CREATE TABLE members (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
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
  own jsonb,
  joined_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, handle_key),
  UNIQUE (tenant_id, service_id, handle_skeleton),
  UNIQUE (tenant_id, account_id, service_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE TABLE sessions (
  tenant_id uuid NOT NULL,
  token_hash text NOT NULL,
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  device text NOT NULL,
  bearer boolean NOT NULL,
  -- Both factors have been shown, not the password alone.
  strong boolean NOT NULL,
  created_at timestamptz NOT NULL,
  proved_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
--bun:split
CREATE INDEX sessions_by_seen ON sessions (tenant_id, seen_at);
--bun:split
-- Failures lately, by account or by address. A row heals with time, so nobody is locked out for good.
CREATE TABLE throttles (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  subject text NOT NULL,
  failures double precision NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, subject)
);
--bun:split
-- What a command answered, by the key that its form or client sent: the second click gets the first answer.
CREATE TABLE receipts (
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL,
  once_key text NOT NULL,
  command text NOT NULL,
  location text NOT NULL,
  answer text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id, once_key),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX receipts_by_age ON receipts (tenant_id, created_at);
--bun:split
-- What a trust changed of the default policy. Service is an id or *.
CREATE TABLE policy_rules (
  tenant_id uuid NOT NULL REFERENCES trusts (id),
  id uuid NOT NULL,
  role text NOT NULL,
  service text NOT NULL,
  object text NOT NULL,
  action text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('allow', 'deny')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
--bun:split
CREATE TABLE service_modules (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  module text NOT NULL,
  enabled boolean NOT NULL,
  settings jsonb NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant_id, service_id, module),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
--bun:split
CREATE TABLE module_changes (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  module text NOT NULL,
  account_id uuid NOT NULL,
  changed_by text NOT NULL,
  was_enabled boolean NOT NULL,
  now_enabled boolean NOT NULL,
  was_settings jsonb NOT NULL,
  now_settings jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX module_changes_by_service ON module_changes (tenant_id, service_id, changed_at);
--bun:split
GRANT SELECT, INSERT, UPDATE ON trusts TO sharon_app;
--bun:split
SELECT sharon_protect('services'),
  sharon_protect('accounts'),
  sharon_protect('members'),
  sharon_protect('sessions'),
  sharon_protect('throttles'),
  sharon_protect('receipts'),
  sharon_protect('policy_rules'),
  sharon_protect('service_modules'),
  sharon_protect('module_changes');
