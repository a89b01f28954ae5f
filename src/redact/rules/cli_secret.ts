/**
 * `cli-secret`: passwords on command lines, as shells trace them, `ps` shows them and audit logs keep them.
 *
 * Sources: the manuals of mysql (`-p`), sshpass, docker login, curl (`-u`), wget, redis-cli (`-a`), the Mongo tools,
 * ldapsearch (`-w`), smbclient (`-U`), openssl (`pass:`), zip and 7z, htpasswd (`-b`), net use, sudo (`-S`), and the SQL
 * of MySQL, Oracle and PostgreSQL (`IDENTIFIED BY`, `PASSWORD`). Becomes `[REDACTED]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import { nameKind } from "../names.ts";
import type { Found, Rule } from "../rule.ts";
import { isCall, isPath, isPlaceholder } from "../values.ts";

const REPLACEMENT = "[REDACTED]";

/** A value of an argument: quoted, also in a list of arguments, or to the next blank. */
const VALUE = String.raw`(\\?"(?:[^"\\]|\\[^"]){1,512}\\?"|'[^']{1,512}'|[^\s"'|;<>]{1,512})`;

/** How far from the command its option may stand: not across a pipe, a `;`, or quotes that close. */
const GAP = String.raw`(?:[^|;\n]{0,200}?[\s'",])??`;

const command = (names: string, option: string, flags: string = "g") =>
  new RegExp(
    String.raw`(?<![\w.-])(?:${names})(?:\.exe)?["',\]]{0,3}\s${GAP}${option}${VALUE}`,
    flags,
  );

