import { describe, expect, test } from "vitest";
import type { Change, ChangeBody } from "../change.ts";
import type { Column, Relation, SchemaState } from "../schema.ts";
import { wholeSpan } from "../../text/span.ts";
import { apply, chooseName, emptyState, makeObjectName } from "./index.ts";
import { PersistentMap } from "./persistent-map.ts";

const at = { span: wholeSpan("shop.sql", "") };
const origin = { migration: "0001_shop" };

function column(name: string): Column {
  const type = { name: "integer", modifiers: [], dimensions: 0 };
  return { name, type, notNull: false, default: null, identity: null, generated: null, collation: null, comment: null };
}

function table(name: string, columns: readonly string[]): Omit<Relation, "origin"> {
  return {
    name,
    kind: "table",
    columns: columns.map(column),
    constraints: [],
    indexes: [],
    triggers: [],
    partitionOf: null,
    partitionBound: null,
    inherits: [],
    unlogged: false,
    rowSecurity: false,
    reads: null,
    definition: null,
  };
}

function run(state: SchemaState, ...bodies: readonly ChangeBody[]): SchemaState {
  return bodies.map((body): Change => ({ ...body, ...at })).reduce((s, change) => apply(change, s, origin), state);
}

function create(name: string, columns: readonly string[]): ChangeBody {
  return { kind: "create-relation", relation: table(name, columns), ifNotExists: false, references: [], orReplace: false };
}

describe("versions of a schema", () => {
  test("an older version is untouched, and what did not change is the same object", () => {
    const before = run(emptyState(), create("public.customer", ["id"]), create("public.invoice", ["id"]));
    const after = run(before, {
      kind: "add-column",
      table: "public.customer",
      column: column("email"),
      ifNotExists: false,
      serial: false,
      constraints: [],
    });
    expect(before.relations.get("public.customer")?.columns.map((c) => c.name)).toEqual(["id"]);
    expect(after.relations.get("public.customer")?.columns.map((c) => c.name)).toEqual(["id", "email"]);
    expect(after.relations.get("public.invoice")).toBe(before.relations.get("public.invoice"));
    expect(after.types).toBe(before.types);
  });

  test("a change to something unknown leaves the schema as it is", () => {
    const state = emptyState();
    expect(run(state, { kind: "drop-column", table: "public.nobody", column: "a", ifExists: false, cascade: false }).relations.size).toBe(
      0,
    );
  });

  test("remembers which migration made a table, also after it was renamed", () => {
    const state = run(emptyState(), create("public.customer", ["id"]), {
      kind: "rename-relation",
      name: "public.customer",
      to: "client",
      ifExists: false,
    });
    expect(state.relations.get("public.client")?.origin).toEqual(origin);
  });

  test("500 migrations of 20 statements fold in well under a second, even on a busy machine", () => {
    const bodies: ChangeBody[] = [];
    for (let m = 0; m < 500; m++) {
      bodies.push(create(`public.t${m}`, ["id"]));
      for (let c = 0; c < 19; c++) {
        bodies.push({
          kind: "add-column",
          table: `public.t${m}`,
          column: column(`c${c}`),
          ifNotExists: false,
          serial: false,
          constraints: [],
        });
      }
    }
    const start = process.cpuUsage();
    const state = run(emptyState(), ...bodies);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(600);
    expect(state.relations.size).toBe(500);
  });
});

describe("a map with cheap versions", () => {
  test("behaves as a Map does, version by version", () => {
    let map = PersistentMap.empty<number>();
    const model = new Map<string, number>();
    let seed = 42;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
    for (let i = 0; i < 3000; i++) {
      const key = `public.table_${random(300)}`;
      if (random(3) === 0) {
        map = map.without(key);
        model.delete(key);
      } else {
        map = map.with(key, i);
        model.set(key, i);
      }
    }
    expect(map.size).toBe(model.size);
    expect([...map.keys()].sort()).toEqual([...model.keys()].sort());
    for (const [key, value] of model) expect(map.get(key)).toBe(value);
  });

  test("tells keys of the same hash apart", () => {
    // Pairs with one FNV-1a hash.
    const pairs = ["costarring", "liquid", "declinate", "macallums", "altarage", "zinke"];
    let map = PersistentMap.from(pairs.map((key) => [key, key.length] as const));
    for (const key of pairs) expect(map.get(key)).toBe(key.length);
    map = map.with("liquid", 99).without("costarring").without("zinke");
    expect([...map]).toEqual([
      ["liquid", 99],
      ["declinate", 9],
      ["macallums", 9],
      ["altarage", 8],
    ]);
  });

  test("tells what a later version has that an earlier one had not", () => {
    const earlier = PersistentMap.from(Array.from({ length: 2000 }, (_, i) => [`public.table_${i}`, i] as const));
    const later = earlier.without("public.table_7").with("public.table_8", -1).with("liquid", 1).with("costarring", 2);
    expect(later.addedSince(earlier).sort()).toEqual(["costarring", "liquid"]);
    expect(earlier.addedSince(later)).toEqual(["public.table_7"]);
    expect(earlier.addedSince(earlier)).toEqual([]);
  });

  test("iterates in the order of insertion", () => {
    const map = PersistentMap.empty<number>().with("z", 1).with("a", 2).with("m", 3).with("z", 4).without("a").with("a", 5);
    expect([...map]).toEqual([
      ["z", 4],
      ["m", 3],
      ["a", 5],
    ]);
  });
});

describe("generated names", () => {
  test("are cut at 63 bytes, the longer part first, never inside a character", () => {
    const name = makeObjectName("t".repeat(50), "c".repeat(50), "key");
    expect(name).toHaveLength(63);
    expect(name).toMatch(/^t+_c+_key$/);
    expect(new TextEncoder().encode(makeObjectName("ü".repeat(40), "ö".repeat(40), "idx")).length).toBeLessThanOrEqual(63);
  });

  test("get numbers when they are taken", () => {
    const taken = new Set(["person_email_idx", "person_email_idx1"]);
    expect(chooseName("person", "email", "idx", (n) => taken.has(n))).toBe("person_email_idx2");
  });
});
