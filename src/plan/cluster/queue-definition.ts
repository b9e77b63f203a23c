import { keepingCommand } from "./columns-sql.ts";
import { found, list, type PlanContext } from "./context.ts";
import { quoted, quotedName } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import type { QueueChange } from "./queues.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";

/** The live CREATE with its list of columns changed. */
export function newColumns(
  context: PlanContext,
  { host, table }: Placed,
  { intents, create, from, name }: QueueChange,
): { readonly create: string; readonly names: readonly string[] } | null {
  const [parsed] = parseScript(table.create);
  const statement = parsed?.statement;
  const elements = statement?.kind === "create-table" ? statement.elements : null;
  if (elements === null || statement?.kind !== "create-table") {
    found(
      context,
      {
        rule: "cannot-plan",
        severity: "error",
        message: `the definition of ${name} on ${host} could not be read`,
        help: "nothing is done to it",
      },
      from,
    );
    return null;
  }
  let items = elements.columns.map((column) => ({ name: column.name.text, text: table.create.slice(column.at.start, column.at.end) }));
  const add = (column: string, text: string): void => {
    if (!items.some((one) => one.name === column)) items.push({ name: column, text });
  };
  for (const { change, text } of intents) {
    if (change.kind === "add-column")
      add(change.column.name, definition(keepingCommand({ ...change, position: { after: "" } }, text, () => false)));
    else if (change.kind === "drop-column") items = items.filter((one) => one.name !== change.column);
    else if (change.kind === "rename-column")
      items = items.map((one) =>
        one.name === change.column ? { name: change.to, text: one.text.replace(/^(?:`[^`]*`|\S+)/, quotedName(change.to)) } : one,
      );
    else if (change.kind === "modify-column" && change.type !== null) {
      const type = change.type.text;
      items = items.map((one) => (one.name === change.column ? { name: one.name, text: `${quotedName(one.name)} ${type}` } : one));
    }
  }
  if (create !== null) {
    const onlyHere = new Set(context.inventory.topology.declared.find((one) => one.name === name)?.columnsOnlyHere ?? []);
    const gone = items.filter((one) => !create.columns.some((column) => column.name === one.name) && !onlyHere.has(one.name));
    if (gone.length > 0)
      found(
        context,
        {
          rule: "definitions-differ",
          severity: "warning",
          message: `${name} on ${host} has ${list(gone.map((one) => one.name))}, which the migration's CREATE does not: they are kept`,
          help: "name them under `columnsOnlyHere` in the cluster file, or drop them by ALTER TABLE … DROP COLUMN in the migration",
        },
        from,
      );
    for (const column of create.columns) add(column.name, `${quotedName(column.name)} ${column.type.text}`);
  }
  const text = `${table.create.slice(0, elements.at.start)}${items.map((one) => one.text).join(", ")}${table.create.slice(elements.at.end)}`;
  const same =
    items.length === elements.columns.length &&
    items.every((one, at) => one.name === elements.columns[at]?.name.text && table.create.includes(one.text));
  return { create: same ? table.create : text, names: items.map((one) => one.name) };
}

/** `plan String` of `ADD COLUMN IF NOT EXISTS plan String AFTER id`. */
function definition(command: string): string {
  return command
    .replace(/^\s*ADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?/i, "")
    .replace(/\s+(?:FIRST|AFTER\s+(?:`[^`]*`|"[^"]*"|[\w.]+))\s*$/i, "");
}

export function renamedCreate(create: string, to: string): string {
  const [parsed] = parseScript(create);
  const statement = parsed?.statement;
  if (statement?.kind !== "create-table") return create;
  const { start, end } = statement.name.at;
  return `${create.slice(0, start)}${quoted(to)}${create.slice(end)}`;
}
