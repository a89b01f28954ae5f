import { until } from "../../support/until.ts";

/** A socket that speaks IRC by hand, so that the server is judged by bytes and not by another parser of ours. */
export interface RawClient extends AsyncDisposable {
  /** Every line received so far, without CR LF. */
  readonly lines: readonly string[];
  /** Whether the server has closed the connection. */
  readonly closed: boolean;
  /** Sends a line, ended by CR LF. */
  send(line: string): Promise<void>;
  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** The first line not looked at before that matches; what is passed over is not looked at again. */
  next(pattern: RegExp): Promise<string>;
  /** Waits until the server has handled everything sent so far; returns what came before its PONG. */
  fence(): Promise<readonly string[]>;
}

/** Connects; `nick` registers too and waits for the end of the greeting. */
export async function rawClient(port: number, nick?: string): Promise<RawClient> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  const lines: string[] = [];
  let closed = false;
  let looked = 0;
  let fences = 0;
  const reading = (async () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const buffer = new Uint8Array(65_536);
    let rest = "";
    try {
      for (;;) {
        const length = await conn.read(buffer);
        if (length === null) break;
        const parts = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split("\r\n");
        rest = parts.pop() ?? "";
        lines.push(...parts);
      }
    } catch (error) {
      const ended = error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
      if (!ended) throw error;
    }
    closed = true;
  })();
  const client: RawClient = {
    lines,
    get closed() {
      return closed;
    },
    send: (line) => client.sendBytes(new TextEncoder().encode(`${line}\r\n`)),
    async sendBytes(bytes) {
      for (let from = 0; from < bytes.length;) from += await conn.write(bytes.subarray(from));
    },
    async next(pattern) {
      const found = await until(`a line like ${pattern}`, () => {
        const at = lines.findIndex((line, index) => index >= looked && pattern.test(line));
        return at < 0 ? undefined : { at };
      }, { seen: () => lines.slice(looked) });
      looked = found.at + 1;
      return lines[found.at] ?? "";
    },
    async fence() {
      const from = looked;
      const token = `fence-${++fences}`;
      await client.send(`PING ${token}`);
      await client.next(new RegExp(` PONG .*${token}$`));
      return lines.slice(from, looked - 1);
    },
    async [Symbol.asyncDispose]() {
      conn.close();
      await reading;
    },
  };
  if (nick !== undefined) {
    await client.send(`NICK ${nick}`);
    await client.send(`USER ${nick} 0 * :${nick} by hand`);
    await client.next(/^\S+ 376 /);
  }
  return client;
}
