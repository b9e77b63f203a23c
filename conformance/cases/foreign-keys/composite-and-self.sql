-- tread-conformance/1
-- Composite keys, keys to the same table, keys between schemas, keys to and from partitioned tables, cycles.
--: setup
CREATE SCHEMA billing;
CREATE TABLE tenant (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE billing.account (tenant_id integer NOT NULL, number integer NOT NULL, owner integer, PRIMARY KEY (tenant_id, number));
CREATE TABLE billing."Invoice" (id bigint PRIMARY KEY, tenant_id integer NOT NULL, account_number integer, replaces bigint);
CREATE TABLE employee (id bigint PRIMARY KEY, boss bigint CONSTRAINT employee_boss REFERENCES employee, deputy bigint);
CREATE TABLE measure (id bigint, day date NOT NULL, sensor integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE measure_old PARTITION OF measure FOR VALUES FROM ('2020-01-01') TO ('2024-01-01') PARTITION BY RANGE (day);
CREATE TABLE measure_old_1 PARTITION OF measure_old FOR VALUES FROM ('2020-01-01') TO ('2022-06-01');
CREATE TABLE measure_old_2 PARTITION OF measure_old DEFAULT;
CREATE TABLE measure_new PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2030-01-01');
CREATE TABLE alarm (id bigint PRIMARY KEY, measure_id bigint, measured date);
CREATE TABLE empty_one (id bigint PRIMARY KEY, tenant_id integer);
INSERT INTO tenant SELECT g, 't' || g FROM generate_series(1, 300) g;
INSERT INTO billing.account SELECT g, g, g FROM generate_series(1, 300) g;
INSERT INTO billing."Invoice" SELECT g, g, g, NULL FROM generate_series(1, 300) g;
INSERT INTO employee SELECT g, NULL, 1 FROM generate_series(1, 300) g;
INSERT INTO measure SELECT g, date '2022-01-01' + g, 1 + g % 3 FROM generate_series(1, 300) g;
INSERT INTO measure SELECT g, date '2025-01-01' + g, 1 + g % 3 FROM generate_series(1, 300) g;
INSERT INTO alarm SELECT g, g, date '2022-01-01' + g FROM generate_series(1, 300) g;

--: case composite
ALTER TABLE billing."Invoice" ADD CONSTRAINT "Invoice account" FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account;
--: case composite, columns named
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (account_number, tenant_id) REFERENCES billing.account (number, tenant_id);
--: case composite, match full
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account MATCH FULL;
--: case composite, match partial
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account MATCH PARTIAL;
--: case composite, too few columns
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (tenant_id) REFERENCES billing.account;
--: case composite, not a key
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account (tenant_id, owner);
--: case composite, not valid
ALTER TABLE billing."Invoice" ADD CONSTRAINT later FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account NOT VALID;
--: case composite, not valid and validated
ALTER TABLE billing."Invoice" ADD CONSTRAINT later FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account NOT VALID;
ALTER TABLE billing."Invoice" VALIDATE CONSTRAINT later;
--: case across schemas
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant ON DELETE CASCADE;
--: case to a unique column that is no primary key
ALTER TABLE empty_one ADD COLUMN tenant_code text REFERENCES tenant (code);
--: case from an empty table
ALTER TABLE empty_one ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
--: case to itself
ALTER TABLE employee ADD FOREIGN KEY (deputy) REFERENCES employee;
--: case to itself, not valid
ALTER TABLE employee ADD FOREIGN KEY (deputy) REFERENCES employee NOT VALID;
--: case to itself, in the quoted table
ALTER TABLE billing."Invoice" ADD CONSTRAINT "Replaces" FOREIGN KEY (replaces) REFERENCES billing."Invoice" DEFERRABLE;
--: case the key to itself dropped
ALTER TABLE employee DROP CONSTRAINT employee_boss;
--: case the column with the key to itself dropped
ALTER TABLE employee DROP COLUMN boss;
--: case the table that refers to itself dropped
DROP TABLE employee;
--: case the table that refers to itself truncated
TRUNCATE employee;
--: case two keys at once
ALTER TABLE billing."Invoice" ADD FOREIGN KEY (tenant_id, account_number) REFERENCES billing.account, ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
--: case a key and a new column in one statement
ALTER TABLE alarm ADD COLUMN tenant_id integer, ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
--: case a key on a column that is added with it
ALTER TABLE alarm ADD COLUMN tenant_id integer CONSTRAINT alarm_tenant REFERENCES tenant, ADD COLUMN note text;
--: case to a partitioned table
ALTER TABLE alarm ADD FOREIGN KEY (measure_id, measured) REFERENCES measure;
--: case to a partitioned table, not valid
ALTER TABLE alarm ADD FOREIGN KEY (measure_id, measured) REFERENCES measure NOT VALID;
--: case from a partitioned table
ALTER TABLE measure ADD FOREIGN KEY (sensor) REFERENCES tenant;
--: case from a partitioned table, not valid
ALTER TABLE measure ADD FOREIGN KEY (sensor) REFERENCES tenant NOT VALID;
--: case from one partition
ALTER TABLE measure_new ADD FOREIGN KEY (id) REFERENCES employee;
--: case from a partition with partitions
ALTER TABLE measure_old ADD FOREIGN KEY (id) REFERENCES employee;
--: case to one partition
ALTER TABLE alarm ADD FOREIGN KEY (measure_id, measured) REFERENCES measure_new (id, day) NOT VALID;
--: case types that do not compare
ALTER TABLE alarm ADD FOREIGN KEY (measured) REFERENCES tenant (id);
--: case types that compare
ALTER TABLE employee ADD FOREIGN KEY (id) REFERENCES tenant (id);
--: case the referenced key dropped
ALTER TABLE employee DROP CONSTRAINT employee_pkey;
--: case the referenced key dropped with cascade
ALTER TABLE employee DROP CONSTRAINT employee_pkey CASCADE;
--: case the referenced table dropped
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
DROP TABLE tenant;
--: case the referenced table dropped with cascade
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
DROP TABLE tenant CASCADE;
--: case the referenced column changes type
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
ALTER TABLE tenant ALTER COLUMN id TYPE bigint;
--: case the referring column changes type
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
ALTER TABLE billing.account ALTER COLUMN tenant_id TYPE bigint;
--: case the referenced table truncated
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
TRUNCATE tenant;
--: case the referenced table truncated with cascade
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
TRUNCATE tenant CASCADE;
--: case the referenced table and the referring one truncated
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
TRUNCATE tenant, billing.account;
--: case a circle of keys
ALTER TABLE tenant ADD COLUMN account integer, ADD FOREIGN KEY (id, account) REFERENCES billing.account;
ALTER TABLE billing.account ADD FOREIGN KEY (tenant_id) REFERENCES tenant;
--: case the constraint deferred
ALTER TABLE employee ALTER CONSTRAINT employee_boss DEFERRABLE INITIALLY DEFERRED;
--: case the constraint renamed
ALTER TABLE employee RENAME CONSTRAINT employee_boss TO boss_exists;
--: case attach with the key in place
CREATE TABLE measure_next (id bigint NOT NULL, day date NOT NULL, sensor integer REFERENCES tenant, PRIMARY KEY (id, day));
ALTER TABLE measure ADD FOREIGN KEY (sensor) REFERENCES tenant NOT VALID;
--: case create a table that refers to two others
CREATE TABLE payment (id bigint PRIMARY KEY, invoice bigint REFERENCES billing."Invoice" ON DELETE CASCADE, tenant_id integer REFERENCES tenant);
--: case create a table that refers to itself and to one that is not there
CREATE TABLE payment (id bigint PRIMARY KEY, parent bigint REFERENCES payment, other bigint REFERENCES nowhere);
--: case create a table that refers to a table without a key
CREATE TABLE plain (id integer);
CREATE TABLE payment (plain_id integer REFERENCES plain);
