DROP TABLE platform_money_log;
--bun:split
DROP TABLE platform_money_told;
--bun:split
DROP TABLE platform_money_facts;
--bun:split
DROP TABLE platform_stripe_events;
--bun:split
DROP TABLE platform_stripe_calls;
--bun:split
DROP TABLE platform_credit_notes;
--bun:split
DROP TABLE platform_payments;
--bun:split
DROP TABLE platform_invoices;
--bun:split
DROP TABLE platform_deals;
--bun:split
DROP TABLE platform_payers;
--bun:split
DROP TABLE platform_price_books;
