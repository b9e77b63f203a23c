/** `people/models.py:12`: without the ref in front, since the version is named beside it. */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${fileOf(file)}:${line}`;
}

/** A file of a git ref is shown as `v1.42:people/models.py`. */
export function fileOf(file: string): string {
  const colon = file.indexOf(":");
  return colon > 1 && !/[/\\]/.test(file.slice(colon + 1, colon + 2)) ? file.slice(colon + 1) : file;
}
