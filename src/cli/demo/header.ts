/**
 * What the demo says first: what is going on, how to join, what to edit.
 *
 * @module
 */

import { DEMO_CHANNEL } from "./config.ts";
import { paint, SGR } from "./paint.ts";

/** What the header names. */
export interface HeaderOptions {
  /** Address of the demo's IRC server. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
  /** The config file. */
  readonly config: string;
  /** A glob over the log files. */
  readonly logs: string;
  /** Whether to print colours. */
  readonly color: boolean;
}

/** The header, line by line. */
export function demoHeader(options: HeaderOptions): readonly string[] {
  const { hostname, port, config, logs, color } = options;
  const head = (text: string) => (color ? paint(SGR.bold, text) : text).concat(" ".repeat(9 - text.length));
  const indent = " ".repeat(9);
  return [
    `Two sample services write log files, and irctail shows them in ${DEMO_CHANNEL} on ${hostname}:${port},`,
    "a small IRC server that ends with this demo. Below is the channel as a client sees it.",
    "",
    `  ${head("join")}irssi -c ${hostname} -p ${port} -n you, then /join ${DEMO_CHANNEL}`,
    `  ${indent}weechat 'irc://you@${hostname}:${port}/${DEMO_CHANNEL}'`,
    `  ${head("edit")}${config}`,
    `  ${indent}and save: irctail reloads at once; the file says what to try`,
    `  ${head("compare")}tail -f ${logs}`,
    `  ${indent}what the services really wrote, with the (made-up) secrets in it`,
    `  ${head("stop")}Ctrl-C`,
    "",
  ];
}
