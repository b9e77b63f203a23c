import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APPROVALS_FOLDER } from "../../config/known.ts";
import { isDate } from "../../text/date.ts";
import { readTextFile } from "../releases/read-text.ts";
import { personOf, shown, type Person } from "./git-people.ts";

/** One approval as its file in `tread.approvals/` says it (`tread.approval/1`, docs/review.md). */
export interface Approval {
  /** Id of the migration. */
  readonly migration: string;
  /** Its file, relative to the config's folder. */
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly content: string;
  /** SHA-256 of what the report said of it, hex; see `reportHash`. */
  readonly report: string;
  /** `error drop-column`: what the report found, worst first. */
  readonly seen: readonly string[];
  /** Tables that it changes: who approved their last changes can approve the next. */
  readonly objects: readonly string[];
  readonly approver: Person;
  /** RFC 3339. */
  readonly at: string;
  readonly note: string | null;
  /** Of a change of a ClickHouse cluster: the plan that was seen, and the topology that it was made for. */
  readonly plan?: ApprovedPlan | null;
}

export interface ApprovedPlan {
  /** SHA-256, hex; see `ClusterPlan.hash`. */
  readonly hash: string;
  /** SHA-256, hex; see `ClusterPlan.topology`. */
  readonly topology: string;
  /** Each environment has a plan, and an approval, of its own. */
  readonly environment: string | null;
}

export interface Signature {
  readonly kind: "ssh" | "gpg";
  /** Armoured. */
  readonly text: string;
}

export interface ApprovalFile {
  /** Relative to the config's folder. */
  readonly file: string;
  readonly approval: Approval;
  readonly signature: Signature | null;
}

/** A file in `tread.approvals/` that counts for nothing, and why. */
export interface BadApprovalFile {
  readonly file: string;
  readonly migration: string | null;
  readonly reason: string;
}

/** What is signed, and what the digest is of: the same bytes whatever the file's layout. */
export function payloadOf(approval: Approval): string {
  const { migration, path, content, report, seen, objects, approver, at, note } = approval;
  // Approvals from before plans existed keep the digest that they have.
  const plan = approval.plan == null ? {} : { plan: approval.plan };
  return `${JSON.stringify({ format: "tread.approval/1", migration, path, content, report, seen, objects, approver: shown(approver), at, note, ...plan })}\n`;
}

export function digestOf(approval: Approval): string {
  return sha256(payloadOf(approval));
}

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** One file per migration and approver, so that two approvals never conflict in git. */
export function approvalFileName(migration: string, { email }: Person, environment: string | null = null): string {
  const safe = (text: string): string => text.replaceAll(/[^\w.@+-]/g, "_");
  return `${safe(migration)}--${safe(email)}${environment === null ? "" : `--${safe(environment)}`}.yaml`;
}

/** Every approval on file, and every file that is none. @param root absolute folder of the config */
export async function readApprovals(
  root: string,
): Promise<{ readonly approvals: readonly ApprovalFile[]; readonly bad: readonly BadApprovalFile[] }> {
  const folder = join(root, APPROVALS_FOLDER);
  if (!existsSync(folder)) return { approvals: [], bad: [] };
  const approvals: ApprovalFile[] = [];
  const bad: BadApprovalFile[] = [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml") || name.endsWith(".yml"));
  for (const name of names.sort()) {
    const file = `${APPROVALS_FOLDER}/${name}`;
    const read = await parseApproval(file, readTextFile(join(folder, name)) ?? "");
    if ("reason" in read) bad.push(read);
    else approvals.push(read);
  }
  return { approvals, bad };
}

const HASH = /^sha256:([0-9a-f]{64})$/;

export async function parseApproval(file: string, text: string): Promise<ApprovalFile | BadApprovalFile> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: false });
  let value: unknown = null;
  if (document.errors.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 10 });
    } catch {
      value = null;
    }
  }
  const given = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  const migration = typeof given?.["migration"] === "string" ? given["migration"] : null;
  const wrong = (reason: string): BadApprovalFile => ({ file, migration, reason });
  if (given === null) return wrong(document.errors[0] === undefined ? "holds no approval" : `is no YAML: ${document.errors[0].message}`);
  if (given["format"] !== "tread.approval/1") return wrong(`is not of the format tread.approval/1`);
  const string = (key: string): string | null => (typeof given[key] === "string" ? given[key] : null);
  const strings = (key: string): readonly string[] => (Array.isArray(given[key]) ? (given[key] as readonly unknown[]).map(String) : []);
  const [path, at, digest] = [string("path"), string("at"), string("digest")];
  const [content, report] = [HASH.exec(string("content") ?? "")?.[1], HASH.exec(string("report") ?? "")?.[1]];
  const approver = personOf(string("approver") ?? "");
  if (migration === null || path === null) return wrong("does not say which migration it is about (`migration`, `path`)");
  if (content === undefined || report === undefined)
    return wrong("has no content hash, or one that is none (`content`, `report`: sha256:…)");
  if (approver === null) return wrong("does not say who approved (`approver: Name <address>`)");
  if (at === null || !isDate(at)) return wrong("does not say when (`at`)");
  const approval: Approval = {
    migration,
    path,
    content,
    report,
    seen: strings("seen"),
    objects: strings("objects"),
    approver,
    at,
    note: string("note"),
    plan: planIn(given),
  };
  if (digest !== `sha256:${digestOf(approval)}`) return wrong("was edited after it was written: its digest is of something else");
  const armour = string("signature");
  const kind =
    armour === null ? null : armour.includes("BEGIN SSH SIGNATURE") ? "ssh" : armour.includes("BEGIN PGP SIGNATURE") ? "gpg" : "none";
  if (kind === "none") return wrong("has a signature that is neither of SSH nor of GPG");
  return { file, approval, signature: kind === null || armour === null ? null : { kind, text: armour } };
}

function planIn(given: Readonly<Record<string, unknown>>): ApprovedPlan | null {
  const [hash, topology] = ["plan", "topology"].map((key) => HASH.exec(typeof given[key] === "string" ? given[key] : "")?.[1]);
  if (hash === undefined || topology === undefined) return null;
  return { hash, topology, environment: typeof given["environment"] === "string" ? given["environment"] : null };
}

/** Writes the file of an approval, over an earlier one of the same person. @returns its path relative to `root` */
export async function writeApproval(root: string, approval: Approval, signature: Signature | null): Promise<string> {
  const { stringify } = await import("yaml");
  const { migration, path, content, report, seen, objects, approver, at, note } = approval;
  const text = stringify(
    {
      format: "tread.approval/1",
      migration,
      path,
      content: `sha256:${content}`,
      report: `sha256:${report}`,
      seen,
      objects,
      approver: shown(approver),
      at,
      ...(note === null ? {} : { note }),
      ...(approval.plan == null
        ? {}
        : {
            plan: `sha256:${approval.plan.hash}`,
            topology: `sha256:${approval.plan.topology}`,
            ...(approval.plan.environment === null ? {} : { environment: approval.plan.environment }),
          }),
      digest: `sha256:${digestOf(approval)}`,
      ...(signature === null ? {} : { signature: signature.text }),
    },
    { lineWidth: 0 },
  );
  const file = `${APPROVALS_FOLDER}/${approvalFileName(migration, approver, approval.plan?.environment ?? null)}`;
  mkdirSync(join(root, APPROVALS_FOLDER), { recursive: true });
  writeFileSync(join(root, file), text);
  return file;
}
