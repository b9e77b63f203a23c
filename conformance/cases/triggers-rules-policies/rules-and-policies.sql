-- tread-conformance/1
-- A clinic. Row security hides rows, rules rewrite statements; both need the table to themselves.
--: setup
CREATE TABLE patient (id int PRIMARY KEY, name text, doctor text);
CREATE TABLE visit (id int PRIMARY KEY, patient int REFERENCES patient (id));
CREATE VIEW patients AS SELECT id, name FROM patient;
CREATE POLICY own ON patient USING (doctor = current_user);
CREATE RULE keep AS ON DELETE TO visit DO INSTEAD NOTHING;
INSERT INTO patient SELECT g, 'x', 'y' FROM generate_series(1, 200) g;
INSERT INTO visit SELECT g, g FROM generate_series(1, 200) g;
--: case create a policy
CREATE POLICY mine ON visit FOR SELECT TO PUBLIC USING (true);
--: case create a policy that exists
CREATE POLICY own ON patient USING (true);
--: case create a policy on a missing column
CREATE POLICY mine ON visit USING (doctor = 'x');
--: case create a policy on a view
CREATE POLICY mine ON patients USING (true);
--: case create a policy that reads another table
CREATE POLICY mine ON visit USING (EXISTS (SELECT 1 FROM patient p WHERE p.id = visit.patient));
--: case alter a policy
ALTER POLICY own ON patient USING (doctor = session_user);
--: case alter a policy that reads another table
ALTER POLICY own ON patient USING (EXISTS (SELECT 1 FROM visit v WHERE v.patient = patient.id));
--: case alter a policy that does not exist
ALTER POLICY nothing_here ON patient USING (true);
--: case rename a policy
ALTER POLICY own ON patient RENAME TO theirs;
--: case rename a policy that does not exist
ALTER POLICY nothing_here ON patient RENAME TO theirs;
--: case drop a policy
DROP POLICY own ON patient;
--: case drop a policy that does not exist
DROP POLICY nothing_here ON patient;
--: case drop a policy if exists
DROP POLICY IF EXISTS nothing_here ON patient;
--: case drop a policy on a table that does not exist
DROP POLICY IF EXISTS nothing_here ON nothing_there;
--: case enable row security
ALTER TABLE patient ENABLE ROW LEVEL SECURITY;
--: case enable row security without a policy
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
--: case force row security
ALTER TABLE patient FORCE ROW LEVEL SECURITY;
--: case disable row security
ALTER TABLE patient DISABLE ROW LEVEL SECURITY;
--: case no force row security
ALTER TABLE patient NO FORCE ROW LEVEL SECURITY;
--: case comment on a policy
COMMENT ON POLICY own ON patient IS 'doctors see their own';
--: case create a rule
CREATE RULE quiet AS ON UPDATE TO patient WHERE OLD.name = NEW.name DO INSTEAD NOTHING;
--: case create a rule that writes elsewhere
CREATE RULE log AS ON INSERT TO patient DO ALSO INSERT INTO visit VALUES (NEW.id, NEW.id);
--: case create a rule that exists
CREATE RULE keep AS ON DELETE TO visit DO INSTEAD NOTHING;
--: case replace a rule
CREATE OR REPLACE RULE keep AS ON DELETE TO visit DO INSTEAD NOTHING;
--: case create a rule on a view
CREATE RULE through AS ON DELETE TO patients DO INSTEAD DELETE FROM patient WHERE id = OLD.id;
--: case rename a rule
ALTER RULE keep ON visit RENAME TO hold;
--: case rename a rule that does not exist
ALTER RULE nothing_here ON visit RENAME TO hold;
--: case drop a rule
DROP RULE keep ON visit;
--: case drop a rule that does not exist
DROP RULE nothing_here ON visit;
--: case drop a rule if exists
DROP RULE IF EXISTS nothing_here ON visit;
--: case disable a rule
ALTER TABLE visit DISABLE RULE keep;
--: case enable a rule
ALTER TABLE visit ENABLE RULE keep;
--: case enable a rule always
ALTER TABLE visit ENABLE ALWAYS RULE keep;
--: case comment on a rule
COMMENT ON RULE keep ON visit IS 'visits stay';
