import { tempDir } from "./temp_dir.ts";

/** A container daemon with one running container, which behaves well until it is told not to. */
export interface ScriptedDaemon extends AsyncDisposable {
  readonly socket: string;
  /** Id of its container. */
  readonly id: string;
  /** Targets of all requests. */
  readonly asked: readonly string[];
  /** Writes a line to the container's log. */
  write(text: string): void;
  /** Tells those who listen that its health changed. */
  tellHealth(health: string): void;
  /** Whether followers are told of new lines; what they missed they are never told. */
  isSending: boolean;
  /** Whether requests other than subscriptions are answered. */
  isAnswering: boolean;
}

/** What the scripted daemon's container is. */
export interface ScriptedContainer {
  /** Its name; `api` when left out. */
  readonly name?: string;
  /** What the daemon answers to requests for its log; 200 when left out. */
  readonly logStatus?: number;
}

export async function startScriptedDaemon(
  { name = "api", logStatus = 200 }: ScriptedContainer = {},
): Promise<ScriptedDaemon> {
  const dir = await tempDir();
  const id = "ab".repeat(32);
  const log: { readonly atMs: number; readonly text: string }[] = [];
  const followers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const asked: string[] = [];
  const stuck = Promise.withResolvers<void>();

  const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const lasting = (first: Uint8Array, of: "log" | "events") => {
    const audience = of === "log" ? followers : listeners;
    let mine: ReadableStreamDefaultController<Uint8Array> | undefined;
    return new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          mine = controller;
          open.add(controller);
          audience.add(controller);
          if (first.length > 0) controller.enqueue(first);
        },
        cancel() {
          if (mine === undefined) return;
          open.delete(mine);
          audience.delete(mine);
        },
      }),
    );
  };
  const answer = ({ pathname, searchParams }: URL): Response | Promise<Response> => {
    if (pathname === "/events") return lasting(new Uint8Array(), "events");
    if (!daemon.isAnswering) return stuck.promise.then(() => new Response(""));
    if (pathname === "/containers/json") {
      return Response.json([{ Id: id, Names: [`/${name}`], Image: "bb", State: "running", Labels: {} }]);
    }
    if (pathname === `/containers/${id}/json`) {
      return Response.json({
        Id: id,
        Name: `/${name}`,
        Config: { Tty: false, Labels: {}, Image: "bb" },
        State: { Running: true, ExitCode: 0, FinishedAt: "0001-01-01T00:00:00Z" },
      });
    }
    if (pathname !== `/containers/${id}/logs`) return new Response("", { status: 404 });
    if (logStatus !== 200) return new Response("", { status: logStatus });
    const since = Number(searchParams.get("since")) * 1_000;
    const wanted = searchParams.get("tail") === "1" ? log.slice(-1) : log.filter(({ atMs }) => atMs >= since);
    const bytes = concat(wanted.map(({ atMs, text }) => frame(atMs, text)));
    return searchParams.get("follow") === "1" ? lasting(bytes, "log") : new Response(bytes);
  };
  const server = Deno.serve({ path: dir.at("socket"), onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    asked.push(url.pathname + url.search);
    return answer(url);
  });
  const daemon: ScriptedDaemon = {
    socket: dir.at("socket"),
    id,
    asked,
    isSending: true,
    isAnswering: true,
    write(text) {
      const line = { atMs: Date.now() + log.length, text };
      log.push(line);
      if (!daemon.isSending) return;
      for (const controller of followers) controller.enqueue(frame(line.atMs, text));
    },
    tellHealth(health) {
      const event = {
        Type: "container",
        Action: `health_status: ${health}`,
        Actor: { ID: id, Attributes: { name } },
        timeNano: Date.now() * 1e6,
      };
      const bytes = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
      for (const controller of listeners) controller.enqueue(bytes);
    },
    async [Symbol.asyncDispose]() {
      stuck.resolve();
      for (const controller of open) controller.close();
      await server.shutdown();
      await dir[Symbol.asyncDispose]();
    },
  };
  return daemon;
}

/** A line of standard output as the daemon sends it. */
function frame(atMs: number, text: string): Uint8Array<ArrayBuffer> {
  const stamp = new Date(atMs).toISOString().replace("Z", "000000Z");
  const bytes = new TextEncoder().encode(`${stamp} ${text}\n`);
  const header = new Uint8Array(8);
  header[0] = 1;
  new DataView(header.buffer).setUint32(4, bytes.length);
  return concat([header, bytes]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
