/**
 * The demo's own config file: a real one, in a directory of its own, that invites the visitor to edit it.
 *
 * @module
 */

/** The channel everything happens in. */
export const DEMO_CHANNEL = "#irctail-demo";

/** Nicks of the two connections, in the order of the services. */
export const DEMO_NICKS = ["facilitator-prod", "test-seller"] as const;

/** Where the demo's files are. */
export interface DemoPlace extends AsyncDisposable {
  /** The directory. */
  readonly directory: string;
  /** The config file. */
  readonly config: string;
  /** Whether the config is no longer what was written. */
  edited(): Promise<boolean>;
  /** Path of a service's log file. */
  log(service: string): string;
}

/**
 * Writes the demo's config into a fresh directory. Disposing removes the directory, unless the config was edited.
 *
 * @param server Where the demo's IRC server listens.
 */
export async function makePlace(
  server: { readonly hostname: string; readonly port: number },
): Promise<DemoPlace> {
  const directory = await Deno.makeTempDir({ prefix: "irctail-demo-" });
  const config = `${directory}/irctail.yaml`;
  const written = demoConfig({ ...server, directory });
  await Deno.mkdir(`${directory}/logs`);
  await Deno.writeTextFile(config, written);
  const edited = async () => {
    try {
      return await Deno.readTextFile(config) !== written;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  return {
    directory,
    config,
    edited,
    log: (service) => `${directory}/logs/${service}.log`,
    async [Symbol.asyncDispose]() {
      if (await edited()) return;
      try {
        await Deno.remove(directory, { recursive: true });
      } catch (error) {
        // Whoever removed it while the demo ran has done what was to be done here.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/**
 * The text of the demo's config.
 *
 * @param options Where the server listens and the log files are.
 */
export function demoConfig(
  options: { readonly hostname: string; readonly port: number; readonly directory: string },
): string {
  const { hostname, port, directory } = options;
  const [facilitator, seller] = DEMO_NICKS;
  return `# The config of the running \`irctail demo\`. Change a line and save: irctail reloads at once, without leaving the
# channel. A mistake changes nothing and is reported with its place. Try one of these:
#
#   min_level: debug                           what the services say below info appears
#   template: "{time} {service}: {message}"    every line looks different
#   budget: { rate: 6/m, burst: 2 }            less is shown, more is summarised
#   verson: 1                                  refused, with line, column and a hint

version: 1
state_dir: ${quoted(`${directory}/state`)}

connections: # one entry per nick on a server
  facilitator:
    host: ${hostname}
    port: ${port}
    tls: false # a loopback server; on a real network leave this out: TLS is the default
    nick: ${facilitator}
    flood: exempt # our own server never kicks for flooding; leave this out on a real network
  test-seller:
    host: ${hostname}
    port: ${port}
    tls: false
    nick: ${seller}
    flood: exempt

sources:
  facilitator: # Rust, tracing, ANSI colours
    type: file
    paths: [${quoted(`${directory}/logs/facilitator.log`)}]
    start_at: beginning
  test-seller: # Python, logging
    type: file
    paths: [${quoted(`${directory}/logs/test-seller.log`)}]
    start_at: beginning

defaults:
  min_level: info
  template: "[{level}] {message}"
  budget: { rate: 60/m, burst: 20 } # what is more than that is counted and summarised
  repeats: collapse # the same line again is counted, not shown

routes:
  - { name: facilitator, match: { service: [facilitator] }, to: "facilitator/${DEMO_CHANNEL}" }
  - { name: test-seller, match: { service: [test-seller] }, to: "test-seller/${DEMO_CHANNEL}" }
`;
}

/** A path as a double-quoted YAML scalar, with `${` kept from being read as a reference. */
function quoted(path: string): string {
  return JSON.stringify(path.replaceAll("${", () => "$${"));
}
