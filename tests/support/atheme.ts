import { type Inspircd, INSPIRCD_NAME, LINK_PASSWORD, SERVICES_NAME } from "./inspircd.ts";
import { asIrcUser, startForeground, textOf } from "./irc_server.ts";
import { findProgram } from "./parts.ts";
import { tempDir } from "./temp_dir.ts";
import { openWitness, type Witness } from "./witness.ts";

/** What a channel is registered with. */
export interface ChannelSetup {
  /** Flags by account, such as `{ tailbot: "+Vi" }`: voice on join, and may ask for an invitation. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Modes that services keep, such as `+int`. */
  readonly mlock?: string;
}

/** Real services (NickServ, ChanServ, SASL), linked to an InspIRCd. */
export interface Atheme extends AsyncDisposable {
  /** A client with the account `founder`, who founds the channels and stays in them as operator. */
  readonly founder: Witness;
  /** Registers an account under its nick; a client certificate with this fingerprint may log in as well. */
  registerAccount(account: string, password: string, fingerprint?: string): Promise<void>;
  /** Adds a fingerprint (SHA-256, hex) to an account. */
  addFingerprint(account: string, password: string, fingerprint: string): Promise<void>;
  /** Registers a channel for the founder; the accounts it names must exist. */
  registerChannel(channel: string, setup?: ChannelSetup): Promise<void>;
  /** Sends a command to a service as the founder; returns the first notice back that matches. */
  ask(service: string, command: string, answer: RegExp): Promise<string>;
  /** Ends the services; accounts and channels are kept for {@linkcode Atheme.start}. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts stopped services again. */
  start(): Promise<void>;
}

const MODULES = [
  ...["protocol/inspircd", "backend/opensex", "crypto/pbkdf2v2"],
  ...["main", "register", "identify", "info", "ghost", "group", "regain", "release", "enforce", "cert"]
    .map((name) => `nickserv/${name}`),
  ...["set_core", "access", "logout"].map((name) => `nickserv/${name}`),
  ...["main", "register", "access", "flags", "invite", "info", "op", "voice", "akick", "set_core"]
    .map((name) => `chanserv/${name}`),
  ...["set_mlock", "set_guard", "unban_self", "getkey"].map((name) => `chanserv/${name}`),
  ...["saslserv/main", "saslserv/plain", "saslserv/external", "operserv/main"],
];

