import { ALNUM, diceOf, HEX } from "./corpus/dice.ts";
import { table, unchanged } from "./table.ts";

const dice = diceOf(6);
const token = dice.chars(ALNUM, 32);

table("webhook-url keeps the host and hides the path", [
  [`https://hooks.slack.com/services/T00/B00/${token}`, "https://hooks.slack.com/[REDACTED]"],
  [`"https://discord.com/api/webhooks/42/${token}"`, '"https://discord.com/[REDACTED]"'],
  [`(https://base-mainnet.g.alchemy.com/v2/${token})`, "(https://base-mainnet.g.alchemy.com/[REDACTED])"],
  [`wss://mainnet.infura.io/ws/v3/${dice.chars(HEX, 32)}.`, "wss://mainnet.infura.io/[REDACTED]."],
  [`https://api.telegram.org/bot1234567890:AA${token}x/getMe`, "https://api.telegram.org/[REDACTED]"],
  [`rtmp://live.test/app/live_42_${token}`, "rtmp://live.test/[REDACTED]"],
  [`https://chat.acme.test/hooks/${token}`, "https://chat.acme.test/[REDACTED]"],
  [`https://app.test/reset/${token}`, "https://app.test/reset/[REDACTED]"],
  [
    `https://b.test/k?X-Amz-Expires=1&X-Amz-Signature=${dice.chars(HEX, 64)}`,
    "https://b.test/k?X-Amz-Expires=1&X-Amz-Signature=[REDACTED]",
  ],
  [`https://b.test/c?sv=1&sig=${token}%3D&se=2`, "https://b.test/c?sv=1&sig=[REDACTED]&se=2"],
]);
unchanged("webhook-url leaves other URLs of the same hosts", [
  "https://discord.com/channels/42/43",
  "https://api.slack.com/methods",
  "https://docs.infura.io/api/networks",
  "https://app.test/reset/password-form",
  "https://git.test/hooks/pre-commit",
  "https://x.test/?sign=up&signature_version=4",
]);
