/**
 * Secrets that only their surroundings give away: names, URLs, headers, command lines, IRC commands.
 *
 * @module
 */

import type { Dice } from "./dice.ts";
import { ALNUM, BASE64URL, HEX } from "./dice.ts";
import { named } from "./frames.ts";
import { formKind, lineKind } from "./kind.ts";
import type { Kind } from "./kind.ts";

const password = (dice: Dice) => dice.password();
const token = (dice: Dice) => dice.chars(ALNUM, 32);
const hex32 = (dice: Dice) => dice.chars(HEX, 32);
const base64 = (dice: Dice) => btoa(dice.chars(ALNUM, 24));
const lower = (dice: Dice) => dice.chars("abcdefghijklmnopqrstuvwxyz0123456789", 24);

/** Names that say that their value is a secret, and what such values look like. */
const NAMES: readonly (readonly [string, (dice: Dice) => string])[] = [
  ["password", password],
  ["db_password", password],
  ["user_passwd", password],
  ["smtp_pwd", password],
  ["passphrase", password],
  ["api_key", token],
  ["secret", token],
  ["client_secret", token],
  ["access_token", token],
  ["refresh_token", base64],
  ["auth_token", hex32],
  ["csrf_token", base64],
  ["private_key", base64],
  ["encryption_key", base64],
  ["session_id", lower],
  ["signing_key", hex32],
  ["webhook_secret", token],
  ["credentials", token],
  ["wifi_psk", password],
  ["hmac_key", hex32],
];

const URLS: Kind = lineKind("url password", "url-cred", "[REDACTED]", password, [
  "connecting to postgres://app:{}@db.internal:5432/app?sslmode=require",
  "DATABASE_URL=postgresql://app:{}@10.0.0.9/app",
  '{"redis":"redis://:{}@cache:6379/0","n":1}',
  "rediss://default:{}@cache.test:6380 refused",
  "amqp://guest:{}@mq:5672/%2f closed",
  "mongodb+srv://app:{}@cluster0.ab1cd.mongodb.net/app?retryWrites=true",
  "fatal: unable to access 'https://deploy:{}@git.test/team/app.git/': 403",
  "mysql: app:{}@tcp(db:3306)/app?parseTime=true failed",
  "jdbc:oracle:thin:scott/{}@db.test:1521/ORCL",
  "sqlalchemy.create_engine('mysql+pymysql://root:{}@127.0.0.1/app')",
  "smtp://mailer:{}@smtp.test:587",
  "ftp://bob:{}@ftp.test/incoming",
  "proxy http://corp:{}@proxy.test:3128 chosen",
  "clickhouse://default:{}@ch:9000/logs",
  "Error: connect ECONNREFUSED nats://svc:{}@nats:4222",
  "  url: ldap://cn=admin:{}@ldap.test",
]);

const HEADERS: Kind = lineKind("authorization", "auth-header", "[REDACTED]", token, [
  "Authorization: Bearer {}",
  "> authorization: Bearer {}",
  "{'Authorization': 'Bearer {}', 'Accept': '*/*'}",
  '{"headers":{"authorization":"Token {}","accept":"*/*"}}',
  "map[Accept:[*/*] Authorization:[Bearer {}]]",
  'headers={"authorization": "Basic {}"}',
  '"{\\"authorization\\":\\"Bearer {}\\"}"',
  "curl -H 'Authorization: Bearer {}' https://api.test/v1",
  'curl -H "Authorization: ApiKey {}" https://api.test/v1',
  "HTTP_AUTHORIZATION=Bearer {}",
  "Proxy-Authorization: Basic {}",
  "request sent with Bearer {} to api.test",
  "Authorization: Digest {}",
  "Authorization: AWS4-HMAC-SHA256 {}",
  'HeaderMap { "authorization": "Bearer {}", "accept": "*/*" }',
  '"Authorization"=>"Bearer {}"',
  "authorization=[Bearer {}], accept=[*/*]",
  "[('Host', 'x.test'), ('Authorization', 'Bearer {}')]",
]);

const API_HEADERS: Kind = lineKind("api header", "auth-header", "[REDACTED]", token, [
  "X-Api-Key: {}",
  "x-auth-token: {}",
  "< X-Vault-Token: {}",
  "{'x-api-key': '{}', 'accept': '*/*'}",
  '{"X-Amz-Security-Token":"{}"}',
  "curl -H 'X-API-Key: {}' https://api.test",
  "PRIVATE-TOKEN: {}",
  "map[X-Shopify-Access-Token:[{}]]",
  "x-goog-api-key={}",
  "Ocp-Apim-Subscription-Key: {}",
  "X-Hub-Signature-256: {}",
  "DD-API-KEY: {}",
  "apikey: {}",
]);

