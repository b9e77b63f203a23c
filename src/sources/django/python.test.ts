import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodePython } from "./decode.ts";
import { djangoEnvironment } from "./django-oracle.test-helper.ts";
import { loadPython } from "./python.ts";

const django = djangoEnvironment();
const skip = django.python === null && process.env["CI"] !== "true";
const because = django.reason === null ? "" : ` (${django.reason})`;

describe("reading Python", () => {
  it.skipIf(skip)(
    `reads every file of Django 5.2 without an error node${because}`,
    async () => {
      expect(django.reason).toBeNull();
      const folder = execFileSync(django.python ?? "", ["-c", "import django, os; print(os.path.dirname(django.__file__))"])
        .toString()
        .trim();
      const parse = await loadPython();
      const broken: string[] = [];
      let files = 0;
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const path = join(folder, name);
        if (!name.endsWith(".py") || !statSync(path).isFile()) continue;
        files++;
        const { text, encoding } = decodePython(readFileSync(path));
        if (encoding === "latin-1" || parse(name, name, text).errors.length > 0) broken.push(name);
      }
      expect(files).toBeGreaterThan(850);
      expect(broken).toEqual([]);
    },
    60_000,
  );

  it("says where a file stops being Python and still has the rest of it", async () => {
    const parse = await loadPython();
    const module = parse("a.py", "a.py", "first = 1\n\ndef broken(:\n    pass\n\nlast = 2\n");
    expect(module.errors.map((e) => module.span(e.start, e.end).line)).toContain(3);
    expect(module.root.namedChildren.at(-1)?.text).toBe("last = 2");
  });

  it("counts lines and columns from 1, in UTF-16 units, with CRLF and without the byte order mark", async () => {
    const parse = await loadPython();
    const bytes = new TextEncoder().encode("\uFEFFx = 1\r\nname = '😀', other\r\n");
    const module = parse("a.py", "a.py", decodePython(bytes).text);
    const other = module.root.namedChildren[1]?.namedChildren[0]?.child("right")?.namedChildren[1];
    expect(other?.text).toBe("other");
    expect(other?.span).toEqual({ file: "a.py", line: 2, column: 14, endLine: 2, endColumn: 19 });
  });

  it("reads a declared encoding, and Latin-1 where nothing is declared", () => {
    const declared = Buffer.from("# -*- coding: latin-1 -*-\nname = 'Größe'\n", "latin1");
    expect(decodePython(declared)).toMatchObject({ encoding: "declared" });
    const silent = decodePython(Buffer.from("name = 'Größe'\n", "latin1"));
    expect(silent).toEqual({ text: "name = 'Größe'\n", encoding: "latin-1" });
  });
});
