import { ALNUM, diceOf } from "./corpus/dice.ts";
import { table, unchanged } from "./table.ts";

const token = `ghp_${diceOf(7).chars(ALNUM, 36)}`;
const each = (encode: (code: string) => string) =>
  [...token].map((c) => encode(c.charCodeAt(0).toString(16).padStart(2, "0"))).join("");

table("encoded hides tokens that hide something when they are decoded", [
  [`t=${each((code) => `%${code}`)}&n=1`, "t=[REDACTED_ENCODED]&n=1"],
  [`"${each((code) => `\\u00${code}`)}"`, '"[REDACTED_ENCODED]"'],
  [`(${each((code) => `\\x${code}`)})`, "([REDACTED_ENCODED])"],
  [`<b>${each((code) => `&#x${code};`)}</b>`, "<b>[REDACTED_ENCODED]</b>"],
  [`t=${each((code) => `%25${code}`)} n=1`, "t=[REDACTED_ENCODED] n=1"],
  [`v=${btoa("admin:hunter2!")} n=1`, "v=[REDACTED_ENCODED] n=1"],
  [`v=${btoa('{"password":"hunter2"}')} n=1`, "v=[REDACTED_ENCODED] n=1"],
  ["u=redis%3A%2F%2F%3Ahunter2%40cache%3A6379 n=1", "u=[REDACTED_ENCODED] n=1"],
  ["&lt;password&gt;hunter2&lt;/password&gt;", "[REDACTED_ENCODED]"],
]);
unchanged("encoded leaves encoded text with nothing secret in it", [
  "GET /caf%C3%A9?q=a%20b&r=https%3A%2F%2Fx.test%2Fcb HTTP/1.1",
  '{"msg":"caf\\u00e9 \\u2713"}',
  "&lt;order id=&quot;42&quot;&gt;",
  `v=${btoa("a plain sentence about nothing")}`,
  `v=${btoa("db.internal:5432")}`,
]);
