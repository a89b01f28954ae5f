import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { Handler, ScriptedClient } from "./scripted_ircd.ts";

/** An account, and how the server misbehaves with it. */
export interface SaslAccount {
  readonly account: string;
  readonly password: string;
  /** What is signed at the end of SCRAM: by default the truth. */
  readonly signature?: "right" | "wrong" | "none";
  /** Bytes of SCRAM's salt; many make a challenge of more than one line. */
  readonly saltBytes?: number;
}

/** A login that one client is in the middle of. */
interface Dialogue {
  readonly mechanism: string;
  /** Base64 that came without its end. */
  text: string;
  /** SCRAM: what both said so far, without the first header. */
  said: readonly string[];
  /** SCRAM: base64 that the client has not seen yet. */
  proof?: { readonly stored: Uint8Array; readonly signature: (message: string) => string };
}

const HOST = "irc.scripted.test";
const CHUNK = 400;

/** Answers AUTHENTICATE as a server does that knows one account; PLAIN, EXTERNAL and SCRAM-SHA-256. */
export function saslServer(known: SaslAccount): Handler {
  const dialogues = new Map<ScriptedClient, Dialogue>();
  return (client, [word = ""]) => {
    const succeed = () => {
      dialogues.delete(client);
      client.send(`:${HOST} 900 ${client.nick} ${client.nick}!u@h ${known.account} :You are now logged in`);
      client.send(`:${HOST} 903 ${client.nick} :SASL authentication successful`);
    };
    const refuse = () => {
      dialogues.delete(client);
      client.send(`:${HOST} 904 ${client.nick} :SASL authentication failed`);
    };
    const dialogue = dialogues.get(client);
    if (dialogue === undefined) {
      dialogues.set(client, { mechanism: word, text: "", said: [] });
      client.send("AUTHENTICATE +");
      return;
    }
    if (word !== "+") dialogue.text += word;
    if (word.length === CHUNK) return;
    const message = new TextDecoder().decode(Uint8Array.from(atob(dialogue.text), (c) => c.charCodeAt(0)));
    dialogue.text = "";
    switch (dialogue.mechanism) {
      case "PLAIN": {
        const { account, password } = known;
        return message === `${account}\0${account}\0${password}` ? succeed() : refuse();
      }
      case "EXTERNAL":
        return message === "" || message === known.account ? succeed() : refuse();
      default:
        return answerScram(known, dialogue, message, { client, succeed, refuse });
    }
  };
}

/** The server's side of RFC 5802, which knows the client by its stored key only. */
function answerScram(
  known: SaslAccount,
  dialogue: Dialogue,
  message: string,
  { client, succeed, refuse }: {
    readonly client: ScriptedClient;
    readonly succeed: () => void;
    readonly refuse: () => void;
  },
): void {
  const { said, proof } = dialogue;
  if (said.length === 0) {
    const [, bare = "", account = "", nonce = ""] = /^n,,(n=([^,]*),r=(.*))$/.exec(message) ?? [];
    if (account !== known.account) return refuse();
    const salt = new Uint8Array(known.saltBytes ?? 16).fill(7);
    const salted = pbkdf2Sync(known.password, salt, 4_096, 32, "sha256");
    const stored = createHash("sha256").update(hmac(salted, "Client Key")).digest();
    const challenge = `r=${nonce}-and-the-server's,s=${toBase64(salt)},i=4096`;
    dialogue.said = [bare, challenge];
    dialogue.proof = { stored, signature: (text) => toBase64(hmac(hmac(salted, "Server Key"), text)) };
    return sendChallenge(client, challenge);
  }
  if (proof === undefined) return message === "" ? succeed() : refuse();
  const [, withoutProof = "", given = ""] = /^(.*),p=([^,]*)$/.exec(message) ?? [];
  const auth = [...said, withoutProof].join(",");
  const expectedNonce = said[1]?.split(",")[0];
  const signature = hmac(proof.stored, auth);
  const key = Uint8Array.from(atob(given), (char, index) => char.charCodeAt(0) ^ (signature[index] ?? 0));
  const isProven = withoutProof === `c=biws,${expectedNonce}` &&
    toBase64(createHash("sha256").update(key).digest()) === toBase64(proof.stored);
  if (!isProven) return refuse();
  delete dialogue.proof;
  if (known.signature === "none") return succeed();
  sendChallenge(client, `v=${proof.signature(known.signature === "wrong" ? `${auth}!` : auth)}`);
}

/** Sends a challenge in as many lines as it needs. */
export function sendChallenge(client: ScriptedClient, text: string): void {
  const base64 = toBase64(new TextEncoder().encode(text));
  for (let at = 0; at <= base64.length; at += CHUNK) {
    client.send(`AUTHENTICATE ${base64.slice(at, at + CHUNK) || "+"}`);
  }
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
