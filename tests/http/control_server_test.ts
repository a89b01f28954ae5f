import assert from "node:assert/strict";
import { request } from "node:http";
import { type Control, CONTROL_SOCKET, serveControl } from "../../src/http/control_server.ts";
import { type RecordingLog, recordingLog } from "../reconcile/recording_log.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";

interface Running extends AsyncDisposable {
  readonly dir: TempDir;
  readonly path: string;
  readonly log: RecordingLog;
  /** What the agent was told to do. */
  readonly asked: readonly string[];
  /** Ends the server; nobody may be left waiting. */
  stop(): Promise<void>;
}

async function serving(
  options: { readonly status?: () => string; readonly before?: (path: string) => void } = {},
): Promise<Running> {
  const dir = await tempDir();
  const path = dir.at(CONTROL_SOCKET);
  const log = recordingLog();
  const end = new AbortController();
  options.before?.(path);
  const status = options.status ?? (() => '{"ok":true}');
  const asked: string[] = [];
  const serving = serveControl(controlOf(status, asked), { stateDir: dir.path, log }, end.signal);
  const stop = async () => {
    end.abort();
    await serving;
  };
  return {
    dir,
    path,
    log,
    asked,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function controlOf(status: () => string, asked: string[]): Control {
  return {
    status,
    panic() {
      asked.push("panic");
      return { muted: true, changed: asked.length === 1, sinceMs: 1 };
    },
    resume() {
      asked.push("resume");
      return { muted: false, changed: true, sinceMs: 1 };
    },
  };
}

function ask(socketPath: string, path: string, method: string = "GET"): Promise<readonly [number, string]> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => text += chunk);
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    asking.on("error", reject);
    asking.end();
  });
}

Deno.test("the control socket answers with the status, and refuses what it does not know", async () => {
  await using server = await serving();
  assert.deepEqual(await ask(server.path, "/status"), [200, '{"ok":true}']);
  assert.equal((await ask(server.path, "/status?x=1"))[0], 200);
  assert.equal((await ask(server.path, "/"))[0], 404);
  assert.equal((await ask(server.path, "/status/"))[0], 404);
  assert.equal((await ask(server.path, "/status", "POST"))[0], 405);
});

Deno.test("the control socket passes a panic and its end on, when they are told and not when they are read", async () => {
  await using server = await serving();
  for (const path of ["/panic", "/resume"]) assert.equal((await ask(server.path, path))[0], 405);
  assert.deepEqual(server.asked, []);
  const answers = [await ask(server.path, "/panic", "POST"), await ask(server.path, "/resume", "POST")];
  assert.deepEqual(answers.map(([code, text]) => [code, JSON.parse(text)]), [
    [200, { muted: true, changed: true, sinceMs: 1 }],
    [200, { muted: false, changed: true, sinceMs: 1 }],
  ]);
  assert.deepEqual(server.asked, ["panic", "resume"]);
});

Deno.test("the control socket is its user's alone, and gone when the server has ended", async () => {
  await using server = await serving();
  assert.equal((Deno.lstatSync(server.path).mode ?? 0) & 0o777, 0o600);
  const before = Deno.umask(0o022);
  Deno.umask(before);
  assert.notEqual(before, 0o177, "the mask of the process is what it was");
  await server.stop();
  assert.throws(() => Deno.lstatSync(server.path), Deno.errors.NotFound);
});

Deno.test("a socket that an agent left behind is replaced; anything else of its name is not", async () => {
  await using server = await serving({
    before: (path) => {
      // Closing removes the name it was opened under.
      using listener = Deno.listen({ transport: "unix", path: `${path}.new` });
      Deno.renameSync(`${path}.new`, path);
      assert.equal(listener.addr.transport, "unix");
    },
  });
  assert.equal((await ask(server.path, "/status"))[0], 200);

  await using other = await serving({ before: (path) => Deno.writeTextFileSync(path, "mine") });
  await other.stop();
  assert.deepEqual(other.log.messages(), [
    "Control socket cannot be opened; irctail status, panic and resume will not work",
  ]);
  assert.equal(Deno.readTextFileSync(other.path), "mine");
});

Deno.test("a status that cannot be made is an error of that answer alone", async () => {
  let calls = 0;
  await using server = await serving({
    status: () => {
      if (calls++ === 0) throw new Error("broken");
      return "{}";
    },
  });
  const [code, text] = await ask(server.path, "/status");
  assert.equal(code, 500);
  assert.doesNotMatch(text, /broken/);
  assert.deepEqual(server.log.messages(), ["Control socket cannot answer"]);
  assert.deepEqual(await ask(server.path, "/status"), [200, "{}"]);
});

Deno.test("the server ends at once, whoever is still connected, and whatever they sent", async () => {
  await using server = await serving();
  const silent = await Deno.connect({ transport: "unix", path: server.path });
  const rude = await Deno.connect({ transport: "unix", path: server.path });
  await rude.write(new TextEncoder().encode("\0\x01garbage\r\n\r\n".repeat(1_000))).catch(() => {});
  assert.equal((await ask(server.path, "/status"))[0], 200);
  const stopping = server.stop();
  let ended = false;
  stopping.then(() => ended = true);
  await until("the server to end", () => ended, { deadlineMs: 2_000 });
  silent.close();
  rude.close();
});

Deno.test("a server whose signal has aborted already opens nothing", async () => {
  await using dir = await tempDir();
  await serveControl(
    controlOf(() => "", []),
    { stateDir: dir.path, log: recordingLog() },
    AbortSignal.abort(),
  );
  assert.deepEqual([...Deno.readDirSync(dir.path)], []);
});
