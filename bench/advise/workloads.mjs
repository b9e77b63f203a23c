// Tables, queries and frequencies made up from a seed. Nothing here is known to the advisor: it gets the table's definition, a sample and
// the queries' text. `elements` are what a person would try as parts of a key; the exhaustive measurement tries all of their orders.

/** A small random number generator with a seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (a, b) => Math.floor(a + next() * (b - a + 1));
  return { next, between, pick: (list) => list[between(0, list.length - 1)], chance: (p) => next() < p };
}

/** `u(k)`: a uniform number in [0, 1) that depends on the row and the column. `z(k, n)`: 0 … n-1, unevenly. */
const sql = (seed) => ({
  u: (k) => `(cityHash64(number, ${seed * 100 + k}) / 18446744073709551616)`,
  z: (k, n, skew = 3) => `toUInt32(pow(cityHash64(number, ${seed * 100 + k}) / 18446744073709551616, ${skew}) * ${n})`,
});

const day = (d) => `2026-09-${String(1 + d).padStart(2, "0")}`;

const SHAPES = {
  "product analytics": (r, seed) => {
    const { u, z } = sql(seed);
    const tenants = r.pick([40, 300, 1500]);
    const users = r.pick([20, 400]);
    return {
      columns: {
        tenant_id: ["UInt32", z(1, tenants, r.pick([2, 3, 4]))],
        event: ["LowCardinality(String)", `concat('event_', toString(${z(2, r.pick([5, 30]), 2)}))`],
        user_id: ["UInt64", `toUInt64(${z(1, tenants, 3)}) * 100000 + toUInt64(${u(3)} * ${users})`],
        at: ["DateTime('UTC')", `toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(${u(4)} * 86400 * 30)`],
        url: ["String", `concat('/', toString(${z(5, 12, 2)}), '/', toString(${z(6, 300, 2)}), '/', hex(${z(7, 5000, 1)}))`],
        country: ["LowCardinality(Nullable(String))", `if(${u(8)} < 0.1, NULL, concat('C', toString(${z(8, 60, 3)})))`],
      },
      time: "at",
      queries: {
        "tenant by day": [
          (v) =>
            `SELECT toDate(at) AS d, count() FROM {t} WHERE tenant_id = ${v.tenant_id} AND at >= '${day(5)} 00:00:00' AND at < '${day(12)} 00:00:00' GROUP BY d ORDER BY d`,
          ["tenant_id", "at", "toDate(at)"],
        ],
        funnel: [
          (v) =>
            `SELECT user_id, min(at) FROM {t} PREWHERE tenant_id = ${v.tenant_id} WHERE event IN ('${v.event}', 'event_1') AND toDate(at) BETWEEN '${day(3)}' AND '${day(16)}' GROUP BY user_id`,
          ["tenant_id", "event", "toDate(at)"],
        ],
        "one user": [(v) => `SELECT at, event, url FROM {t} WHERE user_id = ${v.user_id} ORDER BY at DESC LIMIT 50`, ["user_id", "at"]],
        "last hour": [() => `SELECT event, count() FROM {t} WHERE at >= '${day(29)} 23:00:00' GROUP BY event`, ["at"]],
        pages: [
          (v) =>
            `SELECT url, count() FROM {t} WHERE tenant_id = ${v.tenant_id} AND url LIKE '/${r.between(0, 5)}/%' GROUP BY url ORDER BY count() DESC LIMIT 20`,
          ["tenant_id", "url"],
        ],
        country: [
          (v) => `SELECT count() FROM {t} WHERE country = '${v.country ?? "C1"}' AND at >= '${day(20)} 00:00:00'`,
          ["country", "at"],
        ],
        "users who did": [
          (v) =>
            `SELECT count() FROM {t} WHERE tenant_id = ${v.tenant_id} AND user_id IN (SELECT user_id FROM {t} WHERE tenant_id = ${v.tenant_id} AND event = '${v.event}')`,
          ["tenant_id", "event", "user_id"],
        ],
        "any of two": [
          (v) =>
            `SELECT count() FROM {t} WHERE (event = '${v.event}' OR country = '${v.country ?? "C2"}') AND tenant_id IN (${v.tenant_id}, ${(v.tenant_id + 7) % tenants})`,
          ["tenant_id", "event"],
        ],
      },
    };
  },
  logs: (r, seed) => {
    const { u, z } = sql(seed);
    const services = r.pick([12, 60]);
    return {
      columns: {
        service: ["LowCardinality(String)", `concat('svc-', toString(${z(1, services, r.pick([1, 3]))}))`],
        host: ["String", `concat('ip-', toString(${z(1, services, 3)}), '-', toString(${z(2, 20, 1)}))`],
        level: [
          "Enum8('debug' = 1, 'info' = 2, 'warn' = 3, 'error' = 4)",
          `multiIf(${u(3)} < 0.3, 'debug', ${u(3)} < 0.9, 'info', ${u(3)} < 0.98, 'warn', 'error')`,
        ],
        ts: ["DateTime64(3, 'UTC')", `toDateTime64('2026-09-01 00:00:00', 3, 'UTC') + toUInt32(${u(4)} * 86400 * 14)`],
        trace_id: ["UUID", `reinterpretAsUUID(sipHash128(intDiv(number, 3), ${seed}))`],
        status: ["UInt16", `[200, 200, 200, 200, 301, 404, 500][1 + ${z(5, 7, 1)} % 7]`],
      },
      time: "ts",
      queries: {
        "service errors": [
          (v) =>
            `SELECT toStartOfHour(ts) AS h, count() FROM {t} WHERE service = '${v.service}' AND level >= 'warn' AND ts >= '${day(10)} 00:00:00' GROUP BY h`,
          ["service", "level", "ts"],
        ],
        trace: [(v) => `SELECT * FROM {t} WHERE trace_id = '${v.trace_id}'`, ["trace_id"]],
        "host tail": [
          (v) =>
            `SELECT ts, status FROM {t} WHERE host = '${v.host}' AND ts BETWEEN '${day(6)} 10:00:00' AND '${day(6)} 16:00:00' ORDER BY ts`,
          ["host", "ts"],
        ],
        "hour of all": [
          () => `SELECT service, count() FROM {t} WHERE toStartOfHour(ts) = '${day(8)} 13:00:00' GROUP BY service`,
          ["ts", "toStartOfHour(ts)"],
        ],
        status: [() => `SELECT count() FROM {t} WHERE status IN (404, 500) AND toDate(ts) = '${day(9)}'`, ["status", "toDate(ts)"]],
        "newest of service": [
          (v) => `SELECT ts, host FROM {t} WHERE service = '${v.service}' ORDER BY ts DESC LIMIT 100`,
          ["service", "ts"],
        ],
      },
    };
  },
  orders: (r, seed) => {
    const { u, z } = sql(seed);
    const shops = r.pick([25, 800]);
    return {
      columns: {
        shop_id: ["UInt32", z(1, shops, 3)],
        customer_id: ["UInt64", `cityHash64(toUInt32(${u(2)} * 60000)) % 1000000`],
        created_at: ["DateTime('UTC')", `toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(${u(3)} * 86400 * 28)`],
        paid_at: [
          "Nullable(DateTime('UTC'))",
          `if(${u(4)} < 0.15, NULL, toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(${u(3)} * 86400 * 28) + toUInt32(${u(5)} * 86400))`,
        ],
        status: ["LowCardinality(String)", `['new', 'paid', 'sent', 'done', 'back'][1 + ${z(6, 5, 2)} % 5]`],
        sku: ["String", `concat('SKU', leftPad(toString(${z(7, 9000, 2)}), 6, '0'))`],
        total: ["Decimal(12, 2)", `toDecimal64(${u(8)} * 900, 2)`],
      },
      time: "created_at",
      queries: {
        "shop revenue": [
          (v) =>
            `SELECT toDate(created_at) AS d, sum(total) FROM {t} WHERE shop_id = ${v.shop_id} AND created_at >= '${day(14)} 00:00:00' GROUP BY d`,
          ["shop_id", "created_at", "toDate(created_at)"],
        ],
        customer: [
          (v) => `SELECT * FROM {t} WHERE customer_id = ${v.customer_id} ORDER BY created_at DESC LIMIT 20`,
          ["customer_id", "created_at"],
        ],
        "open orders": [(v) => `SELECT count() FROM {t} WHERE shop_id = ${v.shop_id} AND status IN ('new', 'paid')`, ["shop_id", "status"]],
        sku: [
          (v) => `SELECT shop_id, count() FROM {t} WHERE sku = '${v.sku}' AND toDate(created_at) >= '${day(20)}' GROUP BY shop_id`,
          ["sku", "toDate(created_at)"],
        ],
        "sku family": [() => `SELECT sum(total) FROM {t} WHERE startsWith(sku, 'SKU0004') AND status = 'done'`, ["sku", "status"]],
        "paid that day": [
          () => `SELECT sum(total) FROM {t} WHERE paid_at >= '${day(15)} 00:00:00' AND paid_at < '${day(16)} 00:00:00'`,
          ["paid_at", "created_at"],
        ],
        weekly: [
          (v) =>
            `WITH w AS (SELECT shop_id AS s, toMonday(created_at) AS m, sum(total) AS x FROM {t} GROUP BY s, m) SELECT m, x FROM w WHERE s = ${v.shop_id} ORDER BY m`,
          ["shop_id", "created_at"],
        ],
      },
    };
  },
  devices: (r, seed) => {
    const { u, z } = sql(seed);
    const devices = r.pick([300, 6000]);
    return {
      columns: {
        site: ["UInt16", `toUInt16(${z(1, devices, 2)} % ${r.pick([8, 50])})`],
        device: ["UInt32", z(1, devices, 2)],
        metric: ["LowCardinality(String)", `concat('m', toString(${z(2, 40, 1)}))`],
        minute: ["DateTime('UTC')", `toStartOfMinute(toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(${u(3)} * 86400 * 21))`],
        received: [
          "DateTime('UTC')",
          `toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(${u(3)} * 86400 * 21) + toUInt32(${u(4)} * 3600)`,
        ],
        value: ["Float64", `${u(5)} * 100`],
      },
      time: "minute",
      queries: {
        "device chart": [
          (v) =>
            `SELECT minute, avg(value) FROM {t} WHERE device = ${v.device} AND metric = '${v.metric}' AND minute >= '${day(7)} 00:00:00' AND minute < '${day(9)} 00:00:00' GROUP BY minute ORDER BY minute`,
          ["device", "metric", "minute"],
        ],
        "site board": [
          (v) => `SELECT device, max(value) FROM {t} WHERE site = ${v.site} AND minute >= '${day(20)} 00:00:00' GROUP BY device`,
          ["site", "minute", "device"],
        ],
        "metric over all": [
          (v) =>
            `SELECT toStartOfHour(minute) AS h, quantile(0.9)(value) FROM {t} WHERE metric = '${v.metric}' AND toDate(minute) = '${day(11)}' GROUP BY h`,
          ["metric", "toDate(minute)"],
        ],
        late: [
          () => `SELECT count() FROM {t} WHERE received >= '${day(18)} 12:00:00' AND received < '${day(18)} 15:00:00'`,
          ["received", "minute"],
        ],
        devices: [
          (v) =>
            `SELECT device, count() FROM {t} WHERE device IN (${v.device}, ${v.device + 1}, ${v.device + 11}, ${v.device + 23}) GROUP BY device`,
          ["device"],
        ],
        bucket: [
          () => `SELECT count() FROM {t} WHERE device % 16 = ${r.between(0, 15)} AND minute >= '${day(15)} 00:00:00'`,
          ["device % 16", "minute"],
        ],
      },
    };
  },
  ads: (r, seed) => {
    const { u, z } = sql(seed);
    return {
      columns: {
        day: ["Date", `toDate('2026-07-01') + toUInt16(${u(1)} * 90)`],
        advertiser: ["UInt32", z(2, 200, 3)],
        campaign: ["UInt32", `${z(2, 200, 3)} * 40 + ${z(3, 40, 2)}`],
        site_host: ["String", `concat('www.site', toString(${z(4, 2500, 2)}), '.example')`],
        country: ["LowCardinality(String)", `concat('C', toString(${z(5, 80, 3)}))`],
        device: ["LowCardinality(String)", `['phone', 'tablet', 'desktop', 'tv'][1 + ${z(6, 4, 2)} % 4]`],
        clicks: ["UInt32", z(7, 20, 4)],
      },
      time: "day",
      queries: {
        "campaign report": [
          (v) =>
            `SELECT day, sum(clicks) FROM {t} WHERE campaign = ${v.campaign} AND day BETWEEN '2026-08-01' AND '2026-08-31' GROUP BY day`,
          ["campaign", "day"],
        ],
        "advertiser total": [
          (v) => `SELECT campaign, sum(clicks) FROM {t} WHERE advertiser = ${v.advertiser} GROUP BY campaign`,
          ["advertiser", "campaign"],
        ],
        site: [
          (v) => `SELECT day, sum(clicks) FROM {t} WHERE site_host = '${v.site_host}' AND day >= '2026-09-01' GROUP BY day`,
          ["site_host", "day"],
        ],
        yesterday: [() => `SELECT country, device, sum(clicks) FROM {t} WHERE day = '2026-09-20' GROUP BY country, device`, ["day"]],
        "country phones": [
          (v) => `SELECT sum(clicks) FROM {t} WHERE country = '${v.country}' AND device = 'phone' AND day >= '2026-09-10'`,
          ["country", "device", "day"],
        ],
        month: [
          (v) =>
            `SELECT advertiser, sum(clicks) FROM {t} WHERE toStartOfMonth(day) = '2026-08-01' AND country IN ('${v.country}', 'C3') GROUP BY advertiser`,
          ["toStartOfMonth(day)", "country"],
        ],
      },
    };
  },
  payments: (r, seed) => {
    const { u, z } = sql(seed);
    return {
      columns: {
        account: ["String", `concat('ACC', leftPad(toString(toUInt32(${u(1)} * 30000)), 8, '0'))`],
        merchant: ["UInt32", z(2, 4000, 3)],
        category: ["Nullable(UInt16)", `if(${u(3)} < 0.2, NULL, toUInt16(${z(2, 4000, 3)} % 90))`],
        booked: ["DateTime('UTC')", `toDateTime('2026-08-01 00:00:00', 'UTC') + toUInt32(sqrt(${u(4)}) * 86400 * 60)`],
        amount: ["Int64", `toInt64(${u(5)} * 100000)`],
        region: ["LowCardinality(String)", `['north', 'south', 'east', 'west'][1 + ${z(6, 4, 1)} % 4]`],
      },
      time: "booked",
      queries: {
        statement: [
          (v) => `SELECT * FROM {t} WHERE account = '${v.account}' AND booked >= '2026-09-01 00:00:00' ORDER BY booked`,
          ["account", "booked"],
        ],
        "merchant month": [
          (v) => `SELECT sum(amount) FROM {t} WHERE merchant = ${v.merchant} AND toStartOfMonth(booked) = '2026-09-01'`,
          ["merchant", "toStartOfMonth(booked)"],
        ],
        category: [(v) => `SELECT count() FROM {t} WHERE category = ${v.category ?? 5} AND region = '${v.region}'`, ["category", "region"]],
        "large today": [
          () => `SELECT account, amount FROM {t} WHERE booked >= '2026-09-28 00:00:00' AND amount > 99000`,
          ["booked", "amount"],
        ],
        "region week": [
          (v) =>
            `SELECT toDate(booked), sum(amount) FROM {t} WHERE region = '${v.region}' AND booked >= '2026-09-10 00:00:00' AND booked < '2026-09-17 00:00:00' GROUP BY 1`,
          ["region", "booked", "toDate(booked)"],
        ],
        "bank prefix": [() => `SELECT count() FROM {t} WHERE account LIKE 'ACC000012%'`, ["account"]],
      },
    };
  },
};

/** @param index which workload; the same index is always the same workload */
export function workload(index, rows) {
  const r = random(7919 * (index + 1));
  const names = Object.keys(SHAPES);
  const name = names[index % names.length];
  const shape = SHAPES[name](r, index + 1);
  const all = Object.keys(shape.queries);
  const wanted = r.between(3, Math.min(5, all.length));
  const chosen = new Set();
  while (chosen.size < wanted) chosen.add(r.pick(all));
  const frequencies = [...chosen].map(() => Math.round(10 ** (r.next() * 2.3)));
  const partition = r.pick([null, null, `toYYYYMM(${shape.time})`, shape.time === "day" ? "toYYYYMM(day)" : `toMonday(${shape.time})`]);
  return {
    index,
    name,
    rows,
    columns: shape.columns,
    partition,
    granularity: r.pick([1024, 2048, 4096]),
    queries: [...chosen].map((query, i) => ({ name: query, text: shape.queries[query][0], frequency: frequencies[i] })),
    elements: [...new Set([...chosen].flatMap((query) => shape.queries[query][1]))],
    seed: 7919 * (index + 1),
  };
}
