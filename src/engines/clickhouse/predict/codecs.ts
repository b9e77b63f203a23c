import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseType, Codec } from "../../../model/clickhouse/schema.ts";
import { bareType } from "../changes/types.ts";

const PREPARES = new Set(["Delta", "DoubleDelta", "Gorilla", "FPC", "GCD", "T64"]);
const COMPRESSES = new Set(["LZ4", "LZ4HC", "ZSTD", "DEFLATE_QPL", "ZSTD_QAT", "Default", "NONE"]);
const KNOWN = new Set([...PREPARES, ...COMPRESSES, "AES_128_GCM_SIV", "AES_256_GCM_SIV", "ALP", "SZ3", "Quantized"]);

/** What the server refuses in CODEC(…). Measured on 26.7 (reference CH046). */
export function checkCodec(codecs: readonly Codec[], type: ClickHouseType): ClickHouseError | null {
  const bare = bareType(type);
  for (const codec of codecs) {
    if (![...KNOWN].some((k) => k.toLowerCase() === codec.name.toLowerCase()))
      return { code: 432, message: `Unknown codec family code: ${codec.name}` };
    if (codec.name === "ZSTD" && codec.args[0] !== undefined && (Number(codec.args[0]) > 22 || Number(codec.args[0]) < 1)) {
      return { code: 433, message: `ZSTD codec can't have level greater than 22, given ${codec.args[0]}` };
    }
    if (
      codec.name === "T64" &&
      !/^(?:U?Int(?:8|16|32|64)|Enum\d+|Date|DateTime|DateTime64|Decimal|IPv4|Bool|Time|Time64)$/.test(bare.name)
    ) {
      return { code: 431, message: `T64 codec is not supported for type ${type.text}` };
    }
    if (/^(?:Delta|DoubleDelta|GCD|Gorilla)$/.test(codec.name) && /^(?:String|JSON|Dynamic)$/.test(bare.name)) {
      return { code: 36, message: `Codec ${codec.name} is not applicable for type ${type.text}` };
    }
    if (codec.name === "Delta" && codec.args[0] !== undefined && !/^[1248]$/.test(codec.args[0]))
      return { code: 433, message: `Delta value for delta codec can be 1, 2, 4 or 8, given ${codec.args[0]}` };
    if (codec.name === "FPC" && !/^Float(?:32|64)$/.test(bare.name))
      return { code: 36, message: `Codec FPC is not applicable for type ${type.text}` };
  }
  if (codecs.length > 1 && codecs.some((c) => c.name === "NONE"))
    return { code: 36, message: "It does not make sense to have codec NONE along with other compression codecs" };
  const compress = codecs.filter((c) => COMPRESSES.has(c.name));
  if (compress.length > 1)
    return {
      code: 36,
      message: "The combination of compression codecs is meaningless: it does not make sense to apply two general-purpose codecs",
    };
  const compressed = codecs.findIndex((c) => COMPRESSES.has(c.name));
  if (compressed !== -1 && codecs.slice(compressed + 1).some((c) => PREPARES.has(c.name)))
    return { code: 36, message: "It does not make sense to apply any transformations after generic compression algorithm" };
  // DoubleDelta, Gorilla, FPC and T64 make data smaller by themselves.
  if (codecs.length > 0 && codecs.every((c) => c.name === "Delta" || c.name === "GCD"))
    return { code: 36, message: `Compression codec ${codecs.map((c) => c.name).join(", ")} does not compress anything` };
  return null;
}
