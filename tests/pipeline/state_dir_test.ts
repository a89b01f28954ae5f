import assert from "node:assert/strict";
import { openStateDir } from "../../src/pipeline/state_dir.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { tempDir } from "../support/temp_dir.ts";

const HOLDER = new URL("hold_state_dir.ts", import.meta.url).pathname;

/** Another process that wants the directory. */
interface Rival extends AsyncDisposable {
  readonly pid: number;
  /** What it says first: that it holds the directory, or why not. */
  readonly answer: string;
  kill(): Promise<void>;
}

async function rival(dir: string): Promise<Rival> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", HOLDER, dir],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let answer = "";
  while (!answer.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    answer += value;
  }
  let over = false;
  const kill = async () => {
    if (over) return;
    over = true;
    // One that was refused has ended by itself, perhaps in this very moment.
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await child.stdin.close().catch(() => {});
    await reader.cancel();
    await child.status;
  };
  return { pid: child.pid, answer: answer.trimEnd(), kill, [Symbol.asyncDispose]: kill };
}

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("a new state directory is for its user alone", async () => {
  await using dir = await tempDir();
  using held = await openStateDir(dir.at("a/state"), { clock: systemClock });
  assert.equal(held.path, dir.at("a/state"));
  assert.equal(modeOf(held.path), 0o700);
  assert.equal(modeOf(`${held.path}/lock`), 0o600);
  assert.equal(await Deno.readTextFile(`${held.path}/lock`), `${Deno.pid}\n`);
});

Deno.test("a state directory that was there before is left with the mode its owner gave it", async () => {
  await using dir = await tempDir();
  await Deno.mkdir(dir.at("state"));
  await Deno.chmod(dir.at("state"), 0o750);
  using held = await openStateDir(dir.at("state"), { clock: systemClock });
  assert.equal(modeOf(held.path), 0o750);
});

Deno.test("a second process is refused and told the pid of the first", async () => {
  await using dir = await tempDir();
  using _held = await openStateDir(dir.path, { clock: systemClock });
  await using second = await rival(dir.path);
  assert.equal(
    second.answer,
    `StateDirLockedError: Cannot use the state directory "${dir.path}": another irctail runs with it (pid ${Deno.pid})`,
  );
});

Deno.test("a state directory is free when its holder gives it back", async () => {
  await using dir = await tempDir();
  const held = await openStateDir(dir.path, { clock: systemClock });
  held[Symbol.dispose]();
  await using second = await rival(dir.path);
  assert.equal(second.answer, "held");
});

Deno.test("a state directory is free after its holder was killed, and names the next one", async () => {
  await using dir = await tempDir();
  await using first = await rival(dir.path);
  assert.equal(first.answer, "held");
  assert.equal(await Deno.readTextFile(dir.at("lock")), `${first.pid}\n`);
  await first.kill();
  using _held = await openStateDir(dir.path, { clock: systemClock });
  assert.equal(await Deno.readTextFile(dir.at("lock")), `${Deno.pid}\n`);
});