const COOKIES: Kind = lineKind("cookie", "auth-header", "[REDACTED]", lower, [
  "Cookie: sessionid={}",
  "Cookie: sid={}; theme={}",
  "Set-Cookie: session={}; Path=/; HttpOnly; Secure",
  '{"cookie":"connect.sid={}","host":"x.test"}',
  "{'Cookie': 'laravel_session={}'}",
  "set-cookie: JSESSIONID={}; Path=/app; SameSite=Lax",
  "curl -b 'session={}' https://x.test/",
  'curl --cookie "PHPSESSID={}" https://x.test/',
  "map[Cookie:[auth={}]]",
  '"set-cookie": ["sid={}; Max-Age=3600"]',
]);

const HOOKS: readonly Kind[] = [
  lineKind(
    "slack webhook",
    "webhook-url",
    "[REDACTED]",
    (d) =>
      `services/T${d.chars("ABCDEFGHIJ0123456789", 10)}/B${d.chars("ABCDEFGHIJ0123456789", 10)}/${
        d.chars(ALNUM, 24)
      }`,
    [
      "POST https://hooks.slack.com/{} 200",
      '{"url":"https://hooks.slack.com/{}"}',
      "SLACK_HOOK=https://hooks.slack.com/{}",
    ],
  ),
  lineKind(
    "discord webhook",
    "webhook-url",
    "[REDACTED]",
    (d) => `api/webhooks/${d.chars("123456789", 18)}/${d.chars(ALNUM, 34)}${d.chars(BASE64URL, 34)}`,
    [
      "posting to https://discord.com/{} failed",
      "'https://discordapp.com/{}'",
      "hook: https://ptb.discord.com/{}",
    ],
  ),
  lineKind(
    "teams webhook",
    "webhook-url",
    "[REDACTED]",
    (d) =>
      `webhookb2/${d.chars(HEX, 8)}-1234-4abc-8def-${d.chars(HEX, 12)}@${d.chars(HEX, 8)}-1234-4abc-8def-${
        d.chars(HEX, 12)
      }/IncomingWebhook/${d.chars(HEX, 32)}/${d.chars(HEX, 8)}-1234-4abc-8def-${d.chars(HEX, 12)}`,
    ["POST https://acme.webhook.office.com/{} 200", '{"hook":"https://acme.webhook.office.com/{}"}'],
  ),
  lineKind(
    "telegram bot url",
    "webhook-url",
    "[REDACTED]",
    (d) => `bot${d.chars("123456789", 10)}:AA${d.chars(ALNUM, 33)}/sendMessage`,
    [
      "POST https://api.telegram.org/{} 200",
      "requests.exceptions.ConnectionError: https://api.telegram.org/{}",
    ],
  ),
  lineKind("rpc url", "webhook-url", "[REDACTED]", (d) => `v3/${d.chars(HEX, 32)}`, [
    "RPC https://mainnet.infura.io/{} timed out",
    "rpc_url=https://base-mainnet.infura.io/{} attempt=2",
    'provider: Http { url: "https://sepolia.infura.io/{}" }',
  ]),
  lineKind(
    "alchemy url",
    "webhook-url",
    "[REDACTED]",
    (d) => `v2/${d.chars(BASE64URL, 14)}${d.chars(ALNUM, 18)}`,
    [
      "error sending request for url (https://base-mainnet.g.alchemy.com/{})",
      "ETH_RPC=wss://eth-mainnet.g.alchemy.com/{}",
      '{"url":"https://eth-mainnet.alchemyapi.io/{}","n":1}',
    ],
  ),
  lineKind("quicknode url", "webhook-url", "[REDACTED]", (d) => d.chars(HEX, 40), [
    "RPC https://late-quiet-sun.base-mainnet.quiknode.pro/{} slow",
    "rpc=https://x-y-z.quiknode.pro/{} ok",
  ]),
  lineKind(
    "zapier hook",
    "webhook-url",
    "[REDACTED]",
    (d) => `hooks/catch/${d.chars("123456789", 7)}/${d.chars("abcdefghij0123456789", 7)}/`,
    [
      "POST https://hooks.zapier.com/{} 200",
      "zap: 'https://hooks.zapier.com/{}'",
    ],
  ),
  lineKind(
    "stream key",
    "webhook-url",
    "[REDACTED]",
    (d) => `app/live_${d.chars("123456789", 9)}_${d.chars(ALNUM, 30)}`,
    [
      "ffmpeg -i in.mp4 -f flv rtmp://live.twitch.tv/{}",
      "publishing to rtmps://ingest.test:443/{} started",
    ],
  ),
  lineKind("signed url", "webhook-url", "[REDACTED]", (d) => d.chars(HEX, 64), [
    "GET https://b.s3.amazonaws.com/k?X-Amz-Expires=300&X-Amz-Signature={} 200",
    "https://storage.googleapis.com/b/k?X-Goog-Expires=300&X-Goog-Signature={}",
  ]),
  lineKind("sas url", "webhook-url", "[REDACTED]", (d) => `${encodeURIComponent(btoa(d.chars(ALNUM, 32)))}`, [
    "PUT https://acme.blob.core.windows.net/c/b?sv=2024-08-04&se=2025-12-01&sig={} 201",
    "url=https://acme.blob.core.windows.net/c?sp=r&sig={}&sv=2024-08-04",
    "https://cdn.test/v.m3u8?Expires=1762157607&Signature={}&Key-Pair-Id=K2JCJMDEHXQW5F",
  ]),
];

