-- What members are told: a row for each of them and each thing. about_id groups what is shown as one ("Fern and 3 others");
-- a notice of nobody's doing has the zero actor_id. No words: titles are looked up as the reader may see them.
CREATE TABLE notices (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  kind text NOT NULL,
  module text NOT NULL,
  subject_id uuid NOT NULL,
  about_id uuid NOT NULL,
  actor_id uuid NOT NULL,
  path text NOT NULL,
  in_app boolean NOT NULL,
  in_digest boolean NOT NULL,
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id, kind, about_id, subject_id, actor_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX notices_unread ON notices (tenant_id, member_id, about_id) WHERE read_at IS NULL;
--bun:split
-- What a member wants to hear of, where and when. choices holds what differs from the service's habits. Quiet hours are
-- minutes after midnight in London, both null for none; next_digest_at is null for no digest.
CREATE TABLE notification_settings (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  member_id uuid NOT NULL,
  choices jsonb NOT NULL,
  quiet_from integer,
  quiet_to integer,
  digest text NOT NULL CHECK (digest IN ('off', 'daily', 'weekly')),
  digest_day integer NOT NULL,
  digest_hour integer NOT NULL,
  next_digest_at timestamptz,
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX notification_settings_due ON notification_settings (tenant_id, service_id, next_digest_at) WHERE next_digest_at IS NOT NULL;
--bun:split
-- What goes out to a member, by email, to their browsers or to their phone. The id is what the receiver's side knows a repeat by.
CREATE TABLE deliveries (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  channel text NOT NULL,
  kind text NOT NULL,
  about_id uuid NOT NULL,
  path text NOT NULL,
  counts text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'bounced', 'dropped')),
  attempts integer NOT NULL,
  code text NOT NULL,
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  sent_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
--bun:split
CREATE INDEX deliveries_by_member ON deliveries (tenant_id, member_id, channel, due_at);
--bun:split
-- One call waits at a time, also when several workers tell of several things at once.
CREATE UNIQUE INDEX deliveries_waiting ON deliveries (tenant_id, member_id, channel) WHERE state = 'queued' AND kind NOT IN ('digest', 'safety_notice', 'page');
--bun:split
-- Browsers that show notices to an account. Where they are reached is sealed, and found by its hash.
CREATE TABLE push_devices (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  endpoint_hash text NOT NULL,
  sealed text NOT NULL,
  created_at timestamptz NOT NULL,
  reached_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, endpoint_hash),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
CREATE INDEX push_devices_by_account ON push_devices (tenant_id, account_id);
--bun:split
-- An address that refused an email. It counts as long as the account still has that address.
CREATE TABLE email_bounces (
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL,
  email_lookup text NOT NULL,
  code text NOT NULL,
  bounced_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
--bun:split
SELECT sharon_protect('notices'),
  sharon_protect('notification_settings'),
  sharon_protect('deliveries'),
  sharon_protect('push_devices'),
  sharon_protect('email_bounces');
