import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named } from "../words.ts";

/** Release notes of 14.4: VACUUM could prune too much while an index was built concurrently. */
const BROKEN: ReadonlySet<string> = new Set(["14.0", "14.1", "14.2", "14.3"]);

export const concurrentlyCorruptsIndex: Rule = {
  id: "concurrently-corrupts-index",
  summary: "CONCURRENTLY on PostgreSQL 14.0 to 14.3 can leave an index that lacks rows",
  database: "postgres",
  kinds: ["create-index", "reindex"],
  check(statement, context) {
    const version = brokenServer(context);
    if (version === null) return [];
    return concurrent(statement).map(({ name, what }) => ({
      severity: "error" as const,
      about: name,
      message: `${what} CONCURRENTLY of ${named(bareName(name))} on PostgreSQL ${version} can leave an index that lacks rows`,
      label: "a bug of 14.0 to 14.3",
      why: "while the index is built, a VACUUM may clear away rows that it still needs: the index is marked valid and does not find them. Queries return too little, and a unique index lets duplicates in. Nothing reports it",
      help: "upgrade to 14.4 or newer first (no dump is needed between minor versions). Indexes that were built concurrently before: check with `pg_amcheck --heapallindexed`, and REINDEX what it names",
      evidence: [
        {
          kind: "error" as const,
          text: `${context.environment.name}: the scale profile says PostgreSQL ${version}`,
          from: "scale-profile" as const,
          value: { version },
        },
      ],
    }));
  },
};

function brokenServer(context: RuleContext): string | null {
  const versions = context.environment.profiles
    .filter(({ server }) => server.engine === "postgres")
    .map(({ server }) => server.version.split(" ")[0] ?? "");
  return versions.find((version) => BROKEN.has(version)) ?? null;
}

function concurrent(statement: JudgedStatement): readonly { readonly name: string; readonly what: string }[] {
  return [
    ...changesOf(statement, "create-index").flatMap((change) =>
      change.concurrently ? [{ name: change.index.name, what: "CREATE INDEX" }] : [],
    ),
    ...changesOf(statement, "reindex").flatMap((change) => (change.concurrently ? [{ name: change.name, what: "REINDEX" }] : [])),
  ];
}
