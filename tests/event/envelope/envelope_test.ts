import assert from "node:assert/strict";
import fc from "fast-check";
import { detectEnvelope, type Envelope, envelopeOf } from "../../../src/event/envelope/envelope.ts";
import { ENVELOPE_FORMATS, type EnvelopeFormat } from "../../../src/event/format.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What an envelope says; the line stands in the middle of a buffer, so that reading outside of it shows. */
interface Opened {
  readonly text: string;
  readonly output: number;
  readonly ends: boolean;
  readonly written: string | undefined;
}

function open(format: EnvelopeFormat, line: string | Uint8Array): Opened | undefined {
  const middle = typeof line === "string" ? encoder.encode(line) : line;
  const bytes = new Uint8Array([
    ...encoder.encode('"},{ stdout F '),
    ...middle,
    ...encoder.encode(' "}\\n stderr P '),
  ]);
  const into = new Uint8Array(middle.length + 3);
  const envelope: Envelope = envelopeOf(format);
  const start = 14;
  const behind = envelope.open(bytes, start, start + middle.length, into, 3);
  if (behind < 0) return undefined;
  assert.ok(behind - 3 <= middle.length);
  const writtenMs = envelope.writtenMs(bytes, start, start + middle.length);
  return {
    text: decoder.decode(into.subarray(3, behind)),
    output: envelope.output,
    ends: envelope.ends,
    written: writtenMs === undefined ? undefined : new Date(writtenMs).toISOString(),
  };
}

Deno.test("a CRI line is opened as containerd, CRI-O and Podman write it", () => {
  const written = "2026-01-02T03:04:05.123Z";
  assert.deepEqual(open("cri", "2026-01-02T03:04:05.123456789Z stdout F INFO ready"), {
    text: "INFO ready",
    output: 1,
    ends: true,
    written,
  });
  assert.deepEqual(open("cri", "2026-01-02T05:04:05.123456789+02:00 stderr P  half"), {
    text: " half",
    output: 2,
    ends: false,
    written,
  });
  assert.equal(open("cri", "2026-01-02T03:04:05Z stdout F:x text")?.text, "text");
  assert.equal(open("cri", "2026-01-02T03:04:05.123456789Z stdout F ")?.text, "");
  assert.equal(open("cri", "2026-01-02T03:04:05.123456789Z stdout F")?.text, "");
});

Deno.test("what only looks like a CRI line is none", () => {
  for (
    const line of [
      "",
      "2026-01-02T03:04:05.123456789Z",
      "2026-01-02T03:04:05.123456789Z stdout",
      "2026-01-02T03:04:05.123456789Z stdout X text",
      "2026-01-02T03:04:05.123456789Z stdout FATAL text",
      "2026-01-02T03:04:05.123456789Z stdin F text",
      "2026-01-02 03:04:05.123456789Z stdout F text",
      "2026-01-02T03:04:05.123456789Z  INFO app: text",
    ]
  ) assert.equal(open("cri", line), undefined, line);
});

Deno.test("a line of Docker's json-file is opened and unescaped", () => {
  const line = (log: string, stream = "stdout") =>
    `{"log":"${log}","stream":"${stream}","time":"2026-01-02T03:04:05.123456789Z"}`;
  const written = "2026-01-02T03:04:05.123Z";
  assert.deepEqual(open("docker", line("INFO ready\\n")), {
    text: "INFO ready",
    output: 1,
    ends: true,
    written,
  });
  assert.deepEqual(open("docker", line("half", "stderr")), { text: "half", output: 2, ends: false, written });
  assert.equal(
    open("docker", line('a\\tb \\"c\\" \\\\ \\u003cd\\u003e \\u001b[31m é\\n'))?.text,
    'a\tb "c" \\ <d> \x1b[31m é',
  );
  assert.equal(open("docker", line("\\ud83d\\ude00 \\ud83d \\ufffd\\n"))?.text, "😀 \ufffd \ufffd");
  // An escaped backslash before the n is no line end.
  assert.deepEqual(open("docker", line("C:\\\\new\\\\n")), {
    text: "C:\\new\\n",
    output: 1,
    ends: false,
    written,
  });
  assert.equal(open("docker", line("two\\nlines\\n"))?.text, "two lines");
  assert.equal(open("docker", line("tty\\r\\n"))?.text, "tty\r");
  assert.deepEqual(
    open("docker", '{"log":"x\\n","stream":"stdout","attrs":{"tag":"web"},"time":"2026-01-02T03:04:05.1Z"}')
      ?.written,
    "2026-01-02T03:04:05.100Z",
  );
});

Deno.test("a line of Docker's that was cut off is opened as far as it goes", () => {
  assert.deepEqual(open("docker", '{"log":"a long text [line cut at 64 KiB]'), {
    text: "a long text [line cut at 64 KiB]",
    output: 0,
    ends: true,
    written: undefined,
  });
});

Deno.test("other JSON is no line of Docker's", () => {
  for (const line of ['{"level":30,"msg":"x"}', '{"log":"x"}', '{"log":"x","level":"info"}', '{"log":5}']) {
    assert.equal(open("docker", line), undefined, line);
  }
});

Deno.test("envelopes are told by one line, and nothing else is taken for one", () => {
  const detected = (line: string) => {
    const bytes = encoder.encode(line);
    return detectEnvelope(bytes, 0, bytes.length)?.constructor.name;
  };
  assert.equal(detected("2026-01-02T03:04:05.123456789Z stdout F x"), "CriEnvelope");
  assert.equal(
    detected('{"log":"x\\n","stream":"stdout","time":"2026-01-02T03:04:05.1Z"}'),
    "DockerEnvelope",
  );
  assert.equal(detected('{"log":"x and no end'), undefined);
  assert.equal(detected("2026-01-02T03:04:05.123456Z  INFO app: x"), undefined);
});

Deno.test("any text comes out of Docker's envelope as it went in", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, ends) => {
    // Docker replaces what is not Unicode before it writes.
    const log = text.replaceAll("\n", "x").toWellFormed() + (ends ? "\n" : "");
    const time = "2026-01-02T03:04:05.1Z";
    const opened = open("docker", JSON.stringify({ log, stream: "stderr", time }));
    assert.deepEqual(opened, {
      text: text.replaceAll("\n", "x").toWellFormed(),
      output: 2,
      ends,
      written: "2026-01-02T03:04:05.100Z",
    });
  }));
});

Deno.test("opening any bytes never throws, and gives no more than there is", () => {
  const beginning = fc.constantFrom(
    "",
    '{"log":"',
    '{"log":"\\u',
    "2026-01-02T03:04:05",
    "2026-01-02T03:04:05Z stdout ",
  );
  const random = fc.array(fc.constantFrom(...'"\\u0dn8F{}: P'), { maxLength: 40 }).map((letters) =>
    letters.join("")
  );
  fc.assert(
    fc.property(fc.constantFrom(...ENVELOPE_FORMATS), beginning, random, (format, before, letters) => {
      open(format, before + letters);
    }),
    { numRuns: 2_000 },
  );
});
