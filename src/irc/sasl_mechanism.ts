/**
 * What a SASL mechanism is, and those that say all they have at once: PLAIN and EXTERNAL.
 *
 * @module
 */

/** What a mechanism answers. */
export type SaslAnswer =
  /** Bytes for the server; may be empty. */
  | { readonly kind: "response"; readonly bytes: Uint8Array }
  /** The login ends here; plain words without secrets. */
  | { readonly kind: "failed"; readonly because: string };

/** One login with one mechanism. */
export interface SaslMechanism {
  /** As it stands in `AUTHENTICATE` and in the capability's value. */
  readonly name: string;
  /** What it means when the server refuses (904). */
  readonly refusal: string;
  /** Whether everything was said, and the server has proven what it must: only now may it call the login a success. */
  readonly isComplete: boolean;
  /** Answers a challenge, which is empty the first time. */
  answer(challenge: Uint8Array): SaslAnswer;
}

/** What a wrong account or password is called. */
export const WRONG_PASSWORD = "The server refuses the SASL account or password";

/** What a certificate without an account is called. */
export const UNKNOWN_CERTIFICATE =
  "The server knows no account for the client certificate; NickServ CERT ADD can add its fingerprint to one";

/**
 * A mechanism with a single message (RFC 4616, RFC 4422 appendix A).
 *
 * @param name As it stands in `AUTHENTICATE`.
 * @param refusal What it means when the server refuses.
 * @param message All it has to say.
 */
export function sayAtOnce(name: string, refusal: string, message: string): SaslMechanism {
  let isComplete = false;
  return {
    name,
    refusal,
    get isComplete() {
      return isComplete;
    },
    answer(challenge) {
      if (isComplete || challenge.length > 0) {
        return { kind: "failed", because: `The server asks for more than SASL ${name} has to say` };
      }
      isComplete = true;
      return { kind: "response", bytes: new TextEncoder().encode(message) };
    },
  };
}
