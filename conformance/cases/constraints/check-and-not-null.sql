-- tread-conformance/1
-- CHECK and NOT NULL: what is read, what is proven already, NOT VALID, VALIDATE, and 18's NOT NULL constraints.
--: setup
CREATE TABLE person (
  id bigint PRIMARY KEY,
  email text,
  age integer,
  born date,
  city text,
  "Zip Code" text,
  score integer NOT NULL,
  CONSTRAINT email_there CHECK (email IS NOT NULL),
  CONSTRAINT age_and_more CHECK (age IS NOT NULL AND age > 0),
  CONSTRAINT zip_there CHECK ("Zip Code" IS NOT NULL),
  CONSTRAINT city_or_born CHECK (city IS NOT NULL OR born IS NOT NULL)
);
INSERT INTO person SELECT g, g || '@example.org', g, '2000-01-01', 'Oslo', '0150', g FROM generate_series(1, 400) g;
ALTER TABLE person ADD CONSTRAINT born_there CHECK (born IS NOT NULL) NOT VALID;
ALTER TABLE person ADD CONSTRAINT score_positive CHECK (score > 0);
CREATE TABLE empty_one (id integer, note text);
CREATE FUNCTION is_mail(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 LIKE '%@%' $$;
--: case check
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000);
--: case check-unnamed
ALTER TABLE person ADD CHECK (age < 1000);
--: case check-not-valid
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000) NOT VALID;
--: case check-not-enforced @18+
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000) NOT ENFORCED;
--: case check-not-enforced-before-18 @13-17
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000) NOT ENFORCED;
--: case check-no-inherit
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000) NO INHERIT;
--: case check-with-user-function
ALTER TABLE person ADD CONSTRAINT mail CHECK (is_mail(email));
--: case check-on-empty-table
ALTER TABLE empty_one ADD CHECK (id > 0);
--: case check-on-missing-column
ALTER TABLE person ADD CHECK (height > 0);
--: case check-name-taken
ALTER TABLE person ADD CONSTRAINT score_positive CHECK (score > 1);
--: case check-that-is-always-true
ALTER TABLE person ADD CHECK (true);
--: case check-with-subquery
ALTER TABLE person ADD CHECK (age < (SELECT 5));
--: case validate-check
ALTER TABLE person VALIDATE CONSTRAINT born_there;
--: case validate-what-is-valid-already
ALTER TABLE person VALIDATE CONSTRAINT score_positive;
--: case validate-missing
ALTER TABLE person VALIDATE CONSTRAINT nothing;
--: case validate-primary-key
ALTER TABLE person VALIDATE CONSTRAINT person_pkey;
--: case validate-not-enforced @18+
ALTER TABLE person ADD CONSTRAINT age_small CHECK (age < 1000) NOT ENFORCED;
ALTER TABLE person VALIDATE CONSTRAINT age_small;
--: case drop-check
ALTER TABLE person DROP CONSTRAINT score_positive;
--: case drop-missing
ALTER TABLE person DROP CONSTRAINT nothing;
--: case set-not-null
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-again
ALTER TABLE person ALTER COLUMN score SET NOT NULL;
--: case set-not-null-on-primary-key
ALTER TABLE person ALTER COLUMN id SET NOT NULL;
--: case set-not-null-proven
ALTER TABLE person ALTER COLUMN email SET NOT NULL;
--: case set-not-null-proven-by-one-of-two
ALTER TABLE person ALTER COLUMN age SET NOT NULL;
--: case set-not-null-proven-quoted-column
ALTER TABLE person ALTER COLUMN "Zip Code" SET NOT NULL;
--: case set-not-null-check-not-valid-proves-nothing
ALTER TABLE person ALTER COLUMN born SET NOT NULL;
--: case set-not-null-check-validated-just-before
ALTER TABLE person VALIDATE CONSTRAINT born_there;
ALTER TABLE person ALTER COLUMN born SET NOT NULL;
--: case set-not-null-or-proves-nothing
ALTER TABLE person DROP CONSTRAINT born_there;
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-on-empty-table
ALTER TABLE empty_one ALTER COLUMN note SET NOT NULL;
--: case set-not-null-missing-column
ALTER TABLE person ALTER COLUMN nothing SET NOT NULL;
--: case set-not-null-proven-by-two-checks
ALTER TABLE person ADD CONSTRAINT a CHECK (city IS NOT NULL), ADD CONSTRAINT b CHECK (born IS NOT NULL);
ALTER TABLE person ALTER COLUMN city SET NOT NULL, ALTER COLUMN born SET NOT NULL;
--: case set-not-null-proven-in-and-of-three
ALTER TABLE person ADD CONSTRAINT a CHECK ((city IS NOT NULL) AND (city <> '') AND length(city) < 50);
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-written-not-null-is-not
ALTER TABLE person ADD CONSTRAINT a CHECK (NOT (city IS NULL));
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-num-nulls
ALTER TABLE person ADD CONSTRAINT a CHECK (num_nulls(city) = 0);
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-is-distinct-from-null
ALTER TABLE person ADD CONSTRAINT a CHECK (city IS DISTINCT FROM NULL);
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-coalesce-proves-nothing
ALTER TABLE person ADD CONSTRAINT a CHECK (coalesce(city, '') <> '');
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-comparison-proves-nothing
ALTER TABLE person ADD CONSTRAINT a CHECK (city <> '');
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-check-not-enforced-proves-nothing @18+
ALTER TABLE person ADD CONSTRAINT a CHECK (city IS NOT NULL) NOT ENFORCED;
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case set-not-null-proven-after-rename
ALTER TABLE person RENAME COLUMN email TO mail;
ALTER TABLE person ALTER COLUMN mail SET NOT NULL;
--: case set-not-null-with-check-added-in-same-statement
ALTER TABLE person ADD CONSTRAINT a CHECK (city IS NOT NULL), ALTER COLUMN city SET NOT NULL;
--: case drop-not-null
ALTER TABLE person ALTER COLUMN score DROP NOT NULL;
--: case drop-not-null-where-there-is-none
ALTER TABLE person ALTER COLUMN city DROP NOT NULL;
--: case drop-not-null-in-primary-key
ALTER TABLE person ALTER COLUMN id DROP NOT NULL;
--: case add-not-null-constraint @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city;
--: case add-not-null-constraint-before-18 @13-17
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city;
--: case add-not-null-unnamed @18+
ALTER TABLE person ADD NOT NULL city;
--: case add-not-null-not-valid @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city NOT VALID;
--: case add-not-null-proven @18+
ALTER TABLE person ADD CONSTRAINT mail_there NOT NULL email;
--: case add-not-null-where-there-is-one @18+
ALTER TABLE person ADD CONSTRAINT score_there NOT NULL score;
--: case add-not-null-no-inherit @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city NO INHERIT;
--: case validate-not-null @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT city_there;
--: case set-not-null-over-not-valid @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city NOT VALID;
ALTER TABLE person ALTER COLUMN city SET NOT NULL;
--: case drop-not-null-constraint-by-name @18+
ALTER TABLE person DROP CONSTRAINT person_score_not_null;
--: case drop-not-null-constraint-of-primary-key @18+
ALTER TABLE person DROP CONSTRAINT person_id_not_null;
--: case rename-not-null-constraint @18+
ALTER TABLE person RENAME CONSTRAINT person_score_not_null TO score_there;
--: case alter-not-null-inherit @18+
ALTER TABLE person ADD CONSTRAINT city_there NOT NULL city NO INHERIT;
ALTER TABLE person ALTER CONSTRAINT city_there INHERIT;
--: case alter-not-null-no-inherit @18+
ALTER TABLE person ALTER CONSTRAINT person_score_not_null NO INHERIT;
--: case alter-check-constraint-deferrable
ALTER TABLE person ALTER CONSTRAINT score_positive DEFERRABLE;
--: case alter-check-constraint-not-enforced @18+
ALTER TABLE person ALTER CONSTRAINT score_positive NOT ENFORCED;
--: case alter-missing-constraint
ALTER TABLE person ALTER CONSTRAINT nothing DEFERRABLE;
--: case check-then-validate-in-one-statement
ALTER TABLE person ADD CONSTRAINT a CHECK (city <> '') NOT VALID, VALIDATE CONSTRAINT a;
--: case rename-to-taken-name
ALTER TABLE person RENAME CONSTRAINT email_there TO age_and_more;
