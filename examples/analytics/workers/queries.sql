-- What the ingestion workers (TypeScript) send. They are deployed on their own schedule.

-- name: find_person
SELECT p.id, p.uuid, p.properties FROM person p JOIN person_distinct_id d ON d.person_id = p.id WHERE d.team_id = $1 AND d.distinct_id = $2;

-- name: create_person
INSERT INTO person (team_id, uuid, name, properties, created_at) VALUES ($1, $2, $3, $4, now()) RETURNING id;

-- name: add_distinct_id
INSERT INTO person_distinct_id (team_id, person_id, distinct_id, version) VALUES ($1, $2, $3, 0) ON CONFLICT (team_id, distinct_id) DO NOTHING;

-- name: update_properties
UPDATE person SET properties = $1 WHERE id = $2;
