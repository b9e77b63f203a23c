/** `${NAME}` as clickhouse-migrations, goose's ENVSUB, envsubst and shell templates fill it in before ClickHouse sees the text. */
const PLACEHOLDER = /\$(\$?)\{([A-Za-z_]\w*)(?::?-([^}\n]*))?\}/g;

export interface Filled {
  readonly sql: string;
  /** False where a value of another length came in, so that places inside of the text are no longer those of the file. */
  readonly verbatim: boolean;
  /** Names whose values are only known when the tool runs. */
  readonly unknown: readonly string[];
}

/**
 * Fills in what the tool would. A name without a value becomes an identifier of the same length (`${CLUSTER}` → `__CLUSTER_`), so that
 * the statement can be read, with the places of everything else as in the file, and the reader is told.
 * @param constants values by name, from the configuration
 */
export function fillPlaceholders(sql: string, constants: Readonly<Record<string, string>>): Filled {
  if (!sql.includes("${")) return { sql, verbatim: true, unknown: [] };
  const unknown = new Set<string>();
  let verbatim = true;
  const text = sql.replace(PLACEHOLDER, (whole, escaped: string, name: string, otherwise: string | undefined) => {
    if (escaped !== "") return whole;
    const value = constants[name] ?? otherwise;
    if (value !== undefined) {
      verbatim &&= value.length === whole.length;
      return value;
    }
    unknown.add(name);
    return whole.replaceAll(/\W/g, "_");
  });
  return { sql: text, verbatim, unknown: [...unknown] };
}
