import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";

export const syncLevel: ClickHouseRule = {
  id: "sync-level",
  summary: "alter_sync or mutations_sync at 3: on Replicated tables nothing is waited for",
  check(statement): readonly ClickHouseHazard[] {
    return statement.statement.changes.flatMap((change): readonly ClickHouseHazard[] => {
      const settings = change.kind === "set" ? change.set : change.settings;
      return ["alter_sync", "mutations_sync", "replication_alter_partitions_sync"].flatMap((name): readonly ClickHouseHazard[] => {
        const value = settings?.get(name);
        if (value === undefined || Number(value) <= 2) return [];
        return [
          {
            severity: "error",
            about: name,
            message: `${name} = ${value}: on Replicated tables the statement does not wait at all`,
            label: "only 0, 1 and 2 do what they say",
            why: "Reported for 26.x (ClickHouse#117395): 3 is accepted and silently waits for nothing, so the next statement meets a table that is not changed yet.",
            help: `${name} = 2 (every active replica), or 1 (this one)`,
            evidence: [],
          },
        ];
      });
    });
  },
};
