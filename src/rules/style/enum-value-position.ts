import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const enumValuePosition: Rule = ruleFor("add-enum-value", {
  id: "enum-value-position",
  summary: "a new value of an enum without BEFORE or AFTER goes to the end of its order",
  preset: "style",
  check(change, statement) {
    const type = statement.before.types.get(change.type);
    if (change.position !== undefined || (type?.kind === "enum" && type.values.includes(change.value))) return null;
    const last = type?.kind === "enum" ? type.values.at(-1) : undefined;
    const quote = (value: string): string => `'${value.replaceAll("'", "''")}'`;
    return {
      severity: "info",
      about: `${change.type}.${change.value}`,
      message: `\`${change.value}\` sorts after every other value of ${named(change.type)}`,
      label: "neither BEFORE nor AFTER says where it stands",
      why: "ORDER BY, < and max() over an enum follow the order of its values, and a value can be neither moved nor taken away later",
      help: `say where it stands: \`ALTER TYPE ${sqlTable(change.type)} ADD VALUE ${quote(change.value)} ${last === undefined ? "BEFORE '…'" : `AFTER ${quote(last)}`};\``,
      evidence: [],
    };
  },
});
