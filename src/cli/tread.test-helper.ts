import { vi } from "vitest";
import { main } from "./main.ts";

/** What a run of the command line ended with and printed. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line inside of a project's folder, in this process. */
export async function tread({ folder }: { readonly folder: string }, ...args: readonly string[]): Promise<Ran> {
  let [out, err] = ["", ""];
  const spies = [
    vi.spyOn(process, "cwd").mockReturnValue(folder),
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      out += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      err += String(text);
      return true;
    }),
  ];
  try {
    const code = await main(args);
    return { code, out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
