import { ADDRESS, HEX64, JWT, OTHER_HEX64, SK_KEY } from "./standard.ts";
import { table, unchanged } from "./table.ts";

const [H, O] = [HEX64, OTHER_HEX64];

table("eth-key hides 64 hex digits unless their own label says that they are a hash", [
  [`EVM_PRIVATE_KEY=0x${H}`, "EVM_PRIVATE_KEY=0x[REDACTED_KEY]"],
  [`EVM_PRIVATE_KEY=${H}`, "EVM_PRIVATE_KEY=[REDACTED_KEY]"],
  [`loaded wallet 0X${H}`, "loaded wallet 0x[REDACTED_KEY]"],
  [`wallet ${H} ready`, "wallet [REDACTED_KEY] ready"],
  [`{"signer":"0x${H}"}`, '{"signer":"0x[REDACTED_KEY]"}'],
  [`deployerKey: Some("${H}")`, 'deployerKey: Some("[REDACTED_KEY]")'],
  [`tx=0x${H} key=0x${O}`, "tx=0x4c0883... key=0x[REDACTED_KEY]"],
  [`key=0x${O} tx=0x${H}`, "key=0x[REDACTED_KEY] tx=0x4c0883..."],
  [`seed of tx 0x${H}`, "seed of tx 0x[REDACTED_KEY]"],
  [`priv_keys: ["0x${H}", "${O}"]`, 'priv_keys: ["0x[REDACTED_KEY]", "[REDACTED_KEY]"]'],
  [`secret_hash=0x${H}`, "secret_hash=0x[REDACTED_KEY]"],
  [`public key 0x${H}`, "public key 0x[REDACTED_KEY]"],
  [`private_key=${H}${O}`, "private_key=[REDACTED_KEY]"],
  [`pk 0x${H};tx 0x${O}`, "pk 0x[REDACTED_KEY];tx 0x9f86d0..."],
]);

table("hex-hash shortens what its label calls a hash", [
  [`tx=0x${H}`, "tx=0x4c0883..."],
  [`Payment settled - TX: 0x${H}`, "Payment settled - TX: 0x4c0883..."],
  [`{"txHash":"0x${H}"}`, '{"txHash":"0x4c0883..."}'],
  [`{\\"tx_hash\\":\\"0x${H}\\"}`, '{\\"tx_hash\\":\\"0x4c0883...\\"}'],
  [`Transaction hash (hex): 0x${H}`, "Transaction hash (hex): 0x4c0883..."],
  [`tx_hash: Some(0x${H})`, "tx_hash: Some(0x4c0883...)"],
  [`TxHash(0x${H})`, "TxHash(0x4c0883...)"],
  [`topics=[0x${H}, 0x${O}]`, "topics=[0x4c0883..., 0x9f86d0...]"],
  [`blocks: ["0x${H}","0x${O}"]`, 'blocks: ["0x4c0883...","0x9f86d0..."]'],
  [`key hash=0x${H}`, "key hash=0x4c0883..."],
  [`Digest: sha256:${H}`, "Digest: sha256:4c0883..."],
  [`registry.test/app@sha256:${H}`, "registry.test/app@sha256:4c0883..."],
  [`https://basescan.org/tx/0x${H}`, "https://basescan.org/tx/0x4c0883..."],
  [`/var/lib/docker/overlay2/${H}/merged`, "/var/lib/docker/overlay2/4c0883.../merged"],
  [
    `/var/lib/docker/containers/${H}/${H}-json.log`,
    "/var/lib/docker/containers/4c0883.../4c0883...-json.log",
  ],
  [`${H}  release.tar.gz`, "4c0883...  release.tar.gz"],
  [`signature=0x${H}${H}1b`, "signature=0x4c0883..."],
  [`input 0xa9059cbb${H}${H}`, "input 0xa9059c..."],
]);

table("eth-address shows twelve characters", [
  [`payer=${ADDRESS}`, "payer=0x857fe61504..."],
  [`"from":"${ADDRESS}"`, '"from":"0x857fe61504..."'],
]);

