/**
 * Where a text stops being JSON, or null when it is JSON. `JSON.parse` tells the position only in some of its messages
 * (Node 20: not for an unexpected token), and an error without a line is no help in a long file.
 */
export function jsonError(text: string): { readonly offset: number; readonly message: string } | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const scanner = new Scanner(text);
    const offset = scanner.firstError();
    const seen = text.slice(offset, offset + 1);
    const message = seen === "" ? "the file ends too early" : `unexpected ${JSON.stringify(seen)}: ${scanner.expected}`;
    return { offset, message };
  }
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // oxlint-disable-line no-control-regex -- JSON forbids them
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

class Scanner {
  expected = "expected a value";
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  firstError(): number {
    const open: ("{" | "[")[] = [];
    let need: "value" | "value or end" | "key" | "key or end" | "after" = "value";
    for (;;) {
      this.#eat(SPACE);
      const seen = this.#text[this.#at];
      const inside = open.at(-1);
      if (need === "after") {
        if (inside === undefined) {
          this.expected = "expected the end of the file";
          return this.#at;
        }
        if (seen === ",") need = inside === "{" ? "key" : "value";
        else if (seen === (inside === "{" ? "}" : "]")) open.pop();
        else return this.#fail(inside === "{" ? 'expected "," or "}"' : 'expected "," or "]"');
        this.#at++;
      } else if ((need === "key or end" && seen === "}") || (need === "value or end" && seen === "]")) {
        open.pop();
        this.#at++;
        need = "after";
      } else if (need === "key" || need === "key or end") {
        if (!this.#eat(STRING)) return this.#fail("expected a key in double quotes");
        this.#eat(SPACE);
        if (this.#text[this.#at] !== ":") return this.#fail('expected ":"');
        this.#at++;
        need = "value";
      } else if (seen === "{" || seen === "[") {
        open.push(seen);
        this.#at++;
        need = seen === "{" ? "key or end" : "value or end";
      } else if (this.#eat(STRING) || this.#eat(SCALAR)) {
        need = "after";
      } else {
        return this.#fail("expected a value");
      }
    }
  }

  #eat(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #fail(expected: string): number {
    this.expected = expected;
    return this.#at;
  }
}
