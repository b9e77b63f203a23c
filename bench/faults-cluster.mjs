// `npm run faults:cluster`: changing a cluster while it serves, and while whoever walks the change, a host, a shard, Keeper or the way to a
// host is taken away. Prints one line per series and the totals; exit code 1 on any row lost or doubled, any failed insert or read (where
// the cluster itself was well), any host that differs afterwards, any stop without a correct account.
//   npm run faults:cluster -- --cluster=b --additive=5 --removal=5 --kills=10 --keys=5 --proxy=5 --historical=1
//   npm run faults:cluster -- --cluster=a --kills-a=3 --replicas=3 --shards=3 --keeper=3 --seed=7
// Without options: all of it (hours). A cluster that is named alone runs alone.
const NUMBERS = {
  additive: 20,
  removal: 20,
  historical: 1,
  kills: 100,
  keys: 20,
  proxy: 20,
  "kills-a": 0,
  replicas: 50,
  shards: 20,
  keeper: 20,
  seed: 1,
};

const given = new Map(
  process.argv.slice(2).map((one) => {
    const [, name, value] = /^--([a-z-]+)=(\S+)$/.exec(one) ?? [];
    if (name === undefined || !(name in NUMBERS || name === "cluster")) {
      console.error(
        `${one} is no option; there are ${Object.keys(NUMBERS)
          .map((name) => `--${name}=N`)
          .join(" ")} --cluster=a|b`,
      );
      process.exit(2);
    }
    return [name, value];
  }),
);
const named = [...given.keys()].some((name) => !["cluster", "seed"].includes(name));
const number = (name) => {
  // Where some are named, the others are not run.
  const value = Number(given.get(name) ?? (named && name !== "seed" ? 0 : NUMBERS[name]));
  if (!Number.isSafeInteger(value) || value < 0) {
    console.error(`--${name} is a whole number`);
    process.exit(2);
  }
  return value;
};

const { install } = await import("../scripts/setup.mjs");
install();
const { conclude, packed, randomFrom } = await import("./faults-cluster-rig.mjs");
const tools = await packed();
const random = randomFrom(number("seed"));
const say = (message) => console.error(message);
const only = given.get("cluster") ?? null;
const results = [];
const b = {
  additive: number("additive"),
  removal: number("removal"),
  historical: number("historical"),
  kills: number("kills"),
  keys: number("keys"),
  proxy: number("proxy"),
};
const a = { kills: number("kills-a"), replicas: number("replicas"), shards: number("shards"), keeper: number("keeper") };
const wanted = (counts) => Object.values(counts).some((count) => count > 0);
if (only !== "a" && wanted(b)) {
  const { modernSeries } = await import("./faults-cluster-modern.mjs");
  results.push(await modernSeries(tools, b, random, say));
}
if (only !== "b" && wanted(a)) {
  const { replicatedSeries } = await import("./faults-cluster-replicated.mjs");
  results.push(await replicatedSeries(tools, a, random, say));
}
process.exitCode = conclude(
  results.flatMap(({ table }) => table),
  results.flatMap(({ reasons }) => [...reasons]),
  results.flatMap(({ faults }) => [...faults]),
);
