/**
 * The SASL login of a registration (IRCv3 sasl-3.1 and 3.2). The library negotiates the capability and names the
 * mechanism; everything after that is here, and so is the gate: `CAP END`, without which no server lets a client in,
 * does not leave before the login has succeeded.
 *
 * @module
 */

import type { SaslSpec } from "../config/config.ts";
import { shownText } from "./refusals.ts";
import { type SaslMechanism, sayAtOnce, UNKNOWN_CERTIFICATE, WRONG_PASSWORD } from "./sasl_mechanism.ts";
import { startScram } from "./scram.ts";

/** What becomes of a line. */
export type SaslVerdict =
  /** It goes on its way. */
  | { readonly kind: "pass" }
  /** It ends here, and these are sent. */
  | { readonly kind: "answer"; readonly lines: readonly string[] }
  /** The login ends here, with plain words without secrets. */
  | { readonly kind: "failed"; readonly because: string };

/** Longest piece of base64 in one `AUTHENTICATE` (IRCv3 sasl-3.1); a shorter one is the last. */
const CHUNK_CHARS = 400;

/** Longest challenge in base64; SCRAM's have less than 400 characters. */
const MOST_CHALLENGE_CHARS = 4_000;

const NO_SASL = "The server offers no SASL";

const PASS: SaslVerdict = { kind: "pass" };
const IGNORE: SaslVerdict = { kind: "answer", lines: [] };

/** One login. */
export class SaslLogin {
  readonly #mechanism: SaslMechanism;
  #stage: "waiting" | "began" | "done" = "waiting";
  #challenge = "";
  #offered: string | undefined;

  /**
   * Starts before the first line.
   *
   * @param spec Who to be, and how to prove it.
   * @param nonce Text that no other login has and nobody can guess, printable and without commas.
   */
  constructor(spec: SaslSpec, nonce: string) {
    this.#mechanism = startMechanism(spec, nonce);
  }

  /** Mechanism as it stands in `AUTHENTICATE`. */
  get mechanism(): string {
    return this.#mechanism.name;
  }

  /** Whether the server was asked and has not answered for good. */
  get isPending(): boolean {
    return this.#stage === "began";
  }

  /** Judges a line that the library wants to send. */
  judgeOutgoing(line: string): SaslVerdict {
    if (line.startsWith("AUTHENTICATE ")) {
      if (this.#stage !== "waiting") return IGNORE;
      this.#stage = "began";
    }
    return line === "CAP END" && this.#stage !== "done" ? { kind: "failed", because: NO_SASL } : PASS;
  }

  /** Judges a line that came, before the library sees it. */
  judgeIncoming(line: string): SaslVerdict {
    const [, command = "", rest = ""] = /^(?:@\S+ +)?(?::\S+ +)?(\S+) *(.*)/.exec(line) ?? [];
    const params = rest.split(" ");
    switch (command.toUpperCase()) {
      case "AUTHENTICATE":
        return this.isPending ? this.#take(params[0]?.replace(/^:/, "") ?? "") : IGNORE;
      case "900":
      case "903":
        return this.#succeed();
      case "908":
        this.#offered = params[1];
        return PASS;
      case "902":
        return this.#fail("The account is locked");
      case "904":
        return this.#fail(this.#refusal());
      case "905":
        return this.#fail("The SASL account or password is too long");
      case "906":
        return this.#fail("The server ended the SASL login before it was over");
      default:
        return PASS;
    }
  }

  /**
   * What it means that the mechanism is not among those on offer.
   *
   * @param offered The capability's value, which may be empty; `undefined` without the capability.
   */
  unsupported(offered: string | undefined): string {
    if (offered === undefined) return NO_SASL;
    const others = shownText(offered).replaceAll(",", ", ");
    return `The server offers no SASL ${this.mechanism}${others === "" ? "" : `; it offers ${others}`}`;
  }

  #take(piece: string): SaslVerdict {
    if (piece !== "+") this.#challenge += piece;
    if (piece.length === CHUNK_CHARS && this.#challenge.length <= MOST_CHALLENGE_CHARS) return IGNORE;
    const challenge = decodeBase64(this.#challenge);
    this.#challenge = "";
    if (challenge === undefined) {
      return this.#fail("The server sent a SASL challenge that cannot be read");
    }
    const answer = this.#mechanism.answer(challenge);
    if (answer.kind === "failed") return this.#fail(answer.because);
    return { kind: "answer", lines: authenticateLines(answer.bytes) };
  }

  #succeed(): SaslVerdict {
    if (this.#stage === "done") return PASS;
    // A success nobody asked for is none.
    if (this.#stage === "waiting") return IGNORE;
    if (!this.#mechanism.isComplete) {
      return this.#fail("The server calls the SASL login a success before it was one");
    }
    this.#stage = "done";
    return PASS;
  }

  #refusal(): string {
    const offered = this.#offered?.toUpperCase().split(",") ?? [this.mechanism];
    return offered.includes(this.mechanism) ? this.#mechanism.refusal : this.unsupported(this.#offered ?? "");
  }

  #fail(because: string): SaslVerdict {
    // A failure of what nobody asked for, or of what succeeded, is none.
    return this.isPending ? { kind: "failed", because } : IGNORE;
  }
}

function startMechanism(spec: SaslSpec, nonce: string): SaslMechanism {
  switch (spec.mechanism) {
    case "plain":
      return sayAtOnce(
        "PLAIN",
        WRONG_PASSWORD,
        `${spec.account}\0${spec.account}\0${spec.password.reveal()}`,
      );
    case "external":
      // The certificate says it all; atheme 7.2 refuses a login that names the account as well.
      return sayAtOnce("EXTERNAL", UNKNOWN_CERTIFICATE, "");
    case "scram-sha-256":
      return startScram({ ...spec, nonce });
  }
}

/** The lines that carry an answer: an empty one, and one that ends with a full piece, need a `+`. */
function authenticateLines(bytes: Uint8Array): readonly string[] {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const pieces = Array.from(
    { length: Math.floor(text.length / CHUNK_CHARS) + 1 },
    (_, index) => text.slice(index * CHUNK_CHARS, (index + 1) * CHUNK_CHARS),
  );
  return pieces.map((piece) => `AUTHENTICATE ${piece === "" ? "+" : piece}`);
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
