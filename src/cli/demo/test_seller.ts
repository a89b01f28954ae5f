/**
 * The second sample service: a test seller in Python, which logs through `logging`.
 *
 * @module
 */

import { address, between, dollars, jwt, oneOf, password, type Random, skKey } from "./made_up.ts";
import type { Entry, SampleService, Step } from "./services.ts";

/** Level names as Python's `logging` writes them. */
const LEVEL_NAMES: Readonly<Record<Entry["level"], string>> = {
  DEBUG: "DEBUG",
  INFO: "INFO",
  WARN: "WARNING",
  ERROR: "ERROR",
};

/** Every how many steps something else happens; a step is about 1.3 s. */
const STEPS_TO_SECRET = 4;
const STEPS_TO_TRACEBACK = 10;
const STEPS_TO_HEALTH = 3;

const APP = "test_seller.app";
const HTTP = "test_seller.http";

/** The test seller. */
export const testSeller: SampleService = { name: "test-seller", script, format: formatPython };

/**
 * A record as `%(asctime)s - %(name)s - %(levelname)s - %(message)s` writes it, in local time.
 *
 * @param entry The record; fields are not known to this format.
 * @param timeMs Milliseconds since the epoch.
 */
export function formatPython(entry: Entry, timeMs: number): string {
  const time = new Date(timeMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const millis = String(time.getMilliseconds()).padStart(3, "0");
  const below = (entry.below ?? []).map((line) => `${line}\n`).join("");
  return `${date} ${clock},${millis} - ${entry.from} - ${
    LEVEL_NAMES[entry.level]
  } - ${entry.message}\n${below}`;
}

function* script(random: Random): Generator<Step> {
  yield {
    afterMs: 300,
    entries: [{ level: "INFO", from: APP, message: "Test seller listening on port 8000" }],
  };
  const secrets: readonly ((random: Random) => Entry)[] = [modelKey, bearer, databaseUrl];
  for (let step = 1;; step++) {
    yield { afterMs: between(random, 900, 1700), entries: [sale(random)] };
    if (step % STEPS_TO_HEALTH === 0) yield { afterMs: 100, entries: [healthCheck()] };
    if (step % STEPS_TO_TRACEBACK === 0) yield { afterMs: 200, entries: [traceback(random)] };
    const secret = secrets[(step / STEPS_TO_SECRET - 1) % secrets.length];
    if (step % STEPS_TO_SECRET === 0 && secret !== undefined) {
      yield { afterMs: 200, entries: [secret(random)] };
    }
  }
}

function sale(random: Random): Entry {
  const payer = address(random);
  return {
    level: "INFO",
    from: APP,
    message: oneOf(random, [
      `Payment received from ${payer}: $${dollars(random)}`,
      `Answered 402 Payment Required to ${payer}: $${dollars(random)} for /weather`,
      `Served /weather to ${payer} in ${between(random, 3, 80)} ms`,
    ]),
  };
}

function healthCheck(): Entry {
  return { level: "DEBUG", from: HTTP, message: "GET /healthz 200" };
}

function modelKey(random: Random): Entry {
  return { level: "INFO", from: APP, message: `Asking the model with api key ${skKey(random)}` };
}

function bearer(random: Random): Entry {
  return {
    level: "WARN",
    from: HTTP,
    message: `Facilitator answered 401; request headers: Authorization: Bearer ${jwt(random)}`,
  };
}

function databaseUrl(random: Random): Entry {
  return {
    level: "WARN",
    from: APP,
    message: `Slow database: user=seller password=${password(random)} host=db`,
  };
}

function traceback(random: Random): Entry {
  return {
    level: "ERROR",
    from: HTTP,
    message: "Request to the facilitator failed",
    below: [
      "Traceback (most recent call last):",
      `  File "/app/test_seller/http.py", line ${between(random, 40, 90)}, in settle`,
      "    response = session.post(url, json=payload, timeout=5)",
      '  File "/usr/lib/python3/dist-packages/requests/sessions.py", line 637, in post',
      '    return self.request("POST", url, data=data, json=json, **kwargs)',
      "requests.exceptions.ConnectTimeout: facilitator:8080 did not answer within 5 s",
    ],
  };
}
