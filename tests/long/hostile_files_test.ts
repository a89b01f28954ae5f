import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

const MIB = 1024 * 1024;

/** Far above what the agent needs, far below what it would take to hold any of these files. */
const MOST_RESIDENT_BYTES = 200 * MIB;

/** How long a file may be read: 1 GiB from a busy disk. */
const DEADLINE_MS = 120_000;

/** A file that nobody meant to be a log. */
interface Hostile {
  readonly name: string;
  readonly write: (file: Deno.FsFile) => void;
}

const HOSTILE: readonly Hostile[] = [
  { name: "a line of 1 GiB", write: (file) => repeat(file, new Uint8Array(MIB).fill(0x78), 1024) },
  {
    name: "a line of 1 GiB of words",
    write: (file) =>
      repeat(file, new TextEncoder().encode("token=abcdef0123456789, ".repeat(MIB / 24)), 1024),
  },
  {
    name: "64 MiB of /dev/urandom",
    write: (file) => {
      using random = Deno.openSync("/dev/urandom");
      const chunk = new Uint8Array(MIB);
      for (let i = 0; i < 64; i++) {
        random.readSync(chunk);
        writeAll(file, chunk);
      }
    },
  },
  {
    name: "1 GiB of zero bytes",
    write: (file) => {
      file.truncateSync(1024 * MIB);
      file.seekSync(0, Deno.SeekMode.End);
    },
  },
  { name: "64 MiB of newlines", write: (file) => repeat(file, new Uint8Array(MIB).fill(10), 64) },
];

for (const { name, write } of HOSTILE) {
  Deno.test({
    name: `the agent reads ${name} in bounded memory and shows the good lines behind it`,
    ignore: missing("ngircd"),
    fn: async () => {
      await using dir = await tempDir();
      await using server = await startNgircd();
      await using witness = await openWitness(server.port, { channels: ["#logs", "#good"] });
      const path = dir.at("app.log");
      {
        using file = Deno.openSync(path, { create: true, write: true });
        write(file);
        writeAll(file, new TextEncoder().encode("\n2026-01-02T03:04:05Z  INFO app: good line 1\n"));
      }
      const config = await writeConfig(dir, {
        port: server.port,
        sources: [`app: { type: file, paths: ["${path}"], start_at: beginning }`],
        routes: [
          `- { name: good, match: { contains: ["app: good line"] }, to: "#good" }`,
          `- { name: all, match: { min_level: trace }, to: "#logs" }`,
        ],
      });
      await using agent = startAgent(["run", "--config", config]);
      const good = () => witness.texts("#good");
      await until("the good line behind it", () => good().length >= 1, {
        deadlineMs: DEADLINE_MS,
        seen: () => [good(), witness.texts("#logs").slice(-3), agent.log.slice(-3)],
      });
      await Deno.writeTextFile(path, "2026-01-02T03:04:06Z  INFO app: good line 2\n", { append: true });
      await until("the line after that", () => good().length >= 2, { seen: good });
      assert.deepEqual(good(), ["[INFO] good line 1", "[INFO] good line 2"]);
      const bytes = peakBytes(agent.pid);
      // deno-lint-ignore no-console
      console.info(`${name}: ${Math.round(bytes / MIB)} MiB resident at most`);
      assert.ok(bytes < MOST_RESIDENT_BYTES, `${bytes} bytes`);
      assert.equal(await agent.stop(), 0);
    },
  });
}

function repeat(file: Deno.FsFile, chunk: Uint8Array, times: number): void {
  for (let i = 0; i < times; i++) writeAll(file, chunk);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

/** The most memory that a process ever had resident. */
function peakBytes(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kib) * 1024;
}
