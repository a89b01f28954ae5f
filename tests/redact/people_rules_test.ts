import { table, unchanged } from "./table.ts";

table("iban hides numbers with right check digits", [
  ["DE89 3704 0044 0532 0130 00", "[IBAN]"],
  ["iban=GB29NWBK60161331926819,", "iban=[IBAN],"],
  ["to NL91ABNA0417164300.", "to [IBAN]."],
]);
unchanged("iban leaves wrong check digits, lengths and countries", [
  "DE88370400440532013000",
  "DE8937040044053201300",
  "XX89370400440532013000",
]);

table("strict profiles hide numbers of people and machines", [
  ["ssn: 219-09-9998", "ssn: [SSN]"],
  ["call +49 30 1234567 now", "call [PHONE] now"],
  ["from 10.0.0.9 and 2001:db8::42", "from [IP] and [IP]"],
  ["to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "to [BTC_ADDRESS]"],
  ["/home/alice/x.log", "[HOME]/x.log"],
  ["heroku key 3f2a9c1e-8b7d-4e6f-9a1b-2c3d4e5f6071", "heroku key [UUID]"],
  ["run Zx9Kq2Lm8Vb4Nc7Pd1Wf3 now", "run [REDACTED] now"],
], "strict");
unchanged("strict profiles leave what only looks alike", [
  "219-09-9998 units",
  "at 127.0.0.1 version 1.2.3.4.5",
  "id 3f2a9c1e-8b7d-4e6f-9a1b-2c3d4e5f6071",
], "strict");
unchanged("the standard profile leaves them all", [
  "ssn: 219-09-9998 from 10.0.0.9",
  "/home/alice/x.log",
  "run Zx9Kq2Lm8Vb4Nc7Pd1Wf3 now",
]);