/** Links services to a running server, and waits until a founder is registered with them. */
export async function startAtheme(server: Inspircd): Promise<Atheme> {
  const dir = await tempDir();
  await Deno.chmod(dir.path, 0o777);
  await Deno.writeTextFile(dir.at("atheme.conf"), config(server, dir.at("atheme.log")));
  const program = findProgram("atheme-services") ?? "atheme-services";
  const command = asIrcUser([
    ...[program, "-n", "-c", dir.at("atheme.conf"), "-D", dir.path],
    ...["-p", dir.at("pid"), "-l", dir.at("atheme.log")],
  ]);
  const daemon = await startForeground({
    name: "atheme-services",
    command,
    dir,
    // Written once the server and the services have told each other everything.
    ready: () => textOf(dir.at("atheme.log")).includes("finished synching"),
  });
  let founder: Witness | undefined;
  try {
    founder = await openWitness(server.port, { nick: "founder", channels: [] });
    await register(founder, "founderpassword");
  } catch (error) {
    await founder?.[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    throw error;
  }
  const client = founder;
  const ask = (service: string, command: string, answer: RegExp) => askAs(client, service, command, answer);
  return {
    founder: client,
    ask,
    stop: daemon.stop,
    start: async () => {
      await Deno.remove(dir.at("atheme.log"));
      await daemon.start();
    },
    async registerAccount(account, password, fingerprint) {
      await using owner = await openWitness(server.port, { nick: account, channels: [] });
      await register(owner, password);
      if (fingerprint !== undefined) await addCertificate(owner, fingerprint);
      await leave(owner);
    },
    async addFingerprint(account, password, fingerprint) {
      await using owner = await openWitness(server.port, { nick: `${account}-owner`, channels: [] });
      await askAs(owner, "NickServ", `IDENTIFY ${account} ${password}`, /now identified/);
      await addCertificate(owner, fingerprint);
      await leave(owner);
    },
    async registerChannel(channel, { flags = {}, mlock } = {}) {
      await client.send(`JOIN ${channel}`);
      await client.next(({ command, raw }) => command === "366" && raw.split(" ")[3] === channel);
      await ask("ChanServ", `REGISTER ${channel}`, /is now registered/);
      for (const [account, change] of Object.entries(flags)) {
        await ask("ChanServ", `FLAGS ${channel} ${account} ${change}`, /Flags .* (set|have been)/);
      }
      if (mlock !== undefined) {
        await ask("ChanServ", `SET ${channel} MLOCK ${mlock}`, /MLOCK.* (set|has been)/i);
      }
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

function register(client: Witness, password: string): Promise<string> {
  return askAs(client, "NickServ", `REGISTER ${password} ${client.nick}@example.org`, /is now registered/);
}

function addCertificate(client: Witness, fingerprint: string): Promise<string> {
  return askAs(client, "NickServ", `CERT ADD ${fingerprint}`, /Added fingerprint/);
}

async function askAs(client: Witness, service: string, command: string, answer: RegExp): Promise<string> {
  const before = client.all.length;
  await client.send(`PRIVMSG ${service} :${command}`);
  const line = await client.next((line) =>
    line.command === "NOTICE" && line.nick === service && client.all.indexOf(line) >= before &&
    answer.test(plain(line.text))
  );
  return plain(line.text);
}

/** Frees the nick before somebody else wants it. */
async function leave(client: Witness): Promise<void> {
  await client.send("QUIT :done");
  await client.next(({ command }) => command === "ERROR");
}

/** Without the control characters for bold and underlined. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x02\x1f]/g, "");
}

function config(server: Inspircd, log: string): string {
  const service = (block: string, nick: string, more = "") =>
    `${block} { nick = "${nick}"; user = "${nick}"; host = "${SERVICES_NAME}"; real = "${nick}"; ${more}};`;
  const link = `send_password = "${LINK_PASSWORD}"; receive_password = "${LINK_PASSWORD}";`;
  return [
    ...MODULES.map((name) => `loadmodule "modules/${name}";`),
    `serverinfo { name = "${SERVICES_NAME}"; desc = "Services"; numeric = "00A"; recontime = 1;`,
    `  netname = "TestNet"; adminname = "test"; adminemail = "root@localhost"; registeremail = "noreply@localhost";`,
    `  mta = "/bin/true"; loglevel = { error; info; admin; network; }; maxcertfp = 0; maxlogins = 50;`,
    `  maxusers = 50; mdlimit = 30; emaillimit = 100; emailtime = 300; auth = none; casemapping = rfc1459; };`,
    `uplink "${INSPIRCD_NAME}" { host = "127.0.0.1"; port = ${server.linkPort}; ${link} };`,
    service("nickserv", "NickServ", "no_nick_ownership = no; maxnicks = 5; expire = 0; enforce_delay = 30; "),
    service("chanserv", "ChanServ", "maxchans = 50; expire = 0; "),
    service("saslserv", "SaslServ"),
    service("operserv", "OperServ"),
    `general { permissive_mode; helpchan = "#help"; silent = no; join_chans; leave_chans; secure = no;`,
    `  uflags = { hidemail; }; cflags = { verbose; guard; }; raw = no; flood_msgs = 0; ratelimit_uses = 0;`,
    `  kline_time = 7; commit_interval = 5; default_clone_limit = 0; };`,
    `logfile "${log}" { error; info; admin; network; commands; register; };`,
    "",
  ].join("\n");
}