table("sk-key hides every vendor's form", [
  [`openai ${SK_KEY} used`, "openai sk-[REDACTED] used"],
  ["key sk-ant-api03-aB3dE5fG7hI9jK1lM3nO5pQ7-rS_tU", "key sk-[REDACTED]"],
  ["sk-or-v1-0123456789abcdef0123456789abcdef", "sk-[REDACTED]"],
  ["(sk-abcdefghijklmnopqrst1234)", "(sk-[REDACTED])"],
  ["msg=\\nsk-abcdefghijklmnopqrst1234", "msg=\\nsk-[REDACTED]"],
]);
unchanged("sk-key leaves names that begin or end in sk", [
  "sk-learn-contrib-estimators-forest",
  "task-12345678901234567890 done",
  "sk-SK locale",
  "disk-0123456789abcdefghij mounted",
]);

table("jwt hides two to five parts", [
  [`got ${JWT} ok`, "got [REDACTED_JWT] ok"],
  [JWT.slice(0, JWT.lastIndexOf(".") + 1), "[REDACTED_JWT]."],
  [`${JWT}.part.last`, "[REDACTED_JWT]"],
  ["eyJhbGciOiJkaXIifQ..aaaaaaaaaaaaaaaa.bbbbbbbb.cccccc", "[REDACTED_JWT]"],
]);
unchanged("jwt leaves base64 of JSON without further parts", [
  "body eyJhIjoxfQ== sent",
  "eyJhbGciOi... truncated",
]);

const BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
table("pem hides a block on one line, whole or truncated", [
  [
    `key: -----BEGIN PRIVATE KEY-----\\n${BODY}\\nQ2c=\\n-----END PRIVATE KEY----- end`,
    "key: [REDACTED_PEM] end",
  ],
  [`-----BEGIN RSA PRIVATE KEY-----\\n${BODY}\\n${BODY.slice(0, 50)}`, "[REDACTED_PEM]"],
  [`-----BEGIN EC PRIVATE KEY----- ${BODY} and more words`, "[REDACTED_PEM] and more words"],
  [`-----BEGIN OPENSSH PRIVATE KEY-----\n${BODY}\n-----END OPENSSH PRIVATE KEY-----`, "[REDACTED_PEM]"],
  [
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\\n\\n${BODY}\\n=aB3d\\n-----END PGP PRIVATE KEY BLOCK-----`,
    "[REDACTED_PEM]",
  ],
  [
    `{"private_key":"-----BEGIN PRIVATE KEY-----\\n${BODY}\\n-----END PRIVATE KEY-----\\n","id":1}`,
    '{"private_key":"[REDACTED_PEM]","id":1}',
  ],
  [`${BODY}\\n-----END PRIVATE KEY-----`, "[REDACTED_PEM]"],
]);
unchanged("pem leaves public blocks", [
  "-----BEGIN CERTIFICATE REQUEST----- expected",
  "--- END of PUBLIC KEY list",
]);

table("url-cred keeps the user and hides the password", [
  ["postgres://app:s3cr3t@db:5432/app", "postgres://app:[REDACTED]@db:5432/app"],
  ["redis://:s3cr3t@cache/0", "redis://:[REDACTED]@cache/0"],
  ["redis://:p@ss/w0rd@cache:6379/0", "redis://:[REDACTED]@cache:6379/0"],
  ["amqp://u:a@b:c#d@mq:5672/v", "amqp://u:[REDACTED]@mq:5672/v"],
  ["https://user:pa#ss@host/path", "https://user:[REDACTED]@host/path"],
  [
    "mongodb://u:p%40ss@h1:27017,h2:27017/db?authSource=admin",
    "mongodb://u:[REDACTED]@h1:27017,h2:27017/db?authSource=admin",
  ],
  ["app:s3cr3t@tcp(db:3306)/app", "app:[REDACTED]@tcp(db:3306)/app"],
  ["jdbc:oracle:thin:scott/t1ger@db:1521/ORCL", "jdbc:oracle:thin:scott/[REDACTED]@db:1521/ORCL"],
  ["https://0123456789abcdef0123456789abcdef@o0.sentry.test/1", "https://[REDACTED]@o0.sentry.test/1"],
]);
unchanged("url-cred leaves URLs without credentials", [
  "https://medium.test/@alice/post",
  "ssh://git@git.test:22/team/app.git",
  "http://host:8080/img@2x.png",
  "https://registry.test/@types/node",
  "postgres://app:[REDACTED]@db/app",
  "postgres://app:${PASSWORD}@db/app",
]);

table("auth-header keeps name and scheme", [
  ["Authorization: Bearer abc.def-123", "Authorization: Bearer [REDACTED]"],
  [`Authorization: Bearer ${JWT}`, "Authorization: Bearer [REDACTED_JWT]"],
  ["authorization=Basic dXNlcjpwYXNz", "authorization=Basic [REDACTED]"],
  ["{'Authorization': 'token a1b2c3'}", "{'Authorization': 'token [REDACTED]'}"],
  ["map[Authorization:[Bearer a1b2c3d4]]", "map[Authorization:[Bearer [REDACTED]]]"],
  ["Authorization: a1b2c3d4e5", "Authorization: [REDACTED]"],
  ['Authorization: Digest username="x", response="a1b2"', "Authorization: Digest [REDACTED]"],
  ["Proxy-Authorization: Basic dXNlcjpwYXNz", "Proxy-Authorization: Basic [REDACTED]"],
  ["X-Api-Key: a1b2c3d4", "X-Api-Key: [REDACTED]"],
  ["x-auth-token=a1b2c3d4;", "x-auth-token=[REDACTED];"],
  ["X-PAYMENT: eyJ4NDAyVmVyc2lvbiI6MX0=", "X-PAYMENT: [REDACTED]"],
  ["Cookie: sid=a1b2; theme=dark", "Cookie: sid=[REDACTED]; theme=[REDACTED]"],
  ["Set-Cookie: sid=a1b2; Path=/; HttpOnly", "Set-Cookie: sid=[REDACTED]; Path=/; HttpOnly"],
  [
    "curl -H 'Authorization: Bearer a1' https://x.test",
    "curl -H 'Authorization: Bearer [REDACTED]' https://x.test",
  ],
  ["sent Bearer a1b2c3d4e5f6g7 twice", "sent Bearer [REDACTED] twice"],
]);
unchanged("auth-header leaves talk about headers", [
  "authorization: denied for bob",
  "Bearer authentication failed",
  'WWW-Authenticate: Bearer realm="api"',
  "Idempotency-Key: 3f2a9c1e-8b7d-4e6f-9a1b-2c3d4e5f6071",
  "Authorization: Bearer ***",
]);

table("key-value hides values in every notation and keeps the name", [
  ["password=hunter2 user=bob", "password=[REDACTED] user=bob"],
  ['{"password":"hun\\"ter2","user":"bob"}', '{"password":"[REDACTED]","user":"bob"}'],
  ['"{\\"password\\":\\"hunter2\\",\\"n\\":1}"', '"{\\"password\\":\\"[REDACTED]\\",\\"n\\":1}"'],
  ["{'api_key': 'abcdef', 'n': 1}", "{'api_key': '[REDACTED]', 'n': 1}"],
  [':password=>"x y z", :n=>1', ':password=>"[REDACTED]", :n=>1'],
  ["{User:bob Password:hunter2 N:1}", "{User:bob Password:[REDACTED] N:1}"],
  [
    'Config { password: "hunter2", token: Some("a b") }',
    'Config { password: "[REDACTED]", token: Some("[REDACTED]") }',
  ],
  ["https://x.test/?access_token=abc123&user=bob", "https://x.test/?access_token=[REDACTED]&user=bob"],
  ["<password>hunter2</password>", "<password>[REDACTED]</password>"],
  ["Server=db;Uid=sa;Pwd=my pass word;Db=x", "Server=db;Uid=sa;Pwd=[REDACTED];Db=x"],
  ["DB_PASSWORD: hunter2", "DB_PASSWORD: [REDACTED]"],
  ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[REDACTED]"}'],
  ['("password", "hunter2")', '("password", "[REDACTED]")'],
  ["API key: abc123def", "API key: [REDACTED]"],
  ["client_secret := abc123", "client_secret := [REDACTED]"],
  ["password == abc123", "password == [REDACTED]"],
  ["password%3Dhunter2%26user%3Dbob", "password%3D[REDACTED]%26user%3Dbob"],
  ["sessionId=a1b2c3d4e5", "sessionId=[REDACTED]"],
  ["password=a,b&c user=x", "password=[REDACTED] user=x"],
  ["(password=hunter2), next", "(password=[REDACTED]), next"],
]);
unchanged("key-value leaves what only talks about secrets", [
  "token_count=42 max_tokens=4096 token_type=bearer",
  "password: incorrect",
  "secret_name=prod token_url=https://x.test/t password_file=/run/secrets/db",
  "public_key=abc primary_key=id partition_key=a1b2 sort_key=x cache_key=user:1 idempotency_key=a-1",
  "author=bob authenticated=true keyboard=us monkey=yes",
  "password= token=*** secret=<redacted> api_key=$API_KEY token=${TOKEN} token={{ .token }} password=null",
  'password = os.environ["DB_PASSWORD"]',
  "token = get_token(user)",
  "dsn=2.0.0 PWD=/home/x",
]);

const R = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3";

table("vendor-token hides tokens by their vendors' forms", [
  [`ghp_${R.slice(0, 36)} used`, "[REDACTED_TOKEN] used"],
  [`github_pat_11ABCDEFG0${R}`, "[REDACTED_TOKEN]"],
  [`glpat-${R.slice(0, 20)}.`, "[REDACTED_TOKEN]."],
  [`stripe ${"sk"}_live_${R.slice(0, 24)}`, "stripe [REDACTED_TOKEN]"],
  [`slack ${"xoxb"}-123456789012-${R.slice(0, 24)}`, "slack [REDACTED_TOKEN]"],
  [`SG.${R.slice(0, 22)}.${R.slice(0, 43)}`, "[REDACTED_TOKEN]"],
  [`npm_${R.slice(0, 36)}`, "[REDACTED_TOKEN]"],
  [`hvs.${R.slice(0, 24)}`, "[REDACTED_TOKEN]"],
  [`bot 123456789:AA${R.slice(0, 33)}`, "bot [REDACTED_TOKEN]"],
  [`token=ghp_${R.slice(0, 36)}`, "token=[REDACTED_TOKEN]"],
]);
unchanged("vendor-token leaves names with such prefixes", [
  "npm_config_registry=x npm_lifecycle_event=start",
  "key-value-store-0 glsa_dashboard xapp-worker-1",
  "github_pat_missing hf_transfer oauth:token",
]);

table("cloud-key hides keys by their providers' forms", [
  ["AKIAIOSFODNN7EXAMPLE denied", "[REDACTED_CLOUD_KEY] denied"],
  [
    "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "[REDACTED_CLOUD_KEY] [REDACTED_CLOUD_KEY]",
  ],
  [`AIza${R.slice(0, 35)}`, "[REDACTED_CLOUD_KEY]"],
  [`ya29.${R}`, "[REDACTED_CLOUD_KEY]"],
  [`dop_v1_${H}`, "[REDACTED_CLOUD_KEY]"],
]);
unchanged("cloud-key leaves names that begin alike", [
  "AKIA is a prefix",
  "AIzawa region, ya29.x",
  "ASIANMARKETS2025",
]);

table("email hides addresses of people", [
  ["mail to bob@example.com failed", "mail to [EMAIL] failed"],
  ["from=<alice.b+x@mail.example.co.uk>,", "from=<[EMAIL]>,"],
  ["jörg@müller.de", "[EMAIL]"],
  ["?mail=bob%40example.com&x=1", "?mail=[EMAIL]&x=1"],
]);
unchanged("email leaves what only looks like an address", [
  "git@github.com:team/app.git",
  "logo@2x.png pkg@1.2.3 getty@tty1.service user@1000.service",
  "ssh://deploy@web1.example.com/x root@localhost",
]);

table("card hides numbers with a right check digit", [
  ["paid with 4111 1111 1111 1111 today", "paid with [CARD] today"],
  ["pan=5555555555554444", "pan=[CARD]"],
  ["378282246310005,", "[CARD],"],
]);
unchanged("card leaves other long numbers", [
  "paid with 4111 1111 1111 1112",
  "order_id=4111111111111111 ts=1761921169123",
  "1761921169123456789 4.111111111111111",
]);

table("a value found once is hidden everywhere on the line", [
  ["password=correcthorse retry with correcthorse", "password=[REDACTED] retry with [REDACTED]"],
  ["password=password", "password=[REDACTED]"],
  [`key=0x${H} tx=0x${H}`, "key=0x[REDACTED_KEY] tx=0x[REDACTED_KEY]"],
]);
