/** A place where pull requests are reviewed. One file per forge; the token comes from the environment and stays there. */
export interface Forge {
  /** `GitHub`. */
  readonly name: string;
  /**
   * The reviews that stand at the end: of each reviewer the last one that approves or asks for changes, where it approves.
   * @param paths the files that somebody asks about, from the config's folder
   * @throws Refused when the forge cannot be asked, or answers something else
   */
  approvals(paths: readonly string[]): Promise<readonly ForgeApproval[]>;
}

export interface ForgeApproval {
  /** `@ada`. */
  readonly handle: string;
  /** RFC 3339. */
  readonly at: string;
  /** The commit that they looked at. */
  readonly commit: string;
  /** They opened the pull request. */
  readonly isAuthor: boolean;
  /** `pull request 7 of example/shop`. */
  readonly where: string;
  /** SHA-256 (hex) of a file as they saw it, by its path from the config's folder; null where that commit has no such file. */
  readonly contentOf: (path: string) => string | null;
}
