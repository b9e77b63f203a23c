import type { ClickHouseChangeBody, ClickHouseSince } from "../../../model/clickhouse/change.ts";
import type { ClickHouseColumn, ClickHouseType, SkipIndex } from "../../../model/clickhouse/schema.ts";

/** Types with the release that has them without an experimental switch, where that is later than 24.3, and 50 before. */
const TYPES: Readonly<Record<string, string>> = {
  JSON: "24.8",
  Dynamic: "24.8",
  BFloat16: "24.11",
  Time: "25.6",
  Time64: "25.6",
  QBit: "25.10",
  Geometry: "25.11",
};

function typeSince(type: ClickHouseType): ClickHouseSince | null {
  const version = TYPES[type.name];
  if (version !== undefined) return { version, what: `the type ${type.name}`, code: 50 };
  for (const { type: inner } of type.inner) {
    const found = typeSince(inner);
    if (found !== null) return found;
  }
  return null;
}

const columnsSince = (columns: readonly ClickHouseColumn[]): ClickHouseSince | null => {
  for (const column of columns) {
    const found = column.typeKnown ? typeSince(column.type) : null;
    if (found !== null) return found;
  }
  return null;
};

function indexSince(index: SkipIndex): ClickHouseSince | null {
  if (index.type === "text") return { version: "25.9", what: "the index type text", code: 80 };
  if (index.type === "vector_similarity") return { version: "24.8", what: "the index type vector_similarity", code: 80 };
  return null;
}

const syntax = (version: string, what: string): ClickHouseSince => ({ version, what, code: 62 });

/** The first release that has what the statement says; null where the oldest one that tread knows has it. */
export function sinceOf(change: ClickHouseChangeBody): ClickHouseSince | null {
  switch (change.kind) {
    case "create-table": {
      const { table, like } = change;
      if (like?.clone === true) return syntax("24.10", "CREATE TABLE … CLONE AS");
      if (table.engine?.name === "Alias") return { version: "25.11", what: "the table engine Alias", code: 56 };
      if (table.refresh?.append === true) return syntax("24.9", "REFRESH … APPEND");
      const index = table.indexes.map(indexSince).find((s) => s !== null);
      return index ?? columnsSince(table.columns);
    }
    case "add-column":
      return columnsSince([change.column]);
    case "modify-column":
      if (change.addEnumValues !== null) return syntax("26.2", "MODIFY COLUMN … ADD ENUM VALUES");
      return change.type === null ? null : typeSince(change.type);
    case "add-index":
      return indexSince(change.index);
    case "lightweight-update":
      return syntax("25.7", "UPDATE … SET, the lightweight update");
    case "apply-patches":
      return syntax("25.7", "APPLY PATCHES");
    case "rewrite-parts":
      return syntax("25.10", "REWRITE PARTS");
    case "statistics":
      return syntax("24.6", "column statistics (STATISTICS)");
    case "partition":
      return change.action === "export" ? syntax("25.10", "EXPORT PART") : null;
    default:
      return null;
  }
}
