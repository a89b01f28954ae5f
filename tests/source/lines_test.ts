import assert from "node:assert/strict";
import fc from "fast-check";
import { cutLine, cutLines, makeRoom, wholeLines } from "../../src/source/lines.ts";
import { type Piece, Splitter } from "../../src/source/splitter.ts";
import { decode } from "./reading.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("wholeLines() finds the last newline and the beginning of a line behind it", () => {
  assert.deepEqual(wholeLines(encode("one\ntwo\nhal"), 100), { end: 8, tooLong: false });
  assert.deepEqual(wholeLines(encode("half"), 100), { end: 0, tooLong: false });
  assert.deepEqual(wholeLines(encode(""), 100), { end: 0, tooLong: false });
  assert.deepEqual(wholeLines(encode("\n\n"), 100), { end: 2, tooLong: false });
});

Deno.test("wholeLines() lets a line of the greatest length pass and stops at a longer one", () => {
  assert.deepEqual(wholeLines(encode("1234\n12345\n123456\n1\n"), 5), { end: 11, tooLong: true });
  assert.deepEqual(wholeLines(encode("12345"), 5), { end: 0, tooLong: false });
  assert.deepEqual(wholeLines(encode("123456"), 5), { end: 0, tooLong: true });
});

Deno.test("cutLine() cuts between characters and leaves out the token that it would tear", () => {
  const room = makeRoom(100);
  const cut = (text: string) => {
    room.bytes.set(encode(text));
    return decode(room.bytes.subarray(0, cutLine(room, 0)));
  };
  const first = "first words, and more of them until half of it ";
  assert.equal(
    cut(`${first} key=${"f".repeat(20)} "0x${"f".repeat(200)}`),
    `${first} key=${"f".repeat(20)} " [line cut at 100 B]\n`,
  );
  assert.equal(
    cut(`${first}${" ".repeat(10)}0x${"f".repeat(200)}`),
    `${first}${" ".repeat(10)} [line cut at 100 B]\n`,
  );
  assert.equal(cut("é".repeat(200)), `${"é".repeat(40)} [line cut at 100 B]\n`);
  assert.equal(cut("x" + "😀".repeat(50)), `x${"😀".repeat(19)} [line cut at 100 B]\n`);
});

Deno.test("cutLine() gives a line of the greatest length at most, whatever the bytes", () => {
  const room = makeRoom(64);
  fc.assert(fc.property(fc.uint8Array({ minLength: 80, maxLength: 120 }), (bytes) => {
    room.bytes.set(bytes);
    const length = cutLine(room, 0);
    assert.ok(length <= 65);
    assert.equal(room.bytes[length - 1], 10);
  }));
});

Deno.test("cutLines() cuts only the lines that are too long", () => {
  const room = makeRoom(64);
  const text = encode(`one\n${"x".repeat(65)}\n${"y".repeat(64)}\n${"z".repeat(300)}\n`);
  room.bytes.set(text);
  const cut = decode(room.bytes.subarray(0, cutLines(room, text.length)));
  assert.equal(
    cut,
    `one\n${"x".repeat(45)} [line cut at 64 B]\n${"y".repeat(64)}\n${"z".repeat(45)} [line cut at 64 B]\n`,
  );
});

Deno.test("makeRoom() says a size as people do and has room for the longest line", () => {
  assert.equal(decode(makeRoom(1024 * 1024).marker), " [line cut at 1 MiB]");
  assert.ok(makeRoom(1024 * 1024).capacityBytes > 1024 * 1024);
  assert.equal(makeRoom(1).maxLineBytes, 64);
});

Deno.test("Splitter gives the same lines and offsets however a stream is divided", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll("\n", "")),
    fc.integer({ min: 60, max: 200 }).map((length) => "x".repeat(length)),
  );
  fc.assert(fc.property(
    fc.array(line, { maxLength: 30 }),
    fc.boolean(),
    fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }),
    (lines, isEnded, sizes) => {
      const text = encode(lines.join("\n") + (isEnded && lines.length > 0 ? "\n" : ""));
      const whole = split(text, [text.length]);
      assert.deepEqual(split(text, sizes), whole);
      assert.equal(whole.at(-1)?.to ?? 0, text.length);
    },
  ));
});

function split(text: Uint8Array, sizes: readonly number[]): { line: string; from: number; to: number }[] {
  const splitter = new Splitter(makeRoom(64));
  const lines: { line: string; from: number; to: number }[] = [];
  const take = ({ bytes, startBytes, endBytes, isExact }: Piece) => {
    for (let start = 0; start < bytes.length;) {
      const next = bytes.indexOf(10, start) + 1;
      const from = startBytes + start;
      lines.push({
        line: decode(bytes.subarray(start, next)),
        from,
        to: isExact ? startBytes + next : endBytes,
      });
      start = next;
    }
  };
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    for (const piece of splitter.split(text.subarray(at, at + size))) take(piece);
    at += size;
  }
  for (const piece of splitter.end()) take(piece);
  return lines;
}
