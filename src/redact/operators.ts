/**
 * What assigns a value to a name, in whatever notation: operators, quotes, elements, pairs, verbs.
 *
 * @module
 */

/** Most blanks around an operator: tables align their columns. */
const MOST_BLANKS = 16;

/** A quote with the backslashes before it: `"`, `'`, `` ` ``, `\"`, `\\\"`, `&quot;`, `&#34;`, `\u0022`. */
export const QUOTE = /\\{0,7}["'`]|&quot;|&#34;|&#39;|\\{1,4}u002[27]|%2[27]/y;

const OPERATOR = /(?<= )->(?= )|={1,3}>?|:=|::(?= )|:(?!:)|%3[DdAa]|\\u003[dDaA]|&#61;|→/y;

/** `"name": "password", "value": "x"`, `key="password" value="x"`, `<meta name="csrf-token" content="x">`. */
const NAMED_VALUE = /\s{0,4},?\s{0,4}\\{0,7}["']?(?:[Vv]alue|content)\\{0,7}["']?\s{0,4}[=:]/y;

/** `<param name="secret"><value>x</value>`. */
const NAMED_ELEMENT = /\s{0,4}\/?>\s{0,4}<(?:\w{1,16}:)?[Vv]alue>/y;

/** `name="password"` of a form, and the blank line before what was typed in. */
const FORM_FIELD = /(?:\\r\\n|\\n|\s){2,8}(?=\S)/y;

/** Attributes of an element, up to its content. */
const ATTRIBUTES = /\s[^<>]{1,128}(?<!\/)>/y;

/** What assigns a value to a name. */
export interface Operator {
  /** One behind it. */
  readonly end: number;
  /** `=`, `:` and their kin; `is` and `beside` in prose. */
  readonly kind: string;
}

/**
 * Reads the operator behind a name.
 *
 * @param text The line.
 * @param nameStart First unit of the name.
 * @param nameEnd One behind it.
 * @returns `undefined` when nothing is assigned.
 */
export function operatorAt(text: string, nameStart: number, nameEnd: number): Operator | undefined {
  const element = elementAt(text, nameStart, nameEnd);
  if (element !== undefined) return element;
  const quoteEnd = matchEnd(QUOTE, text, nameEnd);
  let at = quoteEnd ?? nameEnd;
  if (quoteEnd !== undefined) {
    const named = matchEnd(NAMED_VALUE, text, at);
    if (named !== undefined) return { end: named, kind: "=" };
    const inElement = matchEnd(NAMED_ELEMENT, text, at);
    if (inElement !== undefined) return { end: inElement, kind: ">" };
    const field = text.slice(Math.max(0, nameStart - 8), nameStart).includes("name=") &&
      matchEnd(FORM_FIELD, text, at);
    if (typeof field === "number") return { end: field, kind: "=" };
  }
  if (text[at] === "]" || (quoteEnd !== undefined && text[at] === ")")) at++;
  if (text[at] === ">" && (text[nameStart - 1] === "<" || quoteEnd !== undefined)) {
    return text[nameStart - 1] === "/" ? undefined : { end: at + 1, kind: ">" };
  }
  // `Password(hash)=x` is rare, `Token (JWT): x` is not.
  at = skipBlanks(text, at);
  if (text[at] === "(" && at > nameEnd) {
    const close = text.indexOf(")", at);
    if (close > 0 && close - at < 24) at = skipBlanks(text, close + 1);
  }
  at = matchEnd(ASIDE, text, at) ?? at;
  const end = matchEnd(OPERATOR, text, at);
  if (end !== undefined) {
    const kind = text.slice(at, end);
    // An XML-like `<a:b>` and a URL's `token://` assign nothing.
    if (kind === ":" && text.startsWith("//", end)) return undefined;
    if (kind === "->") return { end, kind: "is" };
    return { end, kind: /^(?:::|%3[Aa]|\\u003[aA]|→)$/.test(kind) ? ":" : kind };
  }
  // Erlang's pairs: `{password,<<"x">>}`.
  if (text.startsWith(',<<"', at) && text[nameStart - 1] === "{") return { end: at + 3, kind: "=" };
  if (quoteEnd !== undefined && text[at] === ",") {
    // `("password", "x")` is a pair; in a list the next item may be one more name; in JSON it is the next key.
    const opening = text.charAt(runBack(text, nameStart, "\"'\\ ") - 1);
    const next = skipBlanks(text, at + 1);
    if (!"([,".includes(opening) || opening === "" || matchEnd(QUOTE, text, next) === undefined) {
      return undefined;
    }
    return { end: next, kind: opening === "(" ? "=" : "," };
  }
  if (at === nameEnd) return undefined;
  const sentence = /pass|pwd|pw$/i.test(text.slice(nameStart, nameEnd))
    ? matchEnd(SENTENCE, text, at)
    : undefined;
  if (sentence !== undefined) return { end: sentence, kind: "is" };
  const verb = matchEnd(VERB, text, at);
  if (verb === undefined) return undefined;
  return { end: verb, kind: verb === at && matchEnd(QUOTE, text, at) === undefined ? "beside" : "is" };
}

/** The content of `<token type="a">x</token>` and of `<ns:token>x</ns:token>`. */
function elementAt(text: string, nameStart: number, nameEnd: number): Operator | undefined {
  const before = text.slice(Math.max(0, nameStart - 34), nameStart);
  if (!/<(?:[\w-]{1,32}:)?$/.test(before)) return undefined;
  const end = text[nameEnd] === ">" ? nameEnd + 1 : matchEnd(ATTRIBUTES, text, nameEnd);
  return end === undefined ? undefined : { end, kind: ">" };
}

/** What a sentence says of the name before its colon: `API key provided: x`, `password for bob: x`, `password is: x`. */
const ASIDE =
  /(?:provided|given|used|received|sent|supplied|value|found|is|was|for [\w.@-]{1,32}|\d{1,2})(?= ?:)/y;

/** The rest of a sentence between a password's name and its colon: `password is generated for root@localhost: x`. */
const SENTENCE = /(?:[\w.@[\]-]{1,32} ){1,8}[\w.@-]{1,32}: (?=\S)/y;

/** What says in prose that a value follows; only one that looks random counts as such. */
const VERB = /(?:is|was) (?=\S)|(?=["'`][^\s"'`]{8})|(?=[^\s"'`=:]{8})/y;

function runBack(text: string, from: number, characters: string): number {
  let at = from;
  while (at > 0 && characters.includes(text.charAt(at - 1))) at--;
  return at;
}

/** First position from `from` on that is no blank, at most 16 further. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " && at < from + MOST_BLANKS) at++;
  return at;
}

/** End of a sticky match at `at`, or `undefined`. */
export function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
