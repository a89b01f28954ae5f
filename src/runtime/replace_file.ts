/**
 * A file that is replaced whole or not at all, also when the machine loses power.
 *
 * @module
 */

/**
 * Writes a file that only the user can read: new file, `fsync`, rename, `fsync` of the directory.
 *
 * @param dir Directory of the file; is there already.
 * @param name Its name in it.
 * @param text What it is to hold.
 * @throws {Error} When it cannot be written; the file that was there still is.
 */
export async function replaceFile(dir: string, name: string, text: string): Promise<void> {
  const path = `${dir}/${name}`;
  const fresh = `${path}.new`;
  {
    using file = await Deno.open(fresh, { write: true, create: true, truncate: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  }
  await Deno.rename(fresh, path);
  using directory = await Deno.open(dir, { read: true });
  await directory.sync();
}
