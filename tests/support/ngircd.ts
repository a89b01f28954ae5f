import { findProgram } from "./parts.ts";
import { tempDir } from "./temp_dir.ts";
import { type Certificates, makeCertificates } from "./tls.ts";
import { until } from "./until.ts";

/** How the server is set up; what is left out is ngircd's default. */
export interface NgircdOptions {
  /** Server password (PASS). */
  readonly password?: string;
  /** Also listens with TLS, under a certificate for `localhost`, 127.0.0.1 and ::1, or one with something wrong. */
  readonly tls?: "right-host" | "wrong-host" | "expired" | "self-signed" | "self-signed-authority";
  /** Also listens on ::1. */
  readonly ipv6?: boolean;
  /** Longest pause for a flooding client in seconds; 0 turns the flood control off. */
  readonly maxPenaltyTime?: number;
  /** Seconds of silence before the server asks, and before it gives up. */
  readonly pingTimeout?: number;
  /** Longest nick; 30 here, 9 by default. */
  readonly maxNickLength?: number;
  /** Another server that it is linked to. */
  readonly network?: NgircdNetwork;
}

/** A server's place in a network of two. */
export interface NgircdNetwork {
  /** Its own name. */
  readonly name: string;
  /** Name of the other server. */
  readonly other: string;
  /** Where the other one listens; left out: waits for it. */
  readonly otherPort?: number;
}

/** A real ngircd on loopback, stopped when the test ends. */
export interface Ngircd extends AsyncDisposable {
  readonly port: number;
  /** Port for TLS; 0 without `tls`. */
  readonly tlsPort: number;
  /** Who signed the certificate; only with `tls`. */
  readonly certificates: Certificates | undefined;
  /** Ends the server: SIGTERM says goodbye to its clients, SIGKILL does not. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts a stopped server again on the same ports. */
  start(): Promise<void>;
  /** Sends any signal, such as SIGSTOP and SIGCONT. */
  signal(name: Deno.Signal): void;
}

/** A port that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export async function startNgircd(options: NgircdOptions = {}): Promise<Ngircd> {
  const dir = await tempDir();
  // The server gives up root before it opens its files.
  await Deno.chmod(dir.path, 0o755);
  const certificates = options.tls === undefined ? undefined : await makeCertificates(dir.path);
  const port = freePort();
  const tlsPort = certificates === undefined ? 0 : freePort();
  await Deno.writeTextFile(dir.at("ngircd.conf"), config(options, port, tlsPort, certificates));
  let child: Deno.ChildProcess | undefined;

  const server: Ngircd = {
    port,
    tlsPort,
    certificates,
    async start() {
      child = new Deno.Command(findProgram("ngircd") ?? "ngircd", {
        args: ["-n", "-f", dir.at("ngircd.conf")],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      await until("ngircd to listen", () => accepts(port));
    },
    async stop(signal = "SIGTERM") {
      if (child === undefined) return;
      const ended = child;
      child = undefined;
      ended.kill(signal);
      await ended.status;
    },
    signal: (name) => child?.kill(name),
    async [Symbol.asyncDispose]() {
      await server.stop("SIGKILL");
      await dir[Symbol.asyncDispose]();
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

/** Whether something listens. */
export async function accepts(port: number): Promise<boolean> {
  try {
    using _ = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    return false;
  }
}

const CERTIFICATES = {
  "right-host": "server",
  "wrong-host": "wrongHost",
  "expired": "expired",
  "self-signed": "selfSigned",
  "self-signed-authority": "selfSignedAuthority",
} as const;

function config(
  options: NgircdOptions,
  port: number,
  tlsPort: number,
  certificates: Certificates | undefined,
): string {
  const server = certificates?.[CERTIFICATES[options.tls ?? "right-host"]];
  const lines = [
    "[Global]",
    `Name = ${options.network?.name ?? "irc.irctail.test"}`,
    "Info = test server",
    "AdminInfo1 = test",
    "AdminInfo2 = test",
    "AdminEMail = root@localhost",
    "Network = TestNet",
    `Listen = 127.0.0.1${options.ipv6 === true ? ",::1" : ""}`,
    `Ports = ${port}`,
    "MotdPhrase = hello",
    options.password === undefined ? "" : `Password = ${options.password}`,
    "[Limits]",
    "MaxConnections = 200",
    "MaxConnectionsIP = 0",
    "MaxJoins = 100",
    `MaxNickLength = ${options.maxNickLength ?? 30}`,
    `PingTimeout = ${options.pingTimeout ?? 120}`,
    `PongTimeout = ${options.pingTimeout ?? 20}`,
    options.maxPenaltyTime === undefined ? "" : `MaxPenaltyTime = ${options.maxPenaltyTime}`,
    "[Options]",
    "DNS = no",
    "Ident = no",
    "PAM = no",
  ];
  if (options.network !== undefined) {
    const { other, otherPort } = options.network;
    lines.push("[Server]", `Name = ${other}`, "MyPassword = link", "PeerPassword = link");
    lines.push("Host = 127.0.0.1", ...otherPort === undefined ? ["Passive = yes"] : [`Port = ${otherPort}`]);
  }
  if (server !== undefined) {
    lines.push("[SSL]", `CertFile = ${server.certFile}`, `KeyFile = ${server.keyFile}`, `Ports = ${tlsPort}`);
  }
  return lines.join("\n") + "\n";
}
