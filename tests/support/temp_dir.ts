/** A directory of the test's own, removed when the test ends. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
  /** Absolute path of a name inside. */
  at(name: string): string;
}

export async function tempDir(): Promise<TempDir> {
  const path = await Deno.makeTempDir({ prefix: "irctail-test-" });
  return {
    path,
    at: (name) => `${path}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
