import type { ConfigProblem } from "../config-error.ts";
import type { Located } from "../located.ts";
import { settingName } from "../located.ts";
import { nearest } from "../../text/nearest.ts";
import type { RawCluster, RawHost } from "./schema.ts";

/** What a cluster file says that cannot all be true, or that it cannot mean, with its lines. */
export function contradictions(raw: RawCluster, read: Located, lines: readonly string[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (path: readonly PropertyKey[], message: string, help: string): void =>
    void problems.push({ span: read.span(path, "value"), setting: settingName(path), message, help });
  /** `01` without quotes is the number 1 in YAML. */
  const asWritten = (path: readonly PropertyKey[], value: string | number): void => {
    if (typeof value !== "number") return;
    const span = read.span(path, "value");
    const written = (lines[span.line - 1] ?? "").slice(span.column - 1, span.endColumn - 1).trim();
    if (span.line === span.endLine && /^[\w.+-]+$/.test(written) && written !== String(value))
      add(path, `${written} without quotes is the number ${value}`, `put it in quotes: "${written}"`);
  };

  const clusters = new Set<string>();
  const roles = new Set<string>();
  const described = new Map<string, RawHost>();
  for (const [c, { name, shards }] of raw.clusters.entries()) {
    if (clusters.has(name)) add(["clusters", c, "name"], `there are two clusters ${JSON.stringify(name)}`, "a cluster is described once");
    clusters.add(name);
    const names = new Set<string>();
    const inCluster = new Set<string>();
    for (const [s, shard] of shards.entries()) {
      const path = ["clusters", c, "shards", s];
      asWritten([...path, "name"], shard.name);
      if (names.has(String(shard.name)))
        add(
          [...path, "name"],
          `cluster ${name} has two shards ${JSON.stringify(String(shard.name))}`,
          "replicas of one shard are listed under it",
        );
      names.add(String(shard.name));
      for (const [r, replica] of shard.replicas.entries()) {
        const at = [...path, "replicas", r];
        for (const role of replica.roles ?? []) roles.add(role);
        for (const [macro, value] of Object.entries(replica.macros ?? {})) asWritten([...at, "macros", macro], value);
        const key = addressOf(replica);
        if (inCluster.has(key)) add([...at, "host"], `${key} stands twice in cluster ${name}`, "a host is one replica of one shard");
        inCluster.add(key);
        const before = described.get(key);
        if (before !== undefined && JSON.stringify(sorted(before)) !== JSON.stringify(sorted(replica)))
          add(
            at,
            `${key} is described otherwise in another cluster of this file`,
            "ports, roles and macros of one host are the same everywhere",
          );
        described.set(key, replica);
      }
    }
  }
  const tables = new Set<string>();
  const families = new Set<string>();
  for (const [t, table] of (raw.tables ?? []).entries()) {
    if (tables.has(table.name)) add(["tables", t, "name"], `${table.name} stands here twice`, "a table is described once");
    tables.add(table.name);
    if (table.family != null) families.add(table.family);
    for (const [r, role] of (table.roles ?? []).entries()) {
      if (roles.has(role)) continue;
      const meant = nearest(role, [...roles]);
      add(
        ["tables", t, "roles", r],
        `no host has the role ${JSON.stringify(role)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
        roles.size === 0 ? "hosts name their roles: `roles: [data]`" : `roles of hosts here: ${[...roles].join(", ")}`,
      );
    }
  }
  for (const [p, probe] of (raw.probes ?? []).entries()) {
    if (families.has(probe.family)) continue;
    const meant = nearest(probe.family, [...families]);
    add(
      ["probes", p, "family"],
      `no table here has the family ${JSON.stringify(probe.family)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
      "tables of a chain name their family: `family: hits`",
    );
  }
  return problems;
}

function addressOf({ host, httpPort, nativePort, tls }: RawHost): string {
  return `${host}:${httpPort ?? nativePort ?? (tls === true ? 8443 : 8123)}`;
}

function sorted(host: RawHost): unknown {
  const { macros, roles, ...rest } = host;
  return [Object.entries(rest).sort(), Object.entries(macros ?? {}).sort(), [...(roles ?? [])].sort()];
}
