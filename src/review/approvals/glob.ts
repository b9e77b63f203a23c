/**
 * Whether a path (forward slashes, relative) is named by a glob: `*` within a folder, `**` across folders, `?` and `{a,b}`. A glob that
 * names a folder names all that is below it.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const trimmed = glob.replace(/^\.?\//, "").replace(/\/$/, "");
  return new RegExp(`^${translate(trimmed)}(?:/.*)?$`).test(path.replace(/^\.\//, ""));
}

function translate(glob: string): string {
  let out = "";
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] ?? "";
    if (glob.startsWith("**/", at)) {
      out += "(?:.*/)?";
      at += 2;
    } else if (glob.startsWith("**", at)) {
      out += ".*";
      at += 1;
    } else if (char === "*") out += "[^/]*";
    else if (char === "?") out += "[^/]";
    else if (char === "{" && glob.includes("}", at)) {
      const end = glob.indexOf("}", at);
      out += `(?:${glob
        .slice(at + 1, end)
        .split(",")
        .map(translate)
        .join("|")})`;
      at = end;
    } else out += char.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  }
  return out;
}
