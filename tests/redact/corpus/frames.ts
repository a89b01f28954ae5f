/**
 * Places in which secrets stand in logs. The names in {@linkcode NEUTRAL} give nothing away; those of
 * {@linkcode named} do.
 *
 * @module
 */

import type { Frame } from "./kind.ts";

const json = (value: unknown) => JSON.stringify(value);
const inString = (text: string) => json(text).slice(1, -1);

/** Places that say nothing about what stands there. */
export const NEUTRAL: readonly Frame[] = [
  { name: "prose", around: (v) => `2025-11-03T08:12:01Z ERROR app: upstream refused ${v} twice` },
  { name: "logfmt", around: (v) => `level=info msg="calling upstream" value=${v} attempt=2` },
  { name: "json", around: (v) => `{"level":"info","detail":"${v}","n":3}`, encode: inString },
  {
    name: "json in json",
    around: (v) => `{"log":"{\\"detail\\":\\"${v}\\",\\"n\\":1}\\n","stream":"stderr"}`,
    encode: (v) => inString(inString(v)),
  },
  {
    name: "url query",
    around: (v) => `"GET /v1/items?page=2&t=${v}&sort=asc HTTP/1.1" 200`,
    encode: encodeURIComponent,
  },
  { name: "cli", around: (v) => `exec: app --verbose --with ${v} --retries 3` },
  { name: "stack trace", around: (v) => `    at Client.send (/app/client.js:42:17) got '${v}'` },
  { name: "yaml", around: (v) => `  upstream: "${v}"` },
  { name: "python dict", around: (v) => `INFO:root:{'detail': '${v}', 'n': None}` },
  { name: "python repr", around: (v) => `Client(url='http://x.test', extra='${v}', retries=3)` },
  { name: "ruby hash", around: (v) => `Parameters: {"detail"=>"${v}", "n"=>"1"}` },
  { name: "ruby symbols", around: (v) => `#<Client @detail="${v}", @n=1>` },
  { name: "go map", around: (v) => `map[detail:${v} n:1]` },
  { name: "go struct", around: (v) => `&{Detail:${v} N:1}` },
  { name: "rust debug", around: (v) => `Config { detail: Some("${v}"), n: 1 }` },
  { name: "php dump", around: (v) => `array(1) { ["detail"]=> string(40) "${v}" }` },
  { name: "java", around: (v) => `Request[detail=${v}, n=1]` },
  { name: "env", around: (v) => `+ export UPSTREAM='${v}'` },
  { name: "header", around: (v) => `> X-Custom: ${v}` },
  { name: "xml", around: (v) => `<detail n="1">${v}</detail>` },
  { name: "parentheses", around: (v) => `retrying (${v}) now` },
  { name: "list", around: (v) => `["first","${v}"]` },
  { name: "table", around: (v) => `| 42 | ${v} | active |` },
  { name: "csv", around: (v) => `42,${v},active` },
  { name: "end of line", around: (v) => `upstream answered 401 for ${v}` },
  { name: "markdown", around: (v) => `set it to \`${v}\` and restart` },
];

/** Places whose names say that a secret stands there; `snake`, `camel` and `Camel` are the same name thrice. */
export function named(snake: string): readonly Frame[] {
  const words = snake.split("_");
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  const upper = snake.toUpperCase();
  const kebab = words.join("-");
  return [
    { name: "logfmt", around: (v) => `level=warn msg="login failed" ${snake}=${v} user=bob` },
    { name: "json", around: (v) => `{"level":30,"${camel}":"${v}","user":"bob"}`, encode: inString },
    {
      name: "json in json",
      around: (v) => `{"log":"{\\"${snake}\\":\\"${v}\\",\\"n\\":1}\\n","stream":"stderr"}`,
      encode: (v) => inString(inString(v)),
    },
    { name: "json with blanks", around: (v) => `body: { "${snake}" : "${v}" , "n" : 1 }`, encode: inString },
    {
      name: "url query",
      around: (v) => `"POST /login?user=bob&${snake}=${v}&n=1 HTTP/1.1" 302`,
      encode: encodeURIComponent,
    },
    { name: "yaml", around: (v) => `  ${snake}: "${v}"` },
    { name: "yaml bare", around: (v) => `    ${camel}: ${v}` },
    { name: "python dict", around: (v) => `DEBUG:root:{'user': 'bob', '${snake}': '${v}', 'n': None}` },
    { name: "python repr", around: (v) => `Login(user='bob', ${snake}='${v}', n=1)` },
    { name: "ruby hash", around: (v) => `{:user=>"bob", :${snake}=>"${v}"}` },
    { name: "ruby strings", around: (v) => `Parameters: {"user"=>"bob", "${snake}"=>"${v}"}` },
    { name: "go struct", around: (v) => `{User:bob ${pascal}:${v} Port:1}` },
    { name: "go syntax", around: (v) => `main.Config{User:"bob", ${pascal}:"${v}", Port:1}` },
    { name: "rust debug", around: (v) => `Config { user: "bob", ${snake}: Some("${v}"), port: 1 }` },
    { name: "rust wrapper", around: (v) => `Config { ${snake}: Secret("${v}"), port: 1 }` },
    { name: "java", around: (v) => `Login[user=bob, ${camel}=${v}, n=1]` },
    { name: "properties", around: (v) => `app.${kebab}=${v}` },
    { name: "env", around: (v) => `${upper}=${v}` },
    { name: "export", around: (v) => `+ export APP_${upper}='${v}'` },
    { name: "docker -e", around: (v) => `docker run -e ${upper}=${v} -p 80:80 app:1.2` },
    { name: "cli =", around: (v) => `exec: app --user bob --${kebab}=${v} --port 1` },
    { name: "xml", around: (v) => `<user>bob</user><${camel}>${v}</${camel}>` },
    { name: "xml attribute", around: (v) => `<login user="bob" ${camel}="${v}"/>` },
    { name: "php dump", around: (v) => `array(1) { ["${snake}"]=> string(12) "${v}" }` },
    { name: "php arrow", around: (v) => `['user' => 'bob', '${snake}' => '${v}']` },
    { name: "kubernetes env", around: (v) => `{"name":"${upper}","value":"${v}"}`, encode: inString },
    { name: "prose", around: (v) => `login with ${words.join(" ")}: ${v}` },
    { name: "sql", around: (v) => `UPDATE users SET ${snake} = '${v}' WHERE id = 42` },
    {
      name: "stack trace",
      around: (v) => `    at login (app.js:42:1) {"${camel}":"${v}"}`,
      encode: inString,
    },
    { name: "toml", around: (v) => `${snake} = "${v}"` },
  ];
}
