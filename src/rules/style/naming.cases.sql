-- case: a capital letter and a reserved word
-- page: bad
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, "paidAt" timestamptz, "user" text); -- expect: naming@info

-- case: snake_case
-- page: good
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, paid_at timestamptz, customer text);
CREATE INDEX invoice_paid_at_idx ON invoice (paid_at);
