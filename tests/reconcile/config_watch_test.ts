import assert from "node:assert/strict";
import { watchConfig } from "../../src/reconcile/config_watch.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { Scope } from "../../src/runtime/scope.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";

/** Longer than settling after a hint, shorter than the look without one. */
const SHORT_MS = 1_000;

/** Short waits are over at once, long ones never: what is noticed was noticed by a hint of the file system. */
const hintsOnly: Clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: (ms, signal) =>
    ms < SHORT_MS
      ? Promise.resolve()
      : new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      ),
};

/** Hints never come, looks are due at once as often as `looks` says. */
function looksOnly(looks: number): Clock {
  let left = looks;
  return {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms, signal) =>
      ms >= SHORT_MS && left-- > 0
        ? Promise.resolve()
        : new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true })
        ),
  };
}

interface Watch extends AsyncDisposable {
  readonly calls: () => number;
  /** What whoever was called last found in the file; `undefined` when it was not there. */
  readonly found: () => string | undefined;
  readonly warnings: readonly string[];
}

function watch(path: string, clock: Clock = hintsOnly): Watch {
  const scope = new Scope();
  const warnings: string[] = [];
  let calls = 0;
  let found: string | undefined;
  const changed = () => {
    calls++;
    found = contentOf(path);
  };
  const log = { info: () => {}, warn: (message: string) => warnings.push(message), error: () => {} };
  scope.spawn((signal) => watchConfig(path, { clock, log, changed }, signal));
  return {
    calls: () => calls,
    found: () => found,
    warnings,
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

function contentOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function shell(script: string, dir: TempDir): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd: dir.path }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** What people and programs do to a config file. */
const CHANGES: readonly (readonly [what: string, script: string])[] = [
  ["a write in place", "echo 'version: 1 # changed' > irctail.yaml"],
  ["a line appended", "echo '# more' >> irctail.yaml"],
  ["sed -i", "sed -i s/1/2/ irctail.yaml"],
  ["another file copied over it", "cp other.yaml irctail.yaml"],
  ["another file moved over it", "mv other.yaml irctail.yaml"],
  ["a file that is removed", "rm irctail.yaml"],
  ["a file that is removed and comes back", "rm irctail.yaml; echo 'version: 1' > irctail.yaml"],
  ["a symbolic link instead of it", "ln -sf other.yaml irctail.yaml"],
  [
    "a backup and a new file, as vim writes",
    "mv irctail.yaml irctail.yaml~; echo x > irctail.yaml; rm irctail.yaml~",
  ],
];

for (const [what, script] of CHANGES) {
  Deno.test(`watchConfig() notices ${what}`, async () => {
    await using dir = await tempDir();
    await shell("echo 'version: 1' > irctail.yaml; echo 'version: 1 # other' > other.yaml", dir);
    await using watching = watch(dir.at("irctail.yaml"));
    await shell(script, dir);
    const wanted = contentOf(dir.at("irctail.yaml"));
    await until(what, () => watching.calls() > 0 && watching.found() === wanted, {
      seen: () => [watching.calls(), watching.found()],
    });
  });
}

Deno.test("watchConfig() notices how Kubernetes swaps a ConfigMap, again and again", async () => {
  await using dir = await tempDir();
  await shell(
    "mkdir ..1; echo 1 > ..1/irctail.yaml; ln -s ..1 ..data; ln -s ..data/irctail.yaml irctail.yaml",
    dir,
  );
  await using watching = watch(dir.at("irctail.yaml"));
  for (let version = 2; version <= 4; version++) {
    await shell(
      `mkdir ..${version}; echo ${version} > ..${version}/irctail.yaml; ln -s ..${version} ..data_tmp; ` +
        `mv -T ..data_tmp ..data; rm -r ..${version - 1}`,
      dir,
    );
    await until(`version ${version}`, () => watching.found() === `${version}\n`);
  }
});

Deno.test("watchConfig() notices a write to the file behind a symbolic link in another directory", async () => {
  await using dir = await tempDir();
  await shell("mkdir etc opt; echo 1 > opt/real.yaml; ln -s ../opt/real.yaml etc/irctail.yaml", dir);
  await using watching = watch(dir.at("etc/irctail.yaml"));
  await shell("echo 2 > opt/real.yaml", dir);
  await until("the write", () => watching.calls() > 0);
});

Deno.test("watchConfig() does not care for the other files of the directory, nor for being read", async () => {
  await using dir = await tempDir();
  await shell("echo 'version: 1' > irctail.yaml", dir);
  await using watching = watch(dir.at("irctail.yaml"));
  await shell(
    "echo x > app.log; echo y >> app.log; mv app.log app.log.1; rm app.log.1; mkdir state; cat irctail.yaml",
    dir,
  );
  assert.equal(watching.calls(), 0);
  // Events come in order: when this one is there, those above were passed over.
  await shell("echo 'version: 1 # changed' > irctail.yaml", dir);
  await until("the change", () => watching.calls() > 0);
  assert.ok(watching.calls() <= 2, `${watching.calls()} calls for one write`);
});

Deno.test("watchConfig() looks by itself where there are no hints, and says so", async () => {
  await using dir = await tempDir();
  await using watching = watch(dir.at("missing/irctail.yaml"), looksOnly(3));
  await until("three looks", () => watching.calls() === 3);
  assert.deepEqual(watching.warnings, ["Config file gives no change events; looking every 5 s"]);
});

Deno.test("watchConfig() ends while nothing happens, and at once when it is too late", async () => {
  await using dir = await tempDir();
  await shell("echo 'version: 1' > irctail.yaml", dir);
  await watch(dir.at("irctail.yaml"))[Symbol.asyncDispose]();
  const options = {
    clock: hintsOnly,
    log: { info() {}, warn() {}, error() {} },
    changed: () => assert.fail(),
  };
  await watchConfig(dir.at("irctail.yaml"), options, AbortSignal.abort());
});
