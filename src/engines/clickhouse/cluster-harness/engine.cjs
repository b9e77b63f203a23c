// One engine of the current ClickHouse with its real HTTP and native servers: `clickhouse local` as libchdb carries it, told
// `SYSTEM START LISTEN`. argv: <folder that holds ffi-rs> <libchdb.so> <arguments of clickhouse local…>.
// Not koffi: it calls on a stack of its own, and ClickHouse answers 306 (TOO_DEEP_RECURSION).
"use strict";
const { createRequire } = require("node:module");
const [folder, library, ...args] = process.argv.slice(2);
const { open, load, DataType } = createRequire(`${folder}/package.json`)("ffi-rs");
open({ library: "chdb", path: library });
const command = ["clickhouse", ...args];
load({
  library: "chdb",
  funcName: "chdb_query_cmdline",
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [command.length, command],
});
process.exit(0);
