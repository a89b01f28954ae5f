/**
 * A sample service's log file: appended to, and rotated before it grows without bound.
 *
 * @module
 */

/** A file is rotated before it grows beyond this, in bytes: about six minutes of the demo. */
export const LOG_FILE_BYTES: number = 1024 * 1024;

/** A log file that is being written. */
export interface LogFile extends Disposable {
  /** Appends whole lines at once; rotates by rename first when they would not fit. */
  append(text: string): void;
}

/**
 * Opens a log file for appending. The rotated one is kept beside it as `<path>.1`, the one before that is gone.
 *
 * @param path Where.
 * @param longestBytes Largest size in bytes; a single larger text is written all the same.
 */
export function openLogFile(path: string, longestBytes: number = LOG_FILE_BYTES): LogFile {
  const open = () => Deno.openSync(path, { append: true, create: true });
  const encoder = new TextEncoder();
  let file = open();
  let size = file.statSync().size;
  return {
    append(text) {
      const bytes = encoder.encode(text);
      if (size > 0 && size + bytes.length > longestBytes) {
        file.close();
        Deno.renameSync(path, `${path}.1`);
        file = open();
        size = 0;
      }
      for (let from = 0; from < bytes.length;) from += file.writeSync(bytes.subarray(from));
      size += bytes.length;
    },
    [Symbol.dispose]: () => file.close(),
  };
}
