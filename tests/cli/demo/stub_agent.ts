import { openWitness, type Witness } from "../../support/witness.ts";

/** The two services in the demo's config: log file and nick. */
const SERVICES = [["facilitator", "facilitator-prod"], ["test-seller", "test-seller"]] as const;

/**
 * Stands in for the agent: reads the demo's config file, follows the two log files, says what is not debug in the
 * channel under the two nicks, and counts what is left of a burst in one summary.
 */
export async function stubAgent(configPath: string, signal: AbortSignal): Promise<void> {
  const config = await Deno.readTextFile(configPath);
  const port = Number(/port: (\d+)/.exec(config)?.[1]);
  await Promise.all(SERVICES.map(async ([service, nick]) => {
    await using client = await openWitness(port, { nick, channels: ["#irctail-demo"] });
    const path = new RegExp(`"(\\S+/${service}\\.log)"`).exec(config)?.[1] ?? "";
    let read = 0;
    for (let last = false; !last;) {
      last = signal.aborted;
      const text = await textOf(path);
      const end = text.lastIndexOf("\n") + 1;
      await say(client, text.slice(read, end).split("\n").filter((line) => line !== ""));
      read = end;
      if (!last) await pause(5, signal);
    }
    await client.send(`PING :last`);
    await client.next((line) => line.command === "PONG" && line.text === "last");
  }));
}

async function say(client: Witness, lines: readonly string[]): Promise<void> {
  // deno-lint-ignore no-control-regex
  const plain = lines.map((line) => line.replace(/\x1b\[\d+m/g, ""));
  const records = plain.filter((line) => /^20\d\d-/.test(line) && !/ DEBUG /.test(line));
  for (const line of records.slice(0, 20)) await client.send(`PRIVMSG #irctail-demo :${line.slice(0, 120)}`);
  if (records.length > 20) {
    await client.send(`PRIVMSG #irctail-demo :⋯ ${records.length - 20} more in 5s: info`);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
