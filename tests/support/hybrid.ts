import { type IrcServer, startIrcServer } from "./irc_server.ts";
import { freePort } from "./port.ts";
import { tempDir } from "./temp_dir.ts";
import { makeCertificates } from "./tls.ts";
import { unpackedCommand } from "./unpacked.ts";

/** How the server is set up. */
export interface HybridOptions {
  /** Also listens with TLS, under a certificate for `localhost` and 127.0.0.1. */
  readonly tls?: boolean;
}

/**
 * Starts a real ircd-hybrid with the limits of its reference config: one line a second after five, and killed with
 * more than 2,560 bytes unread. Only the number of clients and of new connections per address is raised, because a
 * test has several on one.
 */
export async function startHybrid(options: HybridOptions = {}): Promise<IrcServer> {
  const dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const certificates = options.tls === true ? await makeCertificates(dir.path) : undefined;
  const port = freePort();
  const tlsPort = certificates === undefined ? 0 : freePort();
  const key = certificates === undefined ? "" : `tls_certificate_file = "${certificates.server.certFile}"; ` +
    `rsa_private_key_file = "${certificates.server.keyFile}";`;
  const lines = [
    `serverinfo { name = "irc.irctail.test"; sid = "0HY"; description = "test server"; network_name = "TestNet";`,
    `  default_max_clients = 512; max_nick_length = 30; max_topic_length = 300; ${key} };`,
    `admin { name = "x"; description = "x"; email = "x"; };`,
    `class { name = "users"; ping_time = 90 seconds; number_per_ip_local = 100; number_per_ip_global = 100;`,
    `  max_number = 100; sendq = 100 kbytes; recvq = 2560 bytes; };`,
    // A second port in one block would lose its host.
    `listen { host = "127.0.0.1"; port = ${port}; };`,
    tlsPort === 0 ? "" : `listen { host = "127.0.0.1"; flags = tls; port = ${tlsPort}; };`,
    `auth { user = "*@*"; class = "users"; };`,
    `channel { max_channels = 25; default_join_flood_count = 18; default_join_flood_time = 6 seconds; };`,
    `general { throttle_count = 1000; throttle_time = 2 seconds; default_floodcount = 10;`,
    `  default_floodtime = 1 second; anti_nick_flood = yes; max_nick_time = 20 seconds; max_nick_changes = 5;`,
    `  pace_wait_simple = 1 second; pace_wait = 10 seconds; ping_cookie = no; disable_auth = yes; };`,
    ...["", "/extra", "/autoload"].map((sub) => `modules { path = "/usr/lib/ircd-hybrid/modules${sub}"; };`),
    `log { use_logging = no; };`,
    "",
  ];
  await Deno.writeTextFile(dir.at("ircd.conf"), lines.join("\n"));
  const command = unpackedCommand("ircd-hybrid", dir, "/etc/ircd-hybrid/ircd.conf", [
    "/usr/sbin/ircd-hybrid",
    "-foreground",
  ]);
  return startIrcServer({ name: "ircd-hybrid", command, dir }, { port, tlsPort, certificates });
}
