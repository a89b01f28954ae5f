import assert from "node:assert/strict";
import fc from "fast-check";
import { type ExportEntry, ExportParser, JOURNAL_FIELDS } from "../../src/source/journal_export.ts";

type Fields = readonly (readonly [name: string, value: Uint8Array])[];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As journalctl writes it: in one line where it can, else with its length. */
function exported(fields: Fields): Uint8Array {
  const parts: number[] = [];
  for (const [name, value] of fields) {
    if (value.every((byte) => byte >= 0x20 && byte < 0x7f)) parts.push(...bytesOf(`${name}=`), ...value, 10);
    else {
      const length = new Uint8Array(8);
      new DataView(length.buffer).setBigUint64(0, BigInt(value.length), true);
      parts.push(...bytesOf(name), 10, ...length, ...value, 10);
    }
  }
  return Uint8Array.from([...parts, 10]);
}

function valuesOf(entry: ExportEntry): Record<string, Uint8Array> {
  return Object.fromEntries(JOURNAL_FIELDS.flatMap((name) => {
    const value = entry.bytes(name);
    return value === undefined ? [] : [[name, Uint8Array.from(value)]];
  }));
}

function parse(chunks: readonly Uint8Array[], mostBytes = 1024): Record<string, Uint8Array>[] {
  const parser = new ExportParser(mostBytes);
  return chunks.flatMap((chunk) => [...parser.push(chunk)].map(valuesOf));
}

Deno.test("ExportParser gives the fields that are asked for, in text and in binary form", () => {
  const message = Uint8Array.of(0x61, 0x0a, 0x00, 0xff, 0x3d);
  const entry = exported([["__CURSOR", bytesOf("s=1;i=2")], ["_BOOT_ID", bytesOf("x")], [
    "MESSAGE",
    message,
  ]]);
  assert.deepEqual(parse([entry]), [{ __CURSOR: bytesOf("s=1;i=2"), MESSAGE: message }]);
});

Deno.test("ExportParser gives the same entries however they are cut into chunks", () => {
  const nameArb = fc.oneof(
    fc.constantFrom(...JOURNAL_FIELDS),
    fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/),
  );
  const valueArb = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ maxLength: 40 }).map(bytesOf));
  const entryArb = fc.array(fc.tuple(nameArb, valueArb), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(
    fc.array(entryArb, { maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 0, max: 60 }),
    (entries, sizes, mostBytes) => {
      const bytes = Uint8Array.from(entries.flatMap((fields) => [...exported(fields)]));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (let i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const expected = entries.map((fields) => {
        const kept: Record<string, Uint8Array> = {};
        for (const [name, value] of fields) {
          if (JOURNAL_FIELDS.some((known) => known === name)) kept[name] ??= value.slice(0, mostBytes);
        }
        return kept;
      });
      assert.deepEqual(parse(chunks, mostBytes), expected);
    },
  ));
});

Deno.test("ExportParser knows when it is between two entries", () => {
  const parser = new ExportParser(100);
  const bytes = exported([["MESSAGE", Uint8Array.of(1, 10, 2)], ["PRIORITY", bytesOf("3")]]);
  const between: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (parser.isBetweenEntries) between.push(i);
    for (const _ of parser.push(bytes.subarray(i, i + 1)));
  }
  assert.deepEqual([between, parser.isBetweenEntries], [[0], true]);
});

Deno.test("ExportParser keeps little of a message without an end, and goes on behind it", () => {
  const parser = new ExportParser(100);
  const length = new Uint8Array(8);
  const chunk = new Uint8Array(1024 * 1024).fill(0x78);
  new DataView(length.buffer).setBigUint64(0, BigInt(64 * chunk.length), true);
  assert.deepEqual([...parser.push(bytesOf("MESSAGE\n")), ...parser.push(length)], []);
  for (let i = 0; i < 64; i++) assert.deepEqual([...parser.push(chunk)], []);
  const [entry] = parser.push(bytesOf("\nPRIORITY=4\n\n"));
  assert.deepEqual([entry?.bytes("MESSAGE")?.length, entry?.text("PRIORITY")], [100, "4"]);
});

Deno.test("ExportParser does not throw whatever it is given", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
    parse(chunks);
  }));
});
