import { expect, test } from "vitest";
import { helpBlocks } from "./help.ts";

test("statements in help are code, sentences are not", () => {
  const help = `in two transactions; the second lets writes through:
ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
-- in a transaction of its own
ALTER TABLE orders VALIDATE CONSTRAINT fk;
Set a timeout first.
SHARE ROW EXCLUSIVE is what it takes.`;
  expect(helpBlocks(help).map((block) => [block.kind, block.lines.length])).toEqual([
    ["prose", 1],
    ["code", 3],
    ["prose", 2],
  ]);
});

test("indented and fenced code keeps its shape, less what all its lines share", () => {
  const help =
    "use the concurrent form:\n\n    class Migration(migrations.Migration):\n        atomic = False\n\n        operations = []\n\nor:\n```sql\nselect 1;\n  from x\n```\n";
  expect(helpBlocks(help)).toEqual([
    { kind: "prose", lines: ["use the concurrent form:"] },
    { kind: "code", lines: ["class Migration(migrations.Migration):", "    atomic = False", "", "    operations = []"] },
    { kind: "prose", lines: ["or:"] },
    { kind: "code", lines: ["select 1;", "  from x"] },
  ]);
});

test("a single line, and nothing at all", () => {
  expect(helpBlocks("leave the field out first")).toEqual([{ kind: "prose", lines: ["leave the field out first"] }]);
  expect(helpBlocks("")).toEqual([]);
});
