/**
 * Decoders for what may hide a secret from the rules: the text that an encoded one stands for.
 *
 * @module
 */

const ESCAPES =
  /(?:%[0-9A-Fa-f]{2})+|\\+u\{([0-9A-Fa-f]{1,6})\}|\\+u([0-9A-Fa-f]{4})|\\+x([0-9A-Fa-f]{2})|&#(\d{1,7});|&#x([0-9A-Fa-f]{1,6});|&(quot|amp|lt|gt|apos);|\\+\//g;

const NAMED: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'" };

/** Decodes one layer of percent-encoding, `\uXXXX`, `\xNN` and HTML's references; what is none stays as it is. */
export function decodeEscapes(text: string): string {
  return text.replace(
    ESCAPES,
    (
      whole,
      braced?: string,
      unicode?: string,
      byte?: string,
      decimal?: string,
      hex?: string,
      name?: string,
    ) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      if (whole.endsWith("/")) return "/";
      if (decimal !== undefined) return character(Number(decimal), whole);
      const digits = braced ?? unicode ?? byte ?? hex;
      return digits === undefined ? decodePercent(whole) : character(Number.parseInt(digits, 16), whole);
    },
  );
}

function character(code: number, whole: string): string {
  return code > 0x10ffff ? whole : String.fromCodePoint(code);
}

/** Bytes as UTF-8; bytes that are none become U+FFFD. */
function decodePercent(run: string): string {
  const bytes = new Uint8Array(run.length / 3);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(run.slice(i * 3 + 1, i * 3 + 3), 16);
  return new TextDecoder().decode(bytes);
}

/** How many characters are decoded first: most tokens show in them that they are no text. */
const PROBE = 16;

/**
 * Decodes base64 and base64url, padded or not.
 *
 * @returns `undefined` when the text is none, or stands for something that is not printable ASCII.
 */
export function decodeBase64(token: string): string | undefined {
  const standard = token.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  // `atob` takes unpadded text, but no single character behind the last block of four.
  if (standard.length % 4 === 1) return undefined;
  if (!isPrintable(atob(standard.slice(0, PROBE)))) return undefined;
  const decoded = atob(standard);
  return isPrintable(decoded) ? decoded : undefined;
}

function isPrintable(bytes: string): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes.charCodeAt(i);
    if (code > 0x7e || (code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) return false;
  }
  return true;
}
