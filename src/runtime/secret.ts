/**
 * A value that must not be printed.
 *
 * @module
 */

const PRINTED = "[secret]";

/** Key of the fingerprints, new in every process: a printed fingerprint tells nothing about the value. */
const processSalt: string = crypto.randomUUID();

/**
 * A password, key or token. Prints as `[secret]` however it is printed; only `reveal()` gives the text.
 *
 * Two secrets are deeply equal (`isDeepStrictEqual`) exactly when their values are, so that a rotated secret shows as
 * a change of the config.
 */
export class Secret {
  readonly #value: string;
  /** Salted digest of the value; makes deep equality see it without holding it. */
  readonly fingerprint: string;

  /**
   * Wraps a value.
   *
   * @param value The text to keep.
   */
  constructor(value: string) {
    this.#value = value;
    this.fingerprint = fingerprint(value);
    Object.freeze(this);
  }

  /** The text itself. Call it only where it goes out to the server it is for, or into the redactor. */
  reveal(): string {
    return this.#value;
  }

  /** `[secret]`. */
  toString(): string {
    return PRINTED;
  }

  /** `[secret]`. */
  toJSON(): string {
    return PRINTED;
  }

  /** `[secret]`. */
  [Symbol.for("Deno.customInspect")](): string {
    return PRINTED;
  }

  /** `[secret]`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return PRINTED;
  }
}

/** FNV-1a over the salted UTF-16 units, twice with different seeds; an equality check, not a protection. */
function fingerprint(value: string): string {
  const text = processSalt + value;
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return (a >>> 0).toString(16) + (b >>> 0).toString(16);
}
