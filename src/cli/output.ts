/**
 * Standard output and standard error as line sinks.
 *
 * @module
 */

/** How much is collected before it is written: one system call for many lines. */
const WRITE_BYTES = 65_536;

/** Lines on their way out. */
export interface LineWriter {
  /** Takes one line, without its newline. */
  line(text: string): void;
  /** Writes what was collected. */
  flush(): void;
}

/** Something that is written to synchronously, such as `Deno.stdout`. */
export interface SyncWriter {
  /** Writes some of the bytes; says how many. */
  writeSync(bytes: Uint8Array): number;
}

/** Writes all of the bytes, however small the pieces the other side takes. */
export function writeAll(to: SyncWriter, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

/** Collects lines and writes them in large pieces; the caller flushes before it waits for anything. */
export function openLineWriter(to: SyncWriter): LineWriter {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(WRITE_BYTES);
  let used = 0;
  const flush = () => {
    writeAll(to, buffer.subarray(0, used));
    used = 0;
  };
  return {
    flush,
    line(text) {
      const bytes = encoder.encode(text + "\n");
      if (used + bytes.length > buffer.length) flush();
      if (bytes.length > buffer.length) return writeAll(to, bytes);
      buffer.set(bytes, used);
      used += bytes.length;
    },
  };
}
