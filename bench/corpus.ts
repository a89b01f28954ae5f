/**
 * A seeded log corpus: pino JSON 30 %, Rust tracing 25 %, Python logging 15 %, logfmt 15 %, nginx 15 %; debug 25 %,
 * info 65 %, warn 8 %, error 2 %; every twentieth line with something secret in it.
 *
 * @module
 */

const NETWORKS = ["base", "base-sepolia", "polygon", "avalanche-fuji"];
const PATHS = ["/verify", "/settle", "/api/v1/orders", "/healthz", "/login", "/supported"];
const INFO = [
  "Payment verification",
  "Settlement submitted to network",
  "request completed",
  "queue drained",
];
const WARN = [
  "slow query detected",
  "retrying request after transient failure",
  "deprecated endpoint called",
];
const ERROR = [
  "Payment verification failed: insufficient funds",
  "upstream connect error",
  "database refused",
];

/** Writes a corpus of about `bytes` bytes; the same seed writes the same bytes. */
export function writeCorpus(path: string, bytes: number, seed: number = 42): { readonly lines: number } {
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const of = (list: readonly string[]) => list[below(list.length)] ?? "";
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("");
  const secret = () => {
    const kind = below(100);
    if (kind < 2) return ` authorization="Bearer eyJhbGciOiJIUzI1NiJ9.${hex(40)}.${hex(43)}"`;
    if (kind < 3) return ` private_key=0x${hex(64)}`;
    if (kind < 5) return ` dsn=postgres://app:${hex(16)}@10.0.1.2:5432/main`;
    return "";
  };
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let written = 0;
  let lines = 0;
  let millis = Date.UTC(2025, 9, 31, 14);
  while (written < bytes) {
    let text = "";
    for (let i = 0; i < 2_000; i++, lines++) {
      millis += below(12);
      const time = new Date(millis).toISOString();
      const dice = below(1_000);
      const level = dice < 250 ? 0 : dice < 900 ? 1 : dice < 980 ? 2 : 3;
      const message = level === 3 ? of(ERROR) : level === 2 ? of(WARN) : of(INFO);
      const format = below(100);
      if (format < 30) {
        text +=
          `{"level":${(level + 2) * 10},"time":${millis},"pid":1042,"hostname":"web-1","reqId":"${
            hex(10)
          }",` +
          `"msg":"${message}","url":"${of(PATHS)}","responseTime":${below(900)}}\n`;
      } else if (format < 55) {
        const name = ["DEBUG", " INFO", " WARN", "ERROR"][level];
        text +=
          `${time.slice(0, -1)}001Z ${name} facilitator: ${message} payer=0x${hex(40)} network=${
            of(NETWORKS)
          } ` +
          `amount=${below(1e6)} elapsed_ms=${below(2_000)}${secret()}\n`;
      } else if (format < 70) {
        const name = ["DEBUG", "INFO", "WARNING", "ERROR"][level];
        text +=
          `${time.slice(0, 10)} ${time.slice(11, 19)},${
            time.slice(20, 23)
          } - test-seller - ${name} - ${message} ` +
          `order_id=${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)} took ${
            below(3_000)
          } ms${secret()}\n`;
      } else if (format < 85) {
        const name = ["debug", "info", "warn", "error"][level];
        text += `time=${time} level=${name} component=settler msg="${message}" trace_id=${hex(32)} attempt=${
          below(5)
        }${secret()}\n`;
      } else {
        const status = [200, 204, 404, 502][level];
        text +=
          `10.0.${below(256)}.${below(256)} - - [31/Oct/2025:14:00:00 +0000] "GET ${of(PATHS)}?id=${
            below(1e6)
          } HTTP/1.1" ` +
          `${status} ${below(90_000)} "-" "curl/8.5.0"\n`;
      }
    }
    const chunk = encoder.encode(text);
    for (let done = 0; done < chunk.length;) done += file.writeSync(chunk.subarray(done));
    written += chunk.length;
  }
  return { lines };
}

/** A small generator with a known period of 2^32 (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
