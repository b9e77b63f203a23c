import { expect, test } from "vitest";
import { loadGrammar } from "../parse/load.ts";
import { endingOf } from "./trigger-ending.ts";

const grammar = await loadGrammar();

test.each([
  ["BEGIN RETURN NULL; END", "null"],
  ["BEGIN RETURN null::record; END", "null"],
  ["BEGIN BEGIN RETURN NULL; END; END", "null"],
  ["BEGIN IF TG_OP = 'DELETE' THEN RETURN NULL; END IF; RETURN NULL; END", "null"],
  ["BEGIN NEW.name := trim(NEW.name); RETURN NEW; END", "new"],
  ["BEGIN IF NEW.name IS NULL THEN RAISE EXCEPTION 'no name'; END IF; RETURN NEW; END", "new"],
  ["BEGIN RAISE NOTICE 'seen'; RETURN OLD; END", "old"],
  ["BEGIN RAISE EXCEPTION 'archived'; END", "raises"],
  ["BEGIN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'archived'; RETURN NEW; END", "raises"],
  ["BEGIN NEW.name := trim(NEW.name); END", "unfinished"],
])("%s always ends with %s", (body, ending) => {
  expect(endingOf(body, grammar)).toBe(ending);
});

test.each([
  "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END",
  "DECLARE r record; BEGIN RETURN r; END",
  "BEGIN BEGIN RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; RETURN NEW; END",
  "BEGIN IF NEW.a THEN RETURN NEW; END IF; RAISE EXCEPTION 'x'; END",
  "BEGIN IF NEW.a THEN RETURN NEW; ELSE RETURN OLD; END IF; END",
  "this is no PL/pgSQL",
])("nothing is said of %s", (body) => {
  expect(endingOf(body, grammar)).toBeUndefined();
});
