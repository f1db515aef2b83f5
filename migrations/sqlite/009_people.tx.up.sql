-- Somebody is asked to join a service. Who they are is sealed; the link that they got is signed and stands nowhere. Whoever
-- has joined, or will not, has a closed_at, and what was sealed of them is gone.
CREATE TABLE invitations (
  tenant_id text NOT NULL,
  service_id text NOT NULL,
  id text NOT NULL,
  role text NOT NULL,
  email_lookup text NOT NULL,
  email_sealed text NOT NULL,
  identity_sealed text NOT NULL,
  asks_birth boolean NOT NULL,
  sends integer NOT NULL,
  invited_by text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  sent_at timestamp,
  bounced_at timestamp,
  opened_at timestamp,
  accepted_at timestamp,
  revoked_at timestamp,
  closed_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, invited_by) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, service_id, email_lookup) WHERE closed_at IS NULL;
--bun:split
CREATE INDEX invitations_by_service ON invitations (tenant_id, service_id, created_at);
--bun:split
-- Who an account is: name, date of birth, NHS number and phone in one sealed text. The NHS number is found by its keyed hash.
CREATE TABLE identities (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  sealed text NOT NULL,
  nhs_lookup text NOT NULL,
  phone_verified_at timestamp,
  phone_refused_at timestamp,
  updated_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX identities_by_nhs ON identities (tenant_id, nhs_lookup) WHERE nhs_lookup <> '';
--bun:split
-- A number that somebody says is theirs, until they show it with a code. The code follows from the id and stands nowhere.
CREATE TABLE phone_codes (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  id text NOT NULL,
  sealed text NOT NULL,
  refused boolean NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
-- What a link in an email does, once and in time. The link is signed and stands nowhere. A reset
-- is noted whether or not the address has an account, so account_id may be null.
CREATE TABLE tickets (
  tenant_id text NOT NULL,
  id text NOT NULL,
  purpose text NOT NULL,
  email_lookup text NOT NULL,
  account_id text,
  sealed text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  used_at timestamp,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX tickets_by_account ON tickets (tenant_id, account_id, purpose);
--bun:split
CREATE INDEX tickets_by_age ON tickets (tenant_id, expires_at);
--bun:split
-- A member sees that somebody looked up who they are.
CREATE INDEX audit_log_of_identity ON audit_log (tenant_id, subject_id, at) WHERE action = 'identity.read';
