/**
 * A small IRC server on loopback for the demo: the RFC 1459 subset that real clients need to join and watch. No operators,
 * no flood control, no links to other servers.
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import { Link } from "./ircd_link.ts";
import { Network } from "./ircd_network.ts";
import { Session } from "./ircd_session.ts";

/** Clients at once; one more is turned away with ERROR. */
export const CLIENTS = 50;

/** How long a client may take to register, in milliseconds; as ngircd's and InspIRCd's defaults. */
const REGISTER_MS = 30_000;

/** Where and as whom to listen. */
export interface DemoServerOptions {
  /** Address, such as `127.0.0.1`. */
  readonly hostname: string;
  /** Port; 0 for a free one. */
  readonly port: number;
  /** Name in front of what the server says. */
  readonly serverName: string;
  /** Stamps topics and measures how long registering takes. */
  readonly clock: Clock;
}

/** A server that listens. Disposing of it says good-bye to every client and leaves nothing open. */
export interface DemoServer extends AsyncDisposable {
  /** Address it listens on. */
  readonly hostname: string;
  /** Port it listens on. */
  readonly port: number;
  /** Clients connected now. */
  readonly clients: number;
}

/**
 * Starts a server.
 *
 * @param options Where to listen.
 * @param signal Stops it, as disposing does.
 * @throws {Deno.errors.AddrInUse} When somebody listens there.
 */
export function startDemoServer(options: DemoServerOptions, signal: AbortSignal): DemoServer {
  return new RunningServer(options, signal);
}

/** One client: its socket and what it is on the network. */
interface Client {
  readonly link: Link;
  readonly session: Session;
}

class RunningServer implements DemoServer {
  readonly hostname: string;
  readonly port: number;
  readonly #options: DemoServerOptions;
  readonly #listener: Deno.TcpListener;
  readonly #network = new Network();
  readonly #clients = new Map<Client, Promise<void>>();
  readonly #stopped = new AbortController();
  readonly #accepting: Promise<void>;
  readonly #unlink: () => void;
  /** First error that was not the end of a socket: a bug, thrown when the server is disposed of. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: DemoServerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#listener = Deno.listen({ hostname: options.hostname, port: options.port, transport: "tcp" });
    const address = this.#listener.addr as Deno.NetAddr;
    this.hostname = address.hostname;
    this.port = address.port;
    this.#accepting = this.#accept();
    const stop = () => this.#stop();
    signal.addEventListener("abort", stop, { once: true });
    this.#unlink = () => signal.removeEventListener("abort", stop);
    if (signal.aborted) stop();
  }

  get clients(): number {
    return this.#clients.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#accepting;
    await Promise.all(this.#clients.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #stop(): void {
    if (this.#stopped.signal.aborted) return;
    this.#unlink();
    this.#stopped.abort();
    this.#listener.close();
    for (const { session } of this.#clients.keys()) session.end("The demo is over");
  }

  /** Takes clients until the listener is closed; never rejects. */
  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        const client = this.#welcome(conn);
        this.#clients.set(client, this.#serve(client));
        if (this.#clients.size > CLIENTS) client.session.end("Too many clients");
        else if (this.#stopped.signal.aborted) client.session.end("The demo is over");
      }
    } catch (error) {
      this.#failure ??= { error };
      this.#stop();
    }
  }

  #welcome(conn: Deno.TcpConn): Client {
    conn.setNoDelay(true); // Live: a line must not wait for the acknowledgement of the one before.
    const link = new Link(conn, this.#options.clock);
    const session = new Session({
      network: this.#network,
      serverName: this.#options.serverName,
      clock: this.#options.clock,
      host: conn.remoteAddr.hostname,
      send: (line) => link.send(line),
      finish: () => link.finish(),
    });
    return { link, session };
  }

  /** Runs one client to its end; never rejects. */
  async #serve(client: Client): Promise<void> {
    const { link, session } = client;
    const over = new AbortController();
    const deadline = this.#registerInTime(session, over.signal);
    try {
      await link.run((line) => session.receive(line));
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      session.end("Connection closed");
      over.abort();
      await deadline;
      this.#clients.delete(client);
    }
  }

  /** Sends a client away that does not register; never rejects. */
  async #registerInTime(session: Session, over: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(REGISTER_MS, over);
    } catch {
      return; // The client was gone before.
    }
    if (!session.registered) session.end("Registration timeout");
  }
}
