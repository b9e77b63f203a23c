import type { Forge } from "../review/approvals/forge.ts";

/** The forge that `--pull-request` means. The token is read here and goes nowhere but to the forge. @throws Refused */
export async function forgeOf(pullRequest: string | undefined, root: string): Promise<Forge | null> {
  if (pullRequest === undefined) return null;
  const { github } = await import("../review/approvals/github.ts");
  const given = (name: string): string | null => {
    const value = process.env[name];
    return value === undefined || value === "" ? null : value;
  };
  return github({
    pullRequest,
    repository: given("GITHUB_REPOSITORY"),
    api: given("GITHUB_API_URL"),
    token: given("GITHUB_TOKEN") ?? given("GH_TOKEN"),
    root,
  });
}
