/** Whether the text is an export (CSV with a `query` column, a JSON array, JSON lines) and not SQL. */
export function exportFormat(path: string, text: string): "csv" | "json" | "jsonl" | null {
  const head = text.trimStart();
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return "jsonl";
  if (/\.json$/i.test(path) || /^\[\s*(?:\{|\])/.test(head) || /^\{\s*"/.test(head)) return isOneLineOfJson(head) ? "jsonl" : "json";
  const header = head
    .slice(0, Math.max(head.indexOf("\n"), 0))
    .trim()
    .replaceAll('"', "")
    .toLowerCase();
  if (/\.(?:csv|tsv)$/i.test(path) || /(?:^|[,;\t])(?:normalized_)?query(?:[,;\t]|$)/.test(header)) return "csv";
  return null;
}

/** Whether the first line is a whole JSON object: JSON lines, of which there may be one. */
function isOneLineOfJson(text: string): boolean {
  if (!text.startsWith("{")) return false;
  try {
    JSON.parse(text.split("\n", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}
