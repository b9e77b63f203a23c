import { expect, test } from "vitest";
import { commentMark, markedText, saysDeprecated } from "./deprecation-mark.ts";

test.each([
  "DEPRECATED",
  "Deprecated: use contact",
  "deprecated",
  "@deprecated since 1.4",
  "TODO(ada): deprecated, drop in v3",
  "NOTE - Deprecated.",
  "This field is deprecated",
  "is now deprecated in favour of contact",
  "old name (deprecated)",
  "the old key - deprecated",
  "kept for the API. DEPRECATED",
  "** DEPRECATED **",
])("%s: a mark", (comment) => expect(saysDeprecated(comment)).toBe(true));

test.each([
  "replaces the deprecated nickname",
  "not deprecated yet",
  "NOT DEPRECATED: the API needs it",
  "see the deprecation policy",
  "warns about a deprecated header",
  "undeprecated",
])("%s: no mark", (comment) => expect(saysDeprecated(comment)).toBe(false));

/** Names of the fields of a class body that are marked. */
function marked(body: string): string[] {
  const text = `class Person(models.Model):\n${body}`;
  const prepared = markedText(text, "python");
  if (prepared === null) return [];
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const name = /^ {4}(\w+)(?:: [\w.]+)? = /.exec(line)?.[1];
    if (name === undefined) return [];
    let last = at;
    for (let depth = count(line); depth > 0; depth += count(lines[last] ?? "")) last++;
    return commentMark(prepared, at + 1, last + 1) === null ? [] : [name];
  });
}

function count(line: string): number {
  return line.split("(").length - line.split(")").length;
}

test.each([
  ["behind it", "    a = F()\n    b = F()  # DEPRECATED\n    c = F()\n", ["b"]],
  ["above it", "    a = F()\n    # DEPRECATED: use a\n    b = F()\n    c = F()\n", ["b"]],
  [
    "above it, over several lines",
    "    a = F()\n    # Deprecated since the move.\n    # Ask the data team.\n    b = F()\n    c = F()\n",
    ["b"],
  ],
  ["inside of a call", "    a = F()\n    b = F(\n        max_length=3,  # deprecated\n    )\n    c = F()\n", ["b"]],
  ["behind the closing parenthesis", "    b = F(\n        max_length=3,\n    )  # DEPRECATED\n    c = F()\n", ["b"]],
  ["in a block below that belongs to nothing else", "    a = F()\n    # DEPRECATED: see contact\n\n    b = F()\n", ["a"]],
  ["in a block at the end of the class", "    a = F()\n    b = F()\n    # DEPRECATED\n", ["b"]],
  ["that goes on below", "    a = F()  # DEPRECATED: it was\n                # replaced by contact\n    b = F()\n", ["a"]],
  ["as a heading over a section", "    a = F()\n\n    # DEPRECATED fields\n    b = F()\n    c = F()\n\n    d = F()\n", ["b", "c"]],
  ["with an annotation", "    b: models.Field = F()  # deprecated\n", ["b"]],
  ["in a string, which is none", '    a = F("# DEPRECATED")\n    b = F(help_text="deprecated")\n', []],
])("a mark %s", (_, body, expected) => expect(marked(body)).toEqual(expected));
