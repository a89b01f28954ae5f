import type { TempDir } from "./temp_dir.ts";

/** What a test's agent is set up with; the rest is irctail's default. */
export interface AgentConfig {
  /** Port of the IRC server on loopback. */
  readonly port: number;
  /** PEM file of the authority; without it TLS is off. */
  readonly caFile?: string;
  readonly nick?: string;
  readonly channel?: string;
  /** YAML lines under `connections.irc`. */
  readonly connection?: readonly string[];
  /** YAML lines under `sources`, indented as they stand there. */
  readonly sources: readonly string[];
  /** YAML lines of top-level keys. */
  readonly extra?: readonly string[];
  /** YAML lines under `routes`; one route for everything when left out. */
  readonly routes?: readonly string[];
}

/** Writes `irctail.yaml` and returns its path; the state directory is `state` beside it. */
export async function writeConfig(dir: TempDir, config: AgentConfig): Promise<string> {
  const { port, caFile, nick = "irctail", channel = "#logs" } = config;
  const lines = [
    "version: 1",
    `state_dir: ${dir.at("state")}`,
    "connections:",
    "  irc:",
    `    host: ${caFile === undefined ? "127.0.0.1" : "localhost"}`,
    `    port: ${port}`,
    caFile === undefined ? "    tls: false" : `    tls: { ca_file: ${caFile} }`,
    `    nick: ${nick}`,
    ...(config.connection ?? []).map((line) => `    ${line}`),
    "sources:",
    ...config.sources.map((line) => `  ${line}`),
    ...config.extra ?? [],
    "routes:",
    ...(config.routes ?? [`- { name: all, to: "${channel}" }`]).map((line) => `  ${line}`),
    "",
  ];
  const path = dir.at("irctail.yaml");
  // Whole or not at all: a running agent watches the file.
  await Deno.writeTextFile(`${path}.new`, lines.join("\n"));
  await Deno.rename(`${path}.new`, path);
  return path;
}
