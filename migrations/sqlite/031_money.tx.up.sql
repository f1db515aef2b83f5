-- What SHaRON costs, as it was from a day on. The last version is the one in force.
CREATE TABLE platform_price_books (
  version integer NOT NULL PRIMARY KEY,
  book text NOT NULL,
  -- Null for what the software came with.
  changed_by text REFERENCES platform_staff (id),
  changed_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
-- Who pays for a trust. What is sealed is of people at work there.
CREATE TABLE platform_payers (
  trust_id text NOT NULL PRIMARY KEY REFERENCES trusts (id),
  way text NOT NULL CHECK (way IN ('stripe', 'hand')),
  billing_sealed text NOT NULL,
  -- Empty until Stripe knows them.
  stripe_id text NOT NULL,
  version integer NOT NULL,
  changed_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
-- A quote for one or more services of a trust, and what came of it. Days are 2026-11-20.
CREATE TABLE platform_deals (
  id text NOT NULL PRIMARY KEY,
  trust_id text NOT NULL REFERENCES trusts (id),
  number text NOT NULL UNIQUE,
  lines text NOT NULL,
  -- VAT in hundredths of a percent.
  vat integer NOT NULL,
  due_days integer NOT NULL,
  valid_until text NOT NULL,
  sent_on text NOT NULL,
  order_number text NOT NULL,
  ordered_on text NOT NULL,
  withdrawn_at timestamp,
  subscription_id text NOT NULL,
  subscription_state text NOT NULL,
  subscription_told bigint NOT NULL,
  made_by text REFERENCES platform_staff (id),
  made_at timestamp NOT NULL,
  version integer NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_deals_by_trust ON platform_deals (trust_id, made_at);
--bun:split
CREATE UNIQUE INDEX platform_deals_subscription ON platform_deals (subscription_id) WHERE subscription_id <> '';
--bun:split
-- An invoice, by Stripe or noted by hand. Amounts are pence with VAT.
CREATE TABLE platform_invoices (
  id text NOT NULL PRIMARY KEY,
  trust_id text NOT NULL REFERENCES trusts (id),
  deal_id text NOT NULL REFERENCES platform_deals (id),
  way text NOT NULL CHECK (way IN ('stripe', 'hand')),
  number text NOT NULL,
  stripe_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'draft', 'open', 'paid', 'void', 'uncollectible')),
  pence bigint NOT NULL,
  paid bigint NOT NULL,
  credited bigint NOT NULL,
  owed bigint NOT NULL,
  issued_on text NOT NULL,
  due_on text NOT NULL,
  paid_on text NOT NULL,
  link text NOT NULL,
  -- Until when Stripe has told us of it, in seconds by its clock.
  told bigint NOT NULL,
  made_by text REFERENCES platform_staff (id),
  made_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_invoices_by_deal ON platform_invoices (deal_id, made_at);
--bun:split
CREATE INDEX platform_invoices_by_trust ON platform_invoices (trust_id, made_at);
--bun:split
CREATE UNIQUE INDEX platform_invoices_stripe ON platform_invoices (stripe_id) WHERE stripe_id <> '';
--bun:split
CREATE UNIQUE INDEX platform_invoices_number ON platform_invoices (number) WHERE number <> '' AND way = 'hand';
--bun:split
-- A payment that somebody noted.
CREATE TABLE platform_payments (
  id text NOT NULL PRIMARY KEY,
  invoice_id text NOT NULL REFERENCES platform_invoices (id),
  pence bigint NOT NULL,
  paid_on text NOT NULL,
  reference text NOT NULL,
  noted_by text REFERENCES platform_staff (id),
  noted_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_payments_by_invoice ON platform_payments (invoice_id, noted_at);
--bun:split
CREATE TABLE platform_credit_notes (
  id text NOT NULL PRIMARY KEY,
  invoice_id text NOT NULL REFERENCES platform_invoices (id),
  number text NOT NULL,
  stripe_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'issued', 'void')),
  pence bigint NOT NULL,
  reason text NOT NULL,
  told bigint NOT NULL,
  made_by text REFERENCES platform_staff (id),
  made_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_credit_notes_by_invoice ON platform_credit_notes (invoice_id, made_at);
--bun:split
CREATE UNIQUE INDEX platform_credit_notes_stripe ON platform_credit_notes (stripe_id) WHERE stripe_id <> '';
--bun:split
-- What Stripe is still to be asked for, and was. The id is the beginning of each idempotency key.
CREATE TABLE platform_stripe_calls (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  trust_id text NOT NULL REFERENCES trusts (id),
  deal_id text NOT NULL REFERENCES platform_deals (id),
  subject_id text NOT NULL,
  tries integer NOT NULL,
  -- Counts answers after which the same key would only get the same answer.
  turn integer NOT NULL,
  problem text NOT NULL,
  due_at timestamp NOT NULL,
  done_at timestamp,
  -- Trying again would not help: it waits for a person.
  stopped_at timestamp,
  made_at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_stripe_calls_open ON platform_stripe_calls (due_at) WHERE done_at IS NULL;
--bun:split
CREATE INDEX platform_stripe_calls_by_deal ON platform_stripe_calls (deal_id, made_at);
--bun:split
-- What Stripe told us, once each. The words are what we need of it and no more.
CREATE TABLE platform_stripe_events (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  told text NOT NULL,
  came_at timestamp NOT NULL,
  -- Null while it is about something that we do not know yet.
  done_at timestamp
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_stripe_events_open ON platform_stripe_events (came_at) WHERE done_at IS NULL;
--bun:split
-- Single facts by name: numbers that were given out, what Stripe calls a tax rate, when something was done last.
CREATE TABLE platform_money_facts (
  name text NOT NULL PRIMARY KEY,
  number bigint NOT NULL,
  words text NOT NULL,
  at timestamp NOT NULL
) WITHOUT ROWID;
--bun:split
-- What the onboarding programme of a service was told last.
CREATE TABLE platform_money_told (
  trust_id text NOT NULL REFERENCES trusts (id),
  service_id text NOT NULL,
  stage text NOT NULL,
  pence bigint NOT NULL,
  told_at timestamp NOT NULL,
  PRIMARY KEY (trust_id, service_id)
) WITHOUT ROWID;
--bun:split
-- What was done about money. Nothing of it is ever changed.
CREATE TABLE platform_money_log (
  id text NOT NULL PRIMARY KEY,
  at timestamp NOT NULL,
  -- Null for what Stripe told and what the clock brought.
  staff_id text REFERENCES platform_staff (id),
  trust_id text NOT NULL REFERENCES trusts (id),
  deal_id text REFERENCES platform_deals (id),
  action text NOT NULL,
  words text NOT NULL
) WITHOUT ROWID;
--bun:split
CREATE INDEX platform_money_log_by_trust ON platform_money_log (trust_id, id);
--bun:split
CREATE TRIGGER platform_money_log_stays BEFORE UPDATE ON platform_money_log BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
--bun:split
CREATE TRIGGER platform_money_log_keeps BEFORE DELETE ON platform_money_log BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