/** Options whose value is the secret, by command. */
const COMMANDS: readonly RegExp[] = [
  command(
    "mysql(?:dump|admin|import|show|check|sh|slap)?|mariadb(?:-\\w+)?|mydumper|xtrabackup",
    "-p(?=[^\\s-])",
  ),
  command("sshpass", "-p[\\s'\",]{0,4}"),
  command(
    "(?:docker|podman|nerdctl|buildah|skopeo|crane|helm|oras|az|cf|oc|argocd|npm|vault) (?:\\w+ )?login",
    "-p[\\s'\",]{1,4}",
  ),
  command("mongo(?:sh|dump|restore|export|import|stat|top)?", "-p[\\s'\",]{1,4}"),
  command("redis-(?:cli|benchmark)|keydb-cli|valkey-cli", "-a[\\s'\",]{1,4}"),
  command("ldap(?:search|modify|add|delete|passwd|whoami|compare)", "-w[\\s'\",]{0,4}"),
  command("zip|unzip|zipcloak|7z|7za|7zz|rar|unrar", "-[pP][\\s'\",]{0,4}"),
  command(
    "openssl|keytool|signtool|gpg2?|age",
    "(?:pass:|-(?:pass|k|storepass|keypass|passphrase)[\\s'\",]{1,4}(?!(?:pass|env|file|fd|stdin)\\b))",
  ),
  command("htpasswd", "-(?=[a-zA-Z]{0,6}b)[a-zA-Z]{1,7} \\S{1,128} \\S{1,64} "),
  command(
    "net use|net user",
    "(?:\\w:|\\\\\\\\\\S{1,128}|\\w{1,64}) (?:\\\\\\\\\\S{1,128} )?(?![/\\\\*])",
    "gi",
  ),
  command(
    "sqlcmd|osql|bcp|psexec|plink|pscp|xfreerdp|rdesktop|snmpwalk|snmpget|ipmitool|impacket-\\w+|winexe|lftp|ncftp|sqlplus|isql|influx|cqlsh|impala-shell|beeline|ansible-vault|kinit",
    "(?:-[Ppw]|-pw|/p:|-A|-X)[\\s'\",]{1,4}",
  ),
  /\b(?:connect|conn|sqlplus)\s+(?:-\S{1,16}\s+){0,3}\w{1,64}\/([^\s@"']{2,128})(?=@|["'\s]|$)/gi,
  /"AUTH" (?:"[^"]{1,128}" )?"([^"]{1,256})"/g,
  /(?<![\w.-])snmp(?:walk|get|set|bulkwalk|getnext)\s(?:[^|;\n]{0,64}?\s)??-c\s{0,2}([^\s"']{3,64})/g,
  /(?:^|[\s"'>])[A-Za-z]?\d{1,6} LOGIN "?[\w.@-]{1,64}"? "?([^\s"]{3,128})"?(?=$|["\r\\])/g,
  /\bvault login (?:-\S{1,64} ){0,4}([\w.-]{20,255})/g,
  /\b(?:requirepass|masterauth|auth-pass [\w.-]{1,64}) ["']?([^\s"']{1,256})/gi,
  /(?:^|[>"'\]] ?)AUTH (?:[\w.-]{1,64} )?(?!LOGIN|PLAIN)([^\s"']{0,128}\d[^\s"']{0,128})(?=$|["'\r\\])/g,
  /\bchpasswd\b[^|\n]{0,64}?<<<\s?["']?[\w.-]{1,64}:([^\s"']{1,256})/g,
];

/** `user:password` in one argument. */
const PAIRS: readonly RegExp[] = [
  /(?<![\w.-])curl["',\]]{0,3}\s(?:[^|;\n]{0,400}?[\s'",])??(?:-b|--cookie)[\s'",=]{0,4}[\w.-]{1,64}=([^\s"'|;]{1,512})/g,
  /(?<![\w.-])(?:curl|http|https|xh|wget|ab|siege|hey|restic|ftp|aria2c)["',\]]{0,3}\s(?:[^|;\n]{0,400}?[\s'",])??(?:-u|--user|--proxy-user|-U|-A|-a|--auth)[\s'",=]{0,4}[\w.@+$\\{}-]{0,128}:([^\s"'|;]{1,512})/g,
  /(?<![\w./-])(?:smbclient|rpcclient|smbget|net|winexe|wmic)["',\]]{0,3}\s(?:[^|;\n]{0,200}?[\s'",])??-U[\s'",]{0,4}[\w.\\/@-]{1,128}%([^\s"'|;]{1,512})/g,
];

/** Any command of these: most lines with an option have none. */
const COMMAND =
  /mysql|maria|xtrabackup|mydumper|login|sshpass|mongo|redis|keydb|valkey|ldap|zip|7z|rar|openssl|tool|gpg|age\b|htpasswd|net u|sqlcmd|osql|bcp|exec|plink|pscp|rdp|rdesktop|snmp|ipmi|impacket|winexe|ftp|sqlplus|isql|influx|cqlsh|impala|beeline|ansible|kinit|chpasswd|LOGIN|curl|connect |CONNECT |requirepass|masterauth|auth-pass|AUTH|https?\b|xh\b|wget|ab\b|siege|hey\b|restic|aria2c|smb|rpcclient|wmic/;

/** Secrets that a shell writes into a command that reads them. */
const PIPED =
  /\b(?:echo|printf)(?: -[neE]{1,3})?(?: ["']?%s(?:\\n)?["']?)? ("[^"|]{1,256}"|'[^'|]{1,256}'|[^\s"'|;]{1,256}) ?\|\s?[^|;\n]{0,120}?(?:sudo\b[^|;\n]{0,64}?-\w{0,4}S|--?(?:password|passphrase|token|secret|pass)-?(?:stdin|fd)|passwd\b|chpasswd|kinit|cryptsetup|--with-token|\blogin\b[^|;\n]{0,64}-)/g;

/** What SQL that sets a password has. */
const SQL_WORD = /\bidentified\b|\bpassword['"(=\s]/i;

/** A string of SQL. */
const SQL_STRING = String.raw`(\\?N?'(?:[^'\\]|''|\\[^'])+\\?'|"[^"]+")`;

/** SQL that sets a password. */
const SQL: readonly RegExp[] = [
  new RegExp(String.raw`\bSET\s+PASSWORD\b[^=;\n]{0,128}=\s*(?:PASSWORD\s*\(\s*)?${SQL_STRING}`, "gi"),
  new RegExp(
    String
      .raw`\bIDENTIFIED\s+(?:WITH\s+["'\x60]?\w{1,64}["'\x60]?\s+)?(?:BY|AS|USING)(?:\s+PASSWORD)?\s+${SQL_STRING}`,
    "gi",
  ),
  /\bIDENTIFIED\s+BY\s+([^\s;,'")]+)/gi,
  new RegExp(
    String
      .raw`\b(?:(?:ROLE|USER|LOGIN|ENCRYPTED|WITH|SET)\b[^'";\n]{0,96}\s)PASSWORD(?:\s*=\s*|\s*\(\s*|\s+)${SQL_STRING}`,
    "gi",
  ),
];

/** `--password X`, and `"--password", "X"` as arguments are listed. */
const LONG_OPTION =
  /(?<![\w-])-{1,2}([A-Za-z][\w.-]{1,48})(\\?["']?,? ?|\s{1,4})(?=\S)(\\?"(?:[^"\\]|\\[^"]){1,512}\\?"|'[^']{1,512}'|[^\s"'|;<>,\])]{1,512})/g;

/** Words that go on with a sentence about an option. */
const PROSE =
  /^(?:is|was|are|not|no|and|or|to|for|flag|flags|option|options|argument|via|on|in|at|of|it|be|must|may|can|should|requires?|required|optional|with|without|the|a|an|from|instead|given|missing|needs?|has|have|cannot|failed|expects?|unset|set|value|file|stdin|deprecated|insecure|to|if|when|as|by|but|does|do|will|only|also|please|:|=|\\|\||-)[,.:;]?$/i;

/** Secrets in commands, SQL and lists of arguments. */
export const cliSecret: Rule = {
  needs: FEATURES.keyword | FEATURES.option | FEATURES.escape | FEATURES.at,
  find({ text, features }, report) {
    if (COMMAND.test(text)) {
      for (const pattern of [...COMMANDS, ...PAIRS]) {
        findValues(text, pattern, report);
      }
    }
    if ((features & FEATURES.keyword) !== 0 && SQL_WORD.test(text)) {
      for (const pattern of SQL) findValues(text, pattern, report);
    }
    if (text.includes("|")) findValues(text, PIPED, report);
    if (text.includes("-")) findLongOptions(text, report);
  },
};

function findValues(text: string, pattern: RegExp, report: (found: Found) => void): void {
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? "";
    const at = match.index + match[0].lastIndexOf(value);
    hide(text, at, at + value.length, report);
  }
}

function findLongOptions(text: string, report: (found: Found) => void): void {
  LONG_OPTION.lastIndex = 0;
  for (let match = LONG_OPTION.exec(text); match !== null; match = LONG_OPTION.exec(text)) {
    const [whole, name = "", gap = "", value = ""] = match;
    const end = match.index + whole.length;
    // The value may be the next option.
    LONG_OPTION.lastIndex = end - value.length;
    if (gap === "" || nameKind(name) !== "secret" || /^\\?["']?-/.test(value) || PROSE.test(value)) continue;
    if (!whole.startsWith("--") && !/pass|pwd|secret/i.test(name)) continue;
    hide(text, end - value.length, end, report);
  }
}

/** Reports a value without its quotes, if it is one. */
function hide(text: string, from: number, to: number, report: (found: Found) => void): void {
  let [start, end] = [from, to];
  const quote = /^\\?N?["']/.exec(text.slice(start, end))?.[0] ?? "";
  if (quote !== "") {
    start += quote.length;
    const closing = /\\?["']$/.exec(text.slice(start, end))?.[0] ?? "";
    end -= closing.length;
  } else {
    while (end > start + 1 && ",)]}\"'`".includes(text.charAt(end - 1))) end--;
  }
  const value = text.slice(start, end);
  if (value === "" || isPlaceholder(value) || isPath(value) || isCall(value) || /^[A-Z_]{3,}$/.test(value)) {
    return;
  }
  if (/^(?:\$|<|%s|\?$|:\w+$)/.test(value)) return;
  report({ start, end, replacement: REPLACEMENT });
}