const COMMANDS: Kind = lineKind("command line", "cli-secret", "[REDACTED]", password, [
  "+ mysql -u root -p{} app",
  "sh -c mysqldump -h db -uapp -p{} app > dump.sql",
  "sshpass -p {} ssh deploy@web-1 uptime",
  "sshpass -p '{}' scp x web-1:/tmp",
  "docker login -u bob -p {} registry.test",
  "docker login --username bob --password {} registry.test",
  "curl -u bob:{} https://api.test/v1",
  "curl -s --user bob:{} https://api.test/v1",
  "exec: app --password {} --port 1",
  "app --api-key {} --verbose",
  "+ PGPASSWORD={} psql -h db -U app",
  "MYSQL_PWD={} mysqldump app",
  "echo {} | sudo -S systemctl restart app",
  "echo '{}' | docker login -u bob --password-stdin",
  "ALTER USER app IDENTIFIED BY '{}'",
  "CREATE ROLE app LOGIN PASSWORD '{}'",
  "redis-cli -h cache -a {} ping",
  "mongosh -u admin -p {} --authenticationDatabase admin",
  "openssl pkcs12 -in a.p12 -passin pass:{} -nodes",
  "argv: ['app', '--token', '{}', '--once']",
  "COMMAND=/usr/bin/app --secret={} --once",
  "ldapsearch -x -D cn=admin -w {} -b dc=test",
  "smbclient //srv/share -U bob%{}",
  "wget --http-password={} --http-user=bob https://x.test/f",
  "zip -P {} out.zip secrets.txt",
  "7z a -p{} out.7z data",
  "net use Z: \\\\srv\\share {} /user:bob",
  "htpasswd -bc .htpasswd bob {}",
]);

const IRC: Kind = lineKind("irc command", "irc-secret", "[REDACTED]", password, [
  "PRIVMSG NickServ :IDENTIFY {}",
  "PRIVMSG NickServ :IDENTIFY bob {}",
  "/msg NickServ identify {}",
  "/msg NickServ REGISTER {} [EMAIL]",
  "NS IDENTIFY {}",
  "NickServ GHOST bob {}",
  "-> PASS {}",
  "PASS :{}",
  "OPER admin {}",
  "send: AUTHENTICATE {}",
  "PRIVMSG Q@CServe.quakenet.org :AUTH bob {}",
  "JOIN #ops {}",
  ":alice!a@host MODE #ops +k {}",
  "MODE #ops +nk {}",
  "/ns identify {}",
  "SQUERY NickServ :IDENTIFY {}",
]);

/** Kinds known by what stands around them. */
export const NAMED_KINDS: readonly Kind[] = [
  ...NAMES.map(([name, make]) => formKind(`name ${name}`, "key-value", "[REDACTED]", make, named(name))),
  URLS,
  HEADERS,
  API_HEADERS,
  COOKIES,
  ...HOOKS,
  COMMANDS,
  IRC,
];
