/**
 * Which values are none: placeholders, references, calls, plain words; and which look random.
 *
 * @module
 */

import { classOf, entropy, HEX, IDENTIFIER, mixture, runEnd } from "./chars.ts";

/** Words that stand where a value is not: unset, or already hidden by whoever wrote the line. */
const NOTHING =
  /^(?:null|nil|none|undefined|true|false|yes|no|on|off|nan|n\/a|na|unset|set|empty|missing|present|redacted|hidden|masked|filtered|encrypted|secret|changeme|enabled|disabled|string|str|bytes|int|number|object|boolean|required|optional|expired|invalid|valid|ok|unknown|default|include|omit|same-origin|\(null\)|\(empty\)|\(none\)|\(hidden\)|\(redacted\)|[-.*x•●…#_]+)$/i;

/** A whole value that stands for one: `[REDACTED_KEY]`, `<password>`, `${X}`, `$X`, `{{ x }}`, `%s`, `%(x)s`, `%X%`. */
const STANDS_FOR =
  /^(?:\[[A-Za-z][A-Za-z_ .-]{0,31}\]|\([a-z]{2,16}(?: [a-z]{2,16}){0,4}\)|<[A-Za-z][A-Za-z0-9_ .:-]*>|\$?\{[^}]*\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|\{\{[^}]*\}\}|%[sdvrq]|%\([a-z_]+\)s|%[A-Z_][A-Z0-9_]*%|\$\d{1,2}|\?|:[a-z_]+)$/;

/** An access to where settings are kept: `os.environ["X"]`, `process.env.X`. */
const ACCESS = /^(?:os|process|env|config|settings|self|this|request|req|ctx)[.[]/;

/** A call: `get_secret("x")`, `Vault::read(path)`, `f(x);`. */
const CALL = /^[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|::|->)[A-Za-z_][A-Za-z0-9_]*)*\((?:[^()]{0,200}\)?[;,]?)?$/;

/** Whether a value is a call of something or an access to it, rather than the thing. */
export function isCall(value: string): boolean {
  return value === "await" || value === "new" || ACCESS.test(value) || CALL.test(value);
}

/** Longest placeholder, path or call, in UTF-16 units: what is longer is data, and looking at it costs time. */
const LONGEST_PLACEHOLDER = 512;

/**
 * Whether a value stands for a secret without being one.
 *
 * @param value Without quotes.
 */
export function isPlaceholder(value: string): boolean {
  if (value.length > LONGEST_PLACEHOLDER) return false;
  return value === "" || NOTHING.test(value) || STANDS_FOR.test(value) || isMasked(value);
}

/** Whether a part of the value was already replaced, by us or by whoever wrote the line, and the rest is punctuation. */
function isMasked(value: string): boolean {
  const bare = value.replace(
    /(?:0x|sk-)?\[(?:REDACTED|EMAIL|CARD|IBAN|SSN|PHONE)[A-Z0-9_]*\]|\[\.\.\.\]|\*{3,}/g,
    "",
  );
  return bare.length < value.length && !/[A-Za-z0-9]/.test(bare);
}

/** Words and hyphenated words, as prose has them: `incorrect`, `Use`, `re-issued,`. */
const PLAIN_WORD = /^[A-Za-z]+(?:['’-][A-Za-z]+)?[,.;:!?)]*$/;

/** Whether what follows `name: ` without quotes is prose. */
export function isPlainWord(value: string): boolean {
  return value.length <= LONGEST_PLACEHOLDER && PLAIN_WORD.test(value) && hasShapeOfWords(value);
}

/** Whether letters change their case only where words of code do: `Use`, `TokenProvider`, `JSON`, not `UtAOKGe`. */
export function hasShapeOfWords(value: string): boolean {
  return value.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).every((piece) =>
    /^(?:[A-Z]{0,5}[a-z]{2,}|[A-Z]{1,12}|[a-z]|)$/.test(piece)
  );
}

/** A file's path: two or more segments from a well-known root, from here or home, or a drive. */
const PATH =
  /^(?:(?:file:\/\/)?(?:~|\.{1,2})?\/(?:etc|home|var|run|opt|usr|root|tmp|mnt|srv|app|secrets|dev|proc|data|vault|keys|certs|ssl)(?:\/[A-Za-z0-9._@-]*)+|\.{1,2}\/[A-Za-z0-9._/-]+|~\/[A-Za-z0-9._/-]+|[A-Z]:\\[^\s]*|[A-Za-z0-9._/-]*\.(?:pem|key|crt|cer|json|ya?ml|txt|p12|pfx|jks|pub|env|conf|log|png))$/;

/** Whether a value is a path of a file. */
export function isPath(value: string): boolean {
  return value.length <= LONGEST_PLACEHOLDER && PATH.test(value);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Shortest value that can look random. */
const SHORTEST_RANDOM = 16;

/** Entropy from which a text of 16 and more characters is no name, in bits a character (see {@linkcode entropy}). */
const RANDOM_BITS = 3.2;

/**
 * Whether a value looks random: one run of 16 and more letters and digits, both present, that is no UUID, no path and
 * no chain of words.
 */
export function looksRandom(whole: string): boolean {
  const value = whole.slice(0, LONGEST_PLACEHOLDER).replace(/^base64:/, "");
  if (value.length < SHORTEST_RANDOM || UUID.test(value) || /[\s:/]/.test(value.replace(/[+/]/g, ""))) {
    return false;
  }
  const { digits, lower, upper } = mixture(value, 0, value.length);
  if (digits < 2 || lower + upper < 2) return false;
  // Chains such as `order-2024-000123`: every piece is a word or a number.
  if (value.split(/[-_.]/).every((piece) => /^(?:[A-Za-z]+|\d+|[a-z]+\d{1,4})$/.test(piece))) return false;
  return entropy(value) >= RANDOM_BITS;
}

/** Whether a value is a `0x` number of 40 and more digits, shortened or not: left to the rules for those. */
export function isLongHexNumber(value: string): boolean {
  if (!/^0[xX]/.test(value)) return false;
  const end = runEnd(value, 2, HEX);
  return end >= 42 ? end === value.length : end === 8 && /^\.{0,3}$/.test(value.slice(8));
}

/** Whether a text is one name, as in code. */
export function isIdentifier(text: string): boolean {
  return text !== "" && runEnd(text, 0, IDENTIFIER) === text.length &&
    (classOf(text.charCodeAt(0)) & HEX) === 0;
}
