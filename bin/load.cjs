// Loads the packed command line (dist/bin, scripts/build.mjs) with the machine code that V8 made of it when it was built: reading and
// compiling JavaScript is much of a check of a small project. V8 refuses the code of another version of
// itself or with other flags; it then compiles as always.
const { readFileSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

// Postgres' grammar is one huge wasm module, and a check runs each part of it a few times. V8 would optimise it in a process that is
// over before that pays, and the main thread waits for it: a third of the time (`npm run bench:example` shows both). The price is that
// megabytes of SQL take a third longer (4.7 MB of INSERTs: 9.8 s instead of 7.5 s, Node 20.20, 2 cores).
setFlagsFromString("--liftoff-only");

// Likewise V8 would optimise most of what a check runs a few thousand times, and ends before that pays: it waits eight times longer here. 1,000
// ClickHouse statements take 0.79 s of processor time instead of 1.04 s (Node 20.20); what runs for long is optimised all the same.
setFlagsFromString("--interrupt-budget=1000000");

const packed = path.join(__dirname, "..", "dist", "bin");
const store = path.join(packed, "code.cache");
const scripts = new Map();

/** `{ "main.cjs": [offset, bytes] }` behind its own length, then the code. */
function readStore() {
  try {
    const bytes = readFileSync(store);
    const length = bytes.readUInt32LE(0);
    const { node, places } = JSON.parse(bytes.toString("utf8", 4, 4 + length));
    if (node !== process.version) return new Map();
    const code = bytes.subarray(4 + length);
    return new Map(Object.entries(places).map(([name, [offset, size]]) => [name, code.subarray(offset, offset + size)]));
  } catch {
    return new Map();
  }
}

/** What V8 has compiled so far, for the next process. Called by the build, which alone writes here. */
function writeStore() {
  const places = {};
  const code = [];
  let offset = 0;
  for (const [name, script] of scripts) {
    const bytes = script.createCachedData();
    places[name] = [offset, bytes.length];
    offset += bytes.length;
    code.push(bytes);
  }
  const index = Buffer.from(JSON.stringify({ node: process.version, places }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  writeFileSync(store, Buffer.concat([length, index, ...code]));
}

const known = readStore();
const before = Module._extensions[".js"];
Module._extensions[".cjs"] = (module, filename) => {
  if (!filename.startsWith(packed + path.sep)) {
    before(module, filename);
    return;
  }
  const name = filename.slice(packed.length + 1);
  const script = new Script(Module.wrap(readFileSync(filename, "utf8")), { filename, cachedData: known.get(name) });
  scripts.set(name, script);
  const load = Object.assign((id) => module.require(id), { resolve: (id) => Module._resolveFilename(id, module) });
  script.runInThisContext().call(module.exports, module.exports, load, module, filename, path.dirname(filename));
};

module.exports = { ...require(path.join(packed, "main.cjs")), writeStore };
