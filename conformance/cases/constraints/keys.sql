-- tread-conformance/1
-- Primary keys, UNIQUE and EXCLUDE: the index that is built, and the NOT NULLs on the way.
--: setup
CREATE EXTENSION btree_gist;
CREATE TABLE booking (id bigint NOT NULL, room integer, code text, slot tsrange, day date NOT NULL, stay daterange NOT NULL);
INSERT INTO booking SELECT g, g, 'c' || g, tsrange(timestamp '2000-01-01' + g * interval '1 hour', timestamp '2000-01-01' + (g + 1) * interval '1 hour'), date '2000-01-01' + g,
  daterange(date '2000-01-01' + g, date '2000-01-02' + g) FROM generate_series(1, 300) g;
CREATE UNIQUE INDEX booking_id ON booking (id);
CREATE UNIQUE INDEX booking_room ON booking (room);
CREATE UNIQUE INDEX booking_code_part ON booking (code) WHERE room > 0;
CREATE UNIQUE INDEX booking_lower ON booking (lower(code));
CREATE INDEX booking_day ON booking (day);
CREATE UNIQUE INDEX booking_desc ON booking (day DESC);
CREATE UNIQUE INDEX booking_two ON booking (room, day);
CREATE TABLE keyed (id integer PRIMARY KEY, other integer UNIQUE, n integer NOT NULL);
INSERT INTO keyed SELECT g, g, g FROM generate_series(1, 100) g;
CREATE TABLE child (id integer PRIMARY KEY, keyed_id integer REFERENCES keyed, other integer REFERENCES keyed (other));
INSERT INTO child SELECT g, g, g FROM generate_series(1, 100) g;
CREATE TABLE proven (id integer CONSTRAINT id_there CHECK (id IS NOT NULL), note text);
INSERT INTO proven SELECT g, 'n' FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX proven_id ON proven (id);
CREATE TABLE empty_one (id integer, note text);
--: case primary-key
ALTER TABLE booking ADD PRIMARY KEY (id);
--: case primary-key-on-nullable-column
ALTER TABLE booking ADD PRIMARY KEY (room);
--: case primary-key-of-two-one-nullable
ALTER TABLE booking ADD PRIMARY KEY (id, room);
--: case primary-key-on-proven-column
ALTER TABLE proven ADD PRIMARY KEY (id);
--: case primary-key-on-empty-table
ALTER TABLE empty_one ADD PRIMARY KEY (id);
--: case primary-key-using-index
ALTER TABLE booking ADD CONSTRAINT booking_pk PRIMARY KEY USING INDEX booking_id;
--: case primary-key-using-index-unnamed
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_id;
--: case primary-key-using-index-nullable
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_room;
--: case primary-key-using-index-proven
ALTER TABLE proven ADD PRIMARY KEY USING INDEX proven_id;
--: case primary-key-using-index-of-two-one-nullable
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_two;
--: case primary-key-using-missing-index
ALTER TABLE booking ADD PRIMARY KEY USING INDEX nothing;
--: case primary-key-using-partial-index
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_code_part;
--: case primary-key-using-expression-index
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_lower;
--: case primary-key-using-plain-index
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_day;
--: case primary-key-using-descending-index
ALTER TABLE booking ADD PRIMARY KEY USING INDEX booking_desc;
--: case primary-key-using-index-of-another-table
ALTER TABLE booking ADD PRIMARY KEY USING INDEX proven_id;
--: case primary-key-using-index-of-a-constraint
ALTER TABLE keyed DROP CONSTRAINT keyed_pkey CASCADE, ADD PRIMARY KEY USING INDEX keyed_other_key;
--: case second-primary-key
ALTER TABLE keyed ADD PRIMARY KEY (n);
--: case primary-key-on-missing-column
ALTER TABLE booking ADD PRIMARY KEY (nothing);
--: case primary-key-column-twice
ALTER TABLE booking ADD PRIMARY KEY (id, id);
--: case primary-key-include
ALTER TABLE booking ADD PRIMARY KEY (id) INCLUDE (code);
--: case primary-key-with-storage-parameters
ALTER TABLE booking ADD CONSTRAINT pk PRIMARY KEY (id) WITH (fillfactor = 70) USING INDEX TABLESPACE pg_default;
--: case primary-key-without-overlaps @18+
ALTER TABLE booking ADD CONSTRAINT pk PRIMARY KEY (id, stay WITHOUT OVERLAPS);
--: case primary-key-without-overlaps-before-18 @13-17
ALTER TABLE booking ADD CONSTRAINT pk PRIMARY KEY (id, stay WITHOUT OVERLAPS);
--: case unique-without-overlaps @18+
ALTER TABLE booking ADD CONSTRAINT u UNIQUE (room, slot WITHOUT OVERLAPS);
--: case without-overlaps-on-plain-column @18+
ALTER TABLE booking ADD CONSTRAINT u UNIQUE (room, day WITHOUT OVERLAPS);
--: case unique
ALTER TABLE booking ADD UNIQUE (code);
--: case unique-named
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE (code);
--: case unique-deferrable
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE (code) DEFERRABLE INITIALLY DEFERRED;
--: case unique-nulls-not-distinct @15+
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code);
--: case unique-nulls-not-distinct-before-15 @13-14
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code);
--: case unique-include
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE (code) INCLUDE (room);
--: case unique-using-index
ALTER TABLE booking ADD CONSTRAINT one_room UNIQUE USING INDEX booking_room;
--: case unique-using-partial-index
ALTER TABLE booking ADD CONSTRAINT one_code UNIQUE USING INDEX booking_code_part;
--: case unique-deferrable-using-index
ALTER TABLE booking ADD CONSTRAINT one_room UNIQUE USING INDEX booking_room DEFERRABLE;
--: case unique-name-of-another-relation
ALTER TABLE booking ADD CONSTRAINT keyed UNIQUE (code);
--: case unique-name-of-own-index
ALTER TABLE booking ADD CONSTRAINT booking_day UNIQUE (code);
--: case unique-on-missing-column
ALTER TABLE booking ADD UNIQUE (nothing);
--: case unique-on-empty-table
ALTER TABLE empty_one ADD UNIQUE (note);
--: case exclusion
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, slot WITH &&);
--: case exclusion-unnamed
ALTER TABLE booking ADD EXCLUDE USING gist (slot WITH &&);
--: case exclusion-partial
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (slot WITH &&) WHERE (room > 0);
--: case exclusion-expression
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (tsrange(lower(slot), upper(slot)) WITH &&);
--: case drop-primary-key
ALTER TABLE proven ADD PRIMARY KEY (id);
ALTER TABLE proven DROP CONSTRAINT proven_pkey;
--: case drop-primary-key-that-is-referenced
ALTER TABLE keyed DROP CONSTRAINT keyed_pkey;
--: case drop-primary-key-that-is-referenced-cascade
ALTER TABLE keyed DROP CONSTRAINT keyed_pkey CASCADE;
--: case drop-unique-that-is-referenced
ALTER TABLE keyed DROP CONSTRAINT keyed_other_key;
--: case drop-exclusion
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (slot WITH &&);
ALTER TABLE booking DROP CONSTRAINT no_overlap;
--: case alter-unique-deferrable
ALTER TABLE keyed ALTER CONSTRAINT keyed_other_key DEFERRABLE;
--: case rename-primary-key
ALTER TABLE keyed RENAME CONSTRAINT keyed_pkey TO keyed_pk;
--: case rename-to-name-of-a-relation
ALTER TABLE keyed RENAME CONSTRAINT keyed_pkey TO booking;
--: case not-null-then-primary-key-in-one
ALTER TABLE booking ALTER COLUMN room SET NOT NULL, ADD PRIMARY KEY (room);
--: case primary-key-over-not-valid-not-null @18+
ALTER TABLE booking ADD CONSTRAINT r NOT NULL room NOT VALID;
ALTER TABLE booking ADD PRIMARY KEY (room);
--: case replace-primary-key-as-manual-shows
ALTER TABLE proven ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX proven_new ON proven (id);
ALTER TABLE proven DROP CONSTRAINT proven_pkey, ADD CONSTRAINT proven_pkey PRIMARY KEY USING INDEX proven_new;
