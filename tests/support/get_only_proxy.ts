/** A proxy before a Unix socket that lets nothing but GET pass, as read-only socket proxies do. */
export interface GetOnlyProxy extends AsyncDisposable {
  readonly port: number;
  /** Request lines that were refused. */
  readonly refused: readonly string[];
  /** Request lines that were passed on. */
  readonly passed: readonly string[];
}

export function startGetOnlyProxy(socket: string): GetOnlyProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const refused: string[] = [];
  const passed: string[] = [];
  const serving = new Set<Promise<void>>();
  const conns = new Set<Deno.Conn>();
  const serve = async (client: Deno.Conn) => {
    const first = new Uint8Array(16_384);
    const length = await client.read(first) ?? 0;
    const [line = ""] = new TextDecoder().decode(first.subarray(0, length)).split("\r\n");
    if (!line.startsWith("GET ")) {
      refused.push(line);
      await client.write(new TextEncoder().encode("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
      return client.close();
    }
    passed.push(line);
    const daemon = await Deno.connect({ transport: "unix", path: socket });
    conns.add(daemon);
    await daemon.write(first.subarray(0, length));
    // Whoever hangs up first ends both.
    await Promise.race([
      daemon.readable.pipeTo(client.writable).catch(() => {}),
      client.readable.pipeTo(daemon.writable).catch(() => {}),
    ]);
    close(client);
    close(daemon);
  };
  const accepting = (async () => {
    try {
      for await (const client of listener) {
        conns.add(client);
        const task = serve(client).catch(() => close(client)).finally(() => serving.delete(task));
        serving.add(task);
      }
    } catch {
      // The listener was closed.
    }
  })();
  return {
    port: listener.addr.port,
    refused,
    passed,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of conns) close(conn);
      await accepting;
      await Promise.all(serving);
    },
  };
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
