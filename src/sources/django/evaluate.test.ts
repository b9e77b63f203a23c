import { describe, expect, it } from "vitest";
import { memoryFiles } from "../../apps/django/memory-files.test-helper.ts";
import { Evaluator } from "./evaluate.ts";
import { Modules } from "./modules.ts";
import { loadPython } from "./python.ts";
import type { PyValue } from "./values.ts";
import { isObject, itemsOf } from "./values.ts";

async function evaluate(expression: string, tree: Readonly<Record<string, string>> = {}): Promise<PyValue> {
  const all = { ...tree, "shop/__init__.py": "", "shop/here.py": `${tree["shop/here.py"] ?? ""}\nvalue = ${expression}\n` };
  const files = memoryFiles(all);
  const modules = new Modules(files, await loadPython(), Object.keys(all), ["."]);
  const evaluator = new Evaluator(modules, (name) => (name === "AUTH_USER_MODEL" ? "staff.Employee" : undefined));
  const module = modules.load("shop/here.py");
  if (module === null) throw new Error("no module");
  return evaluator.lookup(module, "value") ?? null;
}

function plain(value: PyValue): unknown {
  if (!isObject(value)) return value;
  const items = itemsOf(value);
  if (items !== null) return items.map(plain);
  if (value.kind === "dict") return Object.fromEntries(value.entries.map(([k, v]) => [plain(k) as string, plain(v)]));
  if (value.kind === "float") return value.value;
  return value.kind === "ref" ? value.path : value.kind;
}

describe("values that need no running code", () => {
  it.each([
    ["'a' 'b' + \"c\"", "abc"],
    ["r'\\d+'", "\\d+"],
    ["'''two\nlines'''", "two\nlines"],
    ["f'{1 + 1} beds in {\"ward\"!r}'", "2 beds in 'ward'"],
    ["'%s has %05d' % ('ward', 7)", "ward has 00007"],
    ["'{} and {name}'.format(1, name='x')", "1 and x"],
    ["', '.join(['a', 'b'])", "a, b"],
    ["10 * 4 - 1", 39],
    ["7 // 2 + 7 % 4", 6],
    ["2 ** 10", 1024],
    ["-1.5", -1.5],
    ["1_000_000", 1_000_000],
    ["0x1f", 31],
    ["[n * 2 for n in range(4) if n != 1]", [0, 4, 6]],
    ["{k: v for k, v in [('a', 1)]}", { a: 1 }],
    ["(1, *[2, 3])", [1, 2, 3]],
    ["{**{'a': 1}, 'b': 2}", { a: 1, b: 2 }],
    ["'yes' if 'a' in ('a', 'b') else 'no'", "yes"],
    ["not [] and True", true],
    ["[1, 2, 3][1:]", [2, 3]],
    ["{'a': {'b': 5}}['a']['b']", 5],
  ])("evaluates %s", async (expression, expected) => {
    expect(plain(await evaluate(expression))).toEqual(expected);
  });

  it("a list that looks at itself before it grows is worked out once, however often it grows", async () => {
    const grown = Array.from(
      { length: 40 },
      (_, i) => `if "app${i}" not in APPS:\n    APPS += ["app${i}"]\nHAS_${i} = "app${i}" in APPS\n`,
    );
    const tree = { "shop/here.py": `APPS = ["first"]\nAPPS = APPS + ["second"]\n${grown.join("")}` };
    expect(plain(await evaluate("APPS", tree))).toEqual(["first", "second", ...Array.from({ length: 40 }, (_, i) => `app${i}`)]);
  });

  it("names that need each other come to an end, and the rest is read", async () => {
    const doubled = Array.from({ length: 17 }, (_, i) => `N${i + 1} = N${i} - N${i} + 1\n`).join("");
    const tree = {
      "shop/here.py": `from shop.there import *\nfrom shop.there import LOOP\nN0 = 1\n${doubled}A = B + A\nB = A + B\nFIRST = LOOP\nSOUND = 7\n`,
      "shop/there.py": "from shop.here import *\nfrom shop.here import LOOP\nOTHER = 5\n",
    };
    expect(plain(await evaluate("(SOUND, OTHER, N17)", tree))).toEqual([7, 5, 1]);
    expect(plain(await evaluate("A", tree))).toBe("unknown");
    expect(plain(await evaluate("missing", tree))).toBe("unknown");
  });

  it("follows names through the modules of the repository", async () => {
    const tree = {
      "shop/limits.py": "from .base import *\nLONG = SHORT * 2\n",
      "shop/base.py": "SHORT = 40\n",
      "shop/here.py": "from shop.limits import LONG\nfrom shop import limits as l\n",
    };
    expect(await evaluate("LONG + l.SHORT", tree)).toBe(120);
  });

  it("knows the members of an enumeration, their values and choices", async () => {
    const here = "from django.db import models\nclass State(models.TextChoices):\n    OPEN = 'o', 'Open'\n    SHUT = 's'\n";
    expect(await evaluate("State.SHUT", { "shop/here.py": here })).toBe("s");
    expect(plain(await evaluate("State.choices", { "shop/here.py": here }))).toEqual([
      ["o", "Open"],
      ["s", "Shut"],
    ]);
  });

  it("runs a function of the repository that only returns", async () => {
    const here = "def doubled(n, by=2):\n    '''Twice.'''\n    result = n * by\n    return result\n";
    expect(await evaluate("doubled(4) + doubled(1, by=3)", { "shop/here.py": here })).toBe(11);
  });

  it("sees what is added to a list after it was written", async () => {
    const tree = { "shop/here.py": "items = [1]\nitems += [2]\nitems.append(3)\nitems.extend([4])\n" };
    expect(plain(await evaluate("items", tree))).toEqual([1, 2, 3, 4]);
  });

  it("takes a setting from the settings, and callables by their path", async () => {
    expect(await evaluate("settings.AUTH_USER_MODEL", { "shop/here.py": "from django.conf import settings\n" })).toBe("staff.Employee");
    expect(plain(await evaluate("uuid.uuid4", { "shop/here.py": "import uuid\n" }))).toBe("uuid.uuid4");
    expect(plain(await evaluate("timezone.now", { "shop/here.py": "from django.utils import timezone\n" }))).toBe(
      "django.utils.timezone.now",
    );
    expect(plain(await evaluate("dict"))).toBe("builtins.dict");
  });
});

describe("values that only running code knows", () => {
  it.each([
    ["os.environ['TABLE']", "import os\n"],
    ["nowhere", ""],
    ["settings.SECRET_TABLE", "from django.conf import settings\n"],
    ["f'{table()}'", "import random\ndef table():\n    for i in range(3):\n        pass\n    return random.choice('ab')\n"],
    ["a", "a = b\nb = a\n"],
  ])("says why for %s", async (expression, here) => {
    const value = await evaluate(expression, { "shop/here.py": here });
    const known = isObject(value) && value.kind === "unknown" ? value : null;
    expect(known?.reason, JSON.stringify(plain(value))).toBeTruthy();
    expect(known?.span.file).toContain("here.py");
  });
});
