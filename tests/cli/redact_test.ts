import assert from "node:assert/strict";
import { redactStream } from "../../src/cli/redact.ts";
import type { Explanation } from "../../src/redact/redactor.ts";
import { redactorOf, SK_KEY } from "../redact/standard.ts";

const FULL = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

interface Run {
  readonly json?: boolean;
  readonly explain?: (line: number, found: readonly Explanation[]) => void;
}

/** Runs the filter over chunks; returns what it wrote for each. */
async function run(chunks: Iterable<string | Uint8Array>, options: Run = {}): Promise<readonly string[]> {
  const encoder = new TextEncoder();
  const written: string[] = [];
  await redactStream({
    redactor: redactorOf(),
    json: options.json ?? false,
    ...options.explain === undefined ? {} : { explain: options.explain },
    input: ReadableStream.from(
      Array.from(chunks, (chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk),
    ),
    output: (bytes) => written.push(new TextDecoder().decode(bytes)),
  });
  return written;
}

Deno.test("redactStream() writes the lines of a chunk before it reads the next", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const written: string[] = [];
  const writer = writable.getWriter();
  const done = redactStream({
    redactor: redactorOf(),
    json: false,
    input: readable,
    output: (bytes) => written.push(new TextDecoder().decode(bytes)),
  });
  await writer.write(new TextEncoder().encode(`a ${SK_KEY}\nhalf`));
  await writer.write(new TextEncoder().encode(" b\r\nlast"));
  assert.deepEqual(written, ["a sk-[REDACTED]\n", "half b\n"]);
  await writer.close();
  await done;
  assert.deepEqual(written, ["a sk-[REDACTED]\n", "half b\n", "last\n"]);
});

Deno.test("redactStream() answers every line with one, empty ones and those of a key included", async () => {
  const lines = [
    "a",
    "",
    "-----BEGIN PRIVATE KEY-----",
    FULL,
    "Q2d3ZQ==",
    "-----END PRIVATE KEY-----",
    "b",
    "",
  ];
  assert.equal(
    (await run([lines.join("\n")])).join(""),
    "a\n\n[REDACTED_PEM]\n[...]\n[...]\n[...]\nb\n",
  );
});

Deno.test("redactStream() takes JSON strings and withholds other lines", async () => {
  const lines = [JSON.stringify(`two\nlines ${SK_KEY}`), '{"a":1}', "hunter2", ""];
  assert.equal(
    (await run([lines.join("\n")], { json: true })).join(""),
    [
      '"two lines sk-[REDACTED]"',
      '"[line withheld: not a JSON string]"',
      '"[line withheld: not a JSON string]"',
      "",
    ].join("\n"),
  );
});

Deno.test("redactStream() replaces invalid UTF-8, and joins a character that two chunks share", async () => {
  const bytes = new TextEncoder().encode("é\n");
  assert.equal(
    (await run([bytes.slice(0, 1), bytes.slice(1), new Uint8Array([0xff, 0x0a])])).join(""),
    "é\n\ufffd\n",
  );
});

Deno.test("redactStream() stays bounded on 100 MB without a newline", async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(0x61);
  function* chunks() {
    for (let i = 0; i < 100; i++) yield chunk;
    yield "\nnext";
  }
  const before = Deno.memoryUsage().rss;
  const written = await run(chunks());
  assert.equal(written.length, 2);
  assert.ok((written[0]?.length ?? 0) <= 8193);
  assert.equal(written[1], "next\n");
  assert.ok(Deno.memoryUsage().rss - before < 96 * 1024 * 1024);
});

Deno.test("redactStream() explains rules and places, never values", async () => {
  const told: unknown[] = [];
  await run([`x\n${SK_KEY}\n`], { explain: (line, found) => told.push([line, found]) });
  assert.deepEqual(told, [[1, []], [2, [{ rule: "sk-key", start: 0, end: SK_KEY.length }]]]);
});
