import { asIrcUser, type IrcServer, startIrcServer } from "./irc_server.ts";
import { freePort } from "./port.ts";
import { findProgram } from "./parts.ts";
import { tempDir } from "./temp_dir.ts";
import { makeCertificates } from "./tls.ts";

/** How the server is set up. */
export interface InspircdOptions {
  /**
   * What a client may do: `lenient` never throttles (the default here), `debian` is the class of Debian's package
   * and `upstream` the one of InspIRCd's own example, both with fake lag.
   */
  readonly limits?: keyof typeof CLASSES;
  /** Also listens with TLS, under a certificate for `localhost` and 127.0.0.1, and asks for one of the client. */
  readonly tls?: boolean;
  /** Lines of its own, such as another module, behind the rest. */
  readonly extra?: readonly string[];
}

/** A real InspIRCd; services link to it with `startAtheme`. */
export interface Inspircd extends IrcServer {
  /** Where services link. */
  readonly linkPort: number;
}

/** Name of the server. */
export const INSPIRCD_NAME = "irc.irctail.test";

/** Name under which services link. */
export const SERVICES_NAME = "services.irctail.test";

/** Password of the link, both ways. */
export const LINK_PASSWORD = "linkpassword";

/** Attributes of the connect class; more than three clients per address are ours, because a test has several. */
const CLASSES = {
  lenient: `hardsendq="1M" softsendq="10240" recvq="10K" threshold="10000" commandrate="100000" fakelag="no"`,
  debian: `threshold="10" hardsendq="262144" softsendq="8192" recvq="8192"`,
  upstream: `hardsendq="1M" softsendq="10240" recvq="10K" threshold="10" commandrate="1000" fakelag="yes"`,
} as const;

const MODULES = [
  ...["sslinfo", "cap", "ircv3", "ircv3_accounttag", "ircv3_batch", "ircv3_capnotify"],
  ...["ircv3_ctctags", "ircv3_echomessage", "ircv3_invitenotify", "ircv3_labeledresponse", "ircv3_msgid"],
  ...["ircv3_servertime", "services_account", "sasl", "spanningtree", "chanhistory", "allowinvite"],
  ...["inviteexception", "messageflood", "blockcolor", "stripcolor", "noctcp", "nonotice", "delayjoin"],
  ...["botmode", "deaf", "permchannels", "hidechans", "servprotect", "svshold", "customprefix", "redirect"],
  ...["monitor", "namesx", "uhnames", "md5", "sha256"],
];

/** Starts a real InspIRCd on loopback. It takes about a second to register a client. */
export async function startInspircd(options: InspircdOptions = {}): Promise<Inspircd> {
  const dir = await tempDir();
  // The server is another user by the time it writes there.
  await Deno.chmod(dir.path, 0o777);
  const certificates = options.tls === true ? await makeCertificates(dir.path) : undefined;
  const [port, linkPort] = [freePort(), freePort()];
  const tlsPort = certificates === undefined ? 0 : freePort();
  const tls = certificates === undefined ? [] : [
    `<bind address="127.0.0.1" port="${tlsPort}" type="clients" sslprofile="main">`,
    // Without a profile it does not start with this module.
    `<module name="ssl_gnutls">`,
    `<sslprofile name="main" provider="gnutls" hash="sha256" requestclientcert="yes" ` +
    `certfile="${certificates.server.certFile}" keyfile="${certificates.server.keyFile}">`,
  ];
  const lines = [
    `<path configdir="${dir.path}" datadir="${dir.path}" logdir="${dir.path}" moduledir="${moduleDir()}">`,
    `<server name="${INSPIRCD_NAME}" description="test server" network="TestNet" id="1AA">`,
    `<admin name="test" nick="test" email="root@localhost">`,
    `<bind address="127.0.0.1" port="${port}" type="clients">`,
    `<bind address="127.0.0.1" port="${linkPort}" type="servers">`,
    `<power diepass="" restartpass="">`,
    `<connect name="main" allow="*" maxchans="200" timeout="20" pingfreq="2m" localmax="50" globalmax="50" ` +
    `resolvehostnames="no" useident="no" ${CLASSES[options.limits ?? "lenient"]}>`,
    `<files motd="${dir.at("motd")}">`,
    `<dns server="127.0.0.1" timeout="1">`,
    `<pid file="${dir.at("pid")}">`,
    // Without the o nobody is operator of a channel that they create.
    `<options prefixquit="Quit: " defaultmodes="not" splitwhois="no" exemptchanops="">`,
    `<security userstats="Pu" hidesplits="no" hideulines="no" maxtargets="20">`,
    `<performance quietbursts="yes" softlimit="12800" somaxconn="128" netbuffersize="10240">`,
    ...MODULES.map((name) => `<module name="${name}">`),
    `<customprefix name="founder" letter="q" prefix="~" rank="50000" ranktoset="50000">`,
    `<customprefix name="admin" letter="a" prefix="&amp;" rank="40000" ranktoset="50000">`,
    `<customprefix name="halfop" letter="h" prefix="%" rank="20000" ranktoset="30000">`,
    `<sasl target="${SERVICES_NAME}" requiressl="no">`,
    `<uline server="${SERVICES_NAME}" silent="yes">`,
    `<link name="${SERVICES_NAME}" ipaddr="127.0.0.1" port="${linkPort}" allowmask="127.0.0.0/8" ` +
    `sendpass="${LINK_PASSWORD}" recvpass="${LINK_PASSWORD}">`,
    ...tls,
    ...options.extra ?? [],
  ];
  await Deno.writeTextFile(dir.at("motd"), "hello\n");
  await Deno.writeTextFile(dir.at("inspircd.conf"), lines.join("\n") + "\n");
  const program = findProgram("inspircd") ?? "inspircd";
  const command = asIrcUser([program, "--nofork", "--config", dir.at("inspircd.conf")]);
  const server = await startIrcServer({ name: "inspircd", says: "is now running as", command, dir }, {
    port,
    tlsPort,
    certificates,
  });
  return { ...server, linkPort };
}

/** Debian 12 keeps the modules here; later releases below the machine's own library folder. */
function moduleDir(): string {
  const dirs = ["/usr/lib/inspircd/modules", `/usr/lib/${Deno.build.arch}-linux-gnu/inspircd`];
  return dirs.find((dir) => {
    try {
      return Deno.statSync(dir).isDirectory;
    } catch {
      return false;
    }
  }) ?? "/usr/lib/inspircd/modules";
}
