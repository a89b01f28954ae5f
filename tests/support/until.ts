/** How long a test waits for the world before it fails: generous, because the machine may be busy. */
const DEADLINE_MS = 20_000;

/** Looks every 5 ms until `look` returns something other than `undefined`, `false` or `null`; fails with what it saw last. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  options: { readonly deadlineMs?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const deadline = performance.now() + (options.deadlineMs ?? DEADLINE_MS);
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false && value !== null) return value;
    if (performance.now() > deadline) {
      throw new Error(
        `Waited in vain for ${what}; last seen: ${Deno.inspect(options.seen?.() ?? value, { depth: 6 })}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
