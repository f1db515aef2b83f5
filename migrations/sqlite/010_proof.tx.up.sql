-- What stands in for the app that makes codes on the day it is gone: ten hashes, each good once.
CREATE TABLE recovery_codes (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  code_hash text NOT NULL,
  PRIMARY KEY (tenant_id, account_id, code_hash),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) WITHOUT ROWID;
--bun:split
-- Keys that a device or a safe keeps for an account (WebAuthn). A key belongs to the host that it was made at.
CREATE TABLE passkeys (
  tenant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  host text NOT NULL,
  credential_id text NOT NULL,
  credential text NOT NULL,
  name text NOT NULL,
  created_at timestamp NOT NULL,
  used_at timestamp,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, credential_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX passkeys_by_account ON passkeys (tenant_id, account_id);
--bun:split
-- What was asked of a passkey or of another sign-in and waits for its answer, which counts once.
CREATE TABLE ceremonies (
  tenant_id text NOT NULL REFERENCES trusts (id),
  ask_hash text NOT NULL,
  kind text NOT NULL,
  sealed text NOT NULL,
  ends_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, ask_hash)
) WITHOUT ROWID;
--bun:split
CREATE INDEX ceremonies_by_end ON ceremonies (tenant_id, ends_at);
--bun:split
-- Other places where a trust's staff can sign in (OpenID Connect). The secret is a password or a private key.
CREATE TABLE providers (
  tenant_id text NOT NULL REFERENCES trusts (id),
  id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  issuer text NOT NULL,
  client_id text NOT NULL,
  secret_sealed text NOT NULL,
  key_id text NOT NULL,
  levels text NOT NULL,
  created_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
--bun:split
-- Whose account it is when a provider says that somebody is subject.
CREATE TABLE provider_accounts (
  tenant_id text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  account_id text NOT NULL,
  linked_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, issuer, subject),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX provider_accounts_by_account ON provider_accounts (tenant_id, account_id);
--bun:split
CREATE TABLE platform_recovery_codes (
  staff_id text NOT NULL REFERENCES platform_staff (id),
  code_hash text NOT NULL,
  PRIMARY KEY (staff_id, code_hash)
) WITHOUT ROWID;
