/**
 * Finds `name = value` in whatever notation a log line uses: logfmt, JSON and escaped JSON, YAML, URL queries, XML,
 * headers, and the dumps of Python, Ruby, Go, Rust and PHP. Knows where a value ends; whether it is a secret is for
 * the rules to say.
 *
 * @module
 */

import { classOf, IDENTIFIER, runEnd, runStart } from "./chars.ts";
import { matchEnd, operatorAt, QUOTE, skipBlanks } from "./operators.ts";

/** A name, an operator and a value. */
export interface Assignment {
  /** First unit of the name. */
  readonly nameStart: number;
  /** One behind the name. */
  readonly nameEnd: number;
  /** The name, with the word before it where it is one of two: `api key`. */
  readonly name: string;
  /** `=`, `:` and their kin; `:` only where the notation has prose behind it as well. */
  readonly operator: string;
  /** First unit of the value, behind its quote. */
  readonly start: number;
  /** One behind the value, before its quote. */
  readonly end: number;
  /** Whether the value stands in quotes. */
  readonly quoted: boolean;
}

/** What a name of interest contains; a superset of what `names.ts` calls secret. */
const NAME =
  /session id|sid\b|pass|pwd|pw\b|pswd|secret|token|key|cred|sess|signature|sig\b|psk|dsn|senha|contrase|kennwort|jwt|mnemonic|phrase|connection.?string|conn_str|salt|otp|pin\b|sas\b|codes?\b|community.string|_pat\b|_cookie\b|auth\b/gi;

/** Longest name, in UTF-16 units: longer runs are data. */
const LONGEST_NAME = 128;

/** Longest value, in UTF-16 units: that of a whole line. */
const LONGEST_VALUE = 8192;

/**
 * Where the last unquoted value was found to end: a value that begins inside it ends there too, so that
 * `token:token:token:…` is walked once.
 */
export interface BareEnds {
  /** First unit that ends at `to`. */
  from: number;
  /** One behind the last unit. */
  to: number;
}

/** Finds every assignment whose name is of interest, in order. */
export function findAssignments(text: string): readonly Assignment[] {
  const found: Assignment[] = [];
  const ends: BareEnds = { from: 0, to: 0 };
  NAME.lastIndex = 0;
  let from = 0;
  for (let hit = NAME.exec(text); hit !== null; hit = NAME.exec(text)) {
    const nameStart = runStart(text, hit.index, IDENTIFIER, Math.max(from, hit.index - LONGEST_NAME));
    const nameEnd = runEnd(text, hit.index + hit[0].length, IDENTIFIER, hit.index + LONGEST_NAME);
    NAME.lastIndex = from = nameEnd;
    const read = readAssignment(text, nameStart, nameEnd, ends);
    if (read !== undefined) found.push(read);
  }
  return found;
}

/**
 * Reads what is assigned to a name.
 *
 * @returns `undefined` when nothing is.
 */
export function readAssignment(
  text: string,
  nameStart: number,
  nameEnd: number,
  ends: BareEnds = { from: 0, to: 0 },
): Assignment | undefined {
  // `config.` and `password-` end in what no name ends in: the sentence, a dash.
  const trimmed = runTrim(text, nameStart, nameEnd);
  const operator = operatorAt(text, nameStart, trimmed);
  if (operator === undefined) return undefined;
  const value = valueAt(text, operator.end, operator.kind, {
    toSemicolon: separatedBySemicolons(text, nameStart),
    ends,
  });
  if (value === undefined) return undefined;
  return {
    nameStart,
    nameEnd: trimmed,
    name: withWordBefore(text, nameStart, trimmed),
    operator: operator.kind,
    ...value,
  };
}

function runTrim(text: string, start: number, end: number): number {
  let at = end;
  while (at > start + 1 && ".-$".includes(text.charAt(at - 1))) at--;
  return at;
}

