import { type IrcServer, startForeground } from "./irc_server.ts";
import { findProgram } from "./parts.ts";
import { accepts, freePort } from "./port.ts";
import { tempDir } from "./temp_dir.ts";
import { type Certificates, makeCertificates } from "./tls.ts";

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

export async function startNgircd(options: NgircdOptions = {}): Promise<IrcServer> {
  const dir = await tempDir();
  // The server gives up root before it opens its files.
  await Deno.chmod(dir.path, 0o755);
  const certificates = options.tls === undefined ? undefined : await makeCertificates(dir.path);
  const port = freePort();
  const tlsPort = certificates === undefined ? 0 : freePort();
  await Deno.writeTextFile(dir.at("ngircd.conf"), config(options, port, tlsPort, certificates));
  const running = await startForeground({
    name: "ngircd",
    command: [findProgram("ngircd") ?? "ngircd", "-n", "-f", dir.at("ngircd.conf")],
    dir,
    ready: () => accepts(port),
  });
  return { port, tlsPort, certificates, ...running };
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
