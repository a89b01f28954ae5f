import { type IrcServer, startIrcServer } from "./irc_server.ts";
import { freePort } from "./port.ts";
import { tempDir } from "./temp_dir.ts";
import { unpackedCommand } from "./unpacked.ts";

/**
 * Starts a real ircd-irc2 2.11 (what IRCnet runs) with the limits of Debian's config: one line in two seconds after
 * five, and killed with about 8,000 bytes unread. Nicks have 15 characters, TLS and capabilities do not exist. Only
 * the number of clients per address is raised, because a test has several on one.
 */
export async function startIrc2(): Promise<IrcServer> {
  const dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const port = freePort();
  const lines = [
    "M%irc.irctail.test%%test server%%000A",
    "A%test%test%<root@localhost>%%TestNet",
    "Y%1%90%%100%512000%100.100%100.100",
    "I%*%%%0%1",
    "I%127.0.0.1/32%%%0%1",
    `P%127.0.0.1%%%${port}%`,
    "",
  ];
  await Deno.writeTextFile(dir.at("ircd.conf"), lines.join("\n"));
  const command = unpackedCommand("ircd-irc2", dir, "/etc/ircd/ircd.conf", ["/usr/sbin/ircd", "-t"]);
  return startIrcServer(
    { name: "ircd-irc2", command, dir },
    { port, tlsPort: 0, certificates: undefined },
  );
}