/** `API key`, `private key`, `session id`: the word before belongs to the name. */
function withWordBefore(text: string, start: number, end: number): string {
  const name = text.slice(start, end);
  if (text[start - 1] !== " ") return name;
  const wordStart = runStart(text, start - 1, IDENTIFIER, Math.max(0, start - 33));
  return wordStart < start - 1 ? `${text.slice(wordStart, start - 1)} ${name}` : name;
}

/** Whether the name is a part of `a=b;c=d`: then a value may hold blanks. */
function separatedBySemicolons(text: string, nameStart: number): boolean {
  let at = nameStart - 1;
  while (at > 0 && text[at] === " ") at--;
  return text[at] === ";";
}

/** What may stand between operator and value: types, wrappers and string prefixes of Rust, Python, PHP and Go. */
const BEFORE_VALUE =
  /(?:(?:Some|Ok|String|Secret(?:Str|String|Bytes|Value|Box)?|Password|Token|ApiKey|Zeroizing|Sensitive|Protected(?:String)?|Masked|Value|Text|Just|Present|Owned|Borrowed)(?:::(?:new|from))?\((?=\\{0,7}["'(A-Z])|<<(?=")|string\(\d{1,5}\)\s|(?:[bBuUrRf]|[rR][bB])(?=\\{0,7}["'])|@(?=")|<!\[CDATA\[|!!?[a-z]{1,12}\s|[|>][-+]?\s(?=\S))/y;

/** How many of these may be nested: `Some(Secret("x"))`. */
const MOST_WRAPPERS = 4;

/** Longest list of one value, in UTF-16 units. */
const LONGEST_LIST = 512;

/** Whether a bracket opens a list that closes, rather than a placeholder: Java and Go print headers as lists. */
function isList(text: string, at: number): boolean {
  const close = text.indexOf("]", at);
  return close > at + 1 && close - at < LONGEST_LIST && matchEnd(TEMPLATE, text, at) === undefined;
}

type Value = Pick<Assignment, "start" | "end" | "quoted">;

/**
 * Reads a value behind its operator.
 *
 * @param operator As {@linkcode Assignment.operator}.
 * @param options Whether an unquoted value goes on to the next `;`; where the last one ended.
 */
function valueAt(
  text: string,
  from: number,
  operator: string,
  options: { readonly toSemicolon: boolean; readonly ends: BareEnds },
): Value | undefined {
  let at = skipBlanks(text, from);
  for (let i = 0; i < MOST_WRAPPERS; i++) {
    const next = matchEnd(BEFORE_VALUE, text, at);
    if (next === undefined) break;
    at = next;
  }
  if (text[at] === "[" && !text.startsWith("[REDACTED", at)) {
    const inner = skipBlanks(text, at + 1);
    if (
      operator === "=>" || operator === ":" || matchEnd(QUOTE, text, inner) !== undefined || isList(text, at)
    ) {
      at = inner;
    }
  }
  const quoteEnd = matchEnd(QUOTE, text, at);
  if (quoteEnd !== undefined) {
    return { start: quoteEnd, end: quotedEnd(text, quoteEnd, text.slice(at, quoteEnd)), quoted: true };
  }
  if (at >= text.length) return undefined;
  if (operator === ">") {
    const tag = text.indexOf("<", at);
    return { start: at, end: tag < 0 ? text.length : tag, quoted: true };
  }
  // `password= user=bob`: nothing is assigned, the next pair begins.
  if (operator === "=" && at > from && text[from - 2] !== " " && isPair(text, at)) return undefined;
  if (options.toSemicolon) {
    const semicolon = text.indexOf(";", at);
    if (semicolon > 0) return { start: at, end: semicolon, quoted: false };
  }
  return { start: at, end: matchEnd(TEMPLATE, text, at) ?? bareEnd(text, at, options.ends), quoted: false };
}

/** A placeholder that may hold blanks: `{{ .Values.x }}`, `${X:-y}`, `<your key>`, `[not set]`. */
const TEMPLATE =
  /(?:\$?\{\{?[^{}]{0,200}\}\}?|<[A-Za-z][\w .:-]{0,64}>|\[[A-Za-z][A-Za-z_ .-]{0,31}\]|\([a-z]{2,16}(?: [a-z]{2,16}){0,4}\))(?=$|[\s,;&"'`)\]}])/y;

function isPair(text: string, at: number): boolean {
  const end = runEnd(text, at, IDENTIFIER, at + LONGEST_NAME);
  return end > at && text[end] === "=" && end + 1 < text.length;
}

/** End of a quoted value: the next such quote with as many backslashes before it, or fewer; else the end of the line. */
function quotedEnd(text: string, from: number, quote: string): number {
  const mark = quote.at(-1) ?? "";
  if (!`"'\``.includes(mark)) {
    const end = text.indexOf(quote, from);
    return end < 0 ? text.length : end;
  }
  const level = quote.length - 1;
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] === "\\") backslashes++;
    // SQL and CSV double a quote inside quotes.
    if (level === 0 && backslashes === 0 && at > from && text[at + 1] === mark && isWord(text, at + 2)) {
      at++;
      continue;
    }
    if (backslashes <= level) return at - backslashes;
    // An even number more are escaped backslashes at the value's end: the quote closes.
    if (level === 0 && backslashes % 2 === 0) return at;
  }
  return text.length;
}

function isWord(text: string, at: number): boolean {
  return (classOf(text.charCodeAt(at)) & IDENTIFIER) !== 0;
}

/** Characters at which an unquoted value may end, if what follows them says so. */
const CLOSERS = ",;&|)]}>\"'`<";

/**
 * End of an unquoted value: a blank; or a separator that is followed by what begins something new. Passwords hold
 * commas and ampersands, so that a separator inside a word does not end one.
 */
function bareEnd(text: string, from: number, ends: BareEnds): number {
  if (from < ends.from || from >= ends.to) {
    ends.from = from;
    ends.to = separatorFrom(text, from);
  }
  let at = ends.to;
  while (at > from + 1 && ",;.)]}>\"'!".includes(text.charAt(at - 1)) && !isOpened(text, from, at)) at--;
  return at;
}

function separatorFrom(text: string, from: number): number {
  const limit = Math.min(text.length, from + LONGEST_VALUE);
  let at = from;
  while (at < limit) {
    const character = text.charAt(at);
    if (character === " ") break;
    if (character === "\\" && /^\\+["']/.test(text.slice(at, at + 9))) break;
    if (CLOSERS.includes(character) && at > from && endsBefore(text, at)) break;
    if (character === "%" && /^%(?:26|22|3[Bb])[A-Za-z%]/.test(text.slice(at, at + 4))) break;
    at++;
  }
  return at;
}

/** Whether the separator at `at` is followed by the end, a blank, a closer, a quote, or the next name and operator. */
function endsBefore(text: string, at: number): boolean {
  const next = at + 1;
  if (next >= text.length) return true;
  const character = text.charAt(next);
  if (` ,;)]}"'\`\\{[<`.includes(character)) return true;
  if (text.charAt(at) === "<") return character === "/";
  if ("\"'`".includes(text.charAt(at))) return true;
  if (text.startsWith("amp;", next)) return true;
  const nameEnd = runEnd(text, next, IDENTIFIER, next + LONGEST_NAME);
  return nameEnd > next && "=:".includes(text.charAt(nameEnd)) && nameEnd < text.length;
}

/** Whether the closing bracket before `end` has its opening one inside the value: `a(b)` keeps it. */
function isOpened(text: string, from: number, end: number): boolean {
  const opening =
    ({ ")": "(", "]": "[", "}": "{", ">": "<" } as Record<string, string>)[text.charAt(end - 1)];
  if (opening === undefined) return false;
  const at = text.indexOf(opening, from);
  return at >= 0 && at < end;
}
