/** How a Python file's bytes became text. */
export interface Decoded {
  readonly text: string;
  /** `latin-1` when the bytes are neither UTF-8 nor declared: Python itself would refuse such a file. */
  readonly encoding: "utf-8" | "declared" | "latin-1";
}

const DECLARED = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** Python's spelling of an encoding as the Encoding Standard has it. */
function labelFor(declared: string): string {
  const name = declared.toLowerCase().replaceAll("_", "-");
  if (name === "latin-1" || name === "l1") return "latin1";
  return /^cp125\d$/.test(name) ? name.replace("cp", "windows-") : name;
}

/**
 * Decodes Python source as PEP 263 says: a byte order mark, else a `coding:` comment in the first two lines, else UTF-8.
 * What is no UTF-8 and declares nothing is read as Latin-1, so that the rest of the file is still read.
 */
export function decodePython(bytes: Uint8Array): Decoded {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const body = start === 0 ? bytes : bytes.subarray(start);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body), encoding: "utf-8" };
  } catch {
    const latin = new TextDecoder("latin1").decode(body);
    for (const line of latin.split("\n", 2)) {
      const declared = DECLARED.exec(line)?.[1];
      if (declared === undefined) continue;
      try {
        return { text: new TextDecoder(labelFor(declared), { fatal: true }).decode(body), encoding: "declared" };
      } catch {
        break;
      }
    }
    return { text: latin, encoding: "latin-1" };
  }
}
