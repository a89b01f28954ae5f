import assert from "node:assert/strict";
import { saslprep } from "../../src/irc/saslprep.ts";
import { startScram } from "../../src/irc/scram.ts";
import { Secret } from "../../src/runtime/secret.ts";

/** The example of RFC 7677 §3: user `user`, password `pencil`. */
const RFC_7677 = {
  nonce: "rOprNGfwEbeRWgbNEkqO",
  clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
  serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  clientFinal:
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

const bytes = (text: string) => new TextEncoder().encode(text);

function begin({ account = "user", password = "pencil", nonce = RFC_7677.nonce } = {}) {
  const mechanism = startScram({ account, password: new Secret(password), nonce });
  return {
    mechanism,
    /** The answer as text, or why there is none. */
    say(challenge: string): string {
      const answer = mechanism.answer(bytes(challenge));
      return answer.kind === "failed" ? `failed: ${answer.because}` : new TextDecoder().decode(answer.bytes);
    },
  };
}

Deno.test("scram: the example of RFC 7677", () => {
  const { mechanism, say } = begin();
  assert.equal(say(""), RFC_7677.clientFirst);
  assert.equal(say(RFC_7677.serverFirst), RFC_7677.clientFinal);
  assert.equal(mechanism.isComplete, false);
  assert.equal(say(RFC_7677.serverFinal), "");
  assert.equal(mechanism.isComplete, true);
});

Deno.test("scram: a server that cannot sign does not know the password", () => {
  for (
    const signature of [
      RFC_7677.serverFinal.replace("6rri", "7rri"),
      "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "v=6rriTRBi23WpRR/wtup+mA==",
      "v=",
      "",
      "v=not base64",
    ]
  ) {
    const { mechanism, say } = begin();
    say("");
    say(RFC_7677.serverFirst);
    assert.match(say(signature), /^failed: The server could not prove that it knows the SASL password/);
    assert.equal(mechanism.isComplete, false);
    assert.match(say(RFC_7677.serverFinal), /^failed/, "a second try is none");
  }
});

Deno.test("scram: challenges that nobody should answer are not answered", () => {
  const { serverFirst } = RFC_7677;
  for (
    const [challenge, because] of [
      ["", /cannot be read/],
      [serverFirst.replace("r=rOprN", "r=xOprN"), /another SCRAM login/],
      [serverFirst.replace(/r=[^,]*/, `r=${RFC_7677.nonce}`), /another SCRAM login/],
      [serverFirst.replace("i=4096", "i=4095"), /4095 SCRAM iterations/],
      [serverFirst.replace("i=4096", "i=1000000"), /1000000 SCRAM iterations/],
      [serverFirst.replace("i=4096", "i=-1"), /cannot be read/],
      [serverFirst.replace(/s=[^,]*/, "s=*"), /cannot be read/],
      [serverFirst.replace(/s=[^,]*/, "s="), /cannot be read/],
      [`m=extension,${serverFirst}`, /cannot be read/],
      ["e=unknown-user", /refuses the SASL account or password/],
      ["e=other-error", /ends the SCRAM login: other-error/],
    ] as const
  ) {
    const { say } = begin();
    say("");
    assert.match(say(challenge), because);
  }
});

Deno.test("scram: a refused proof is a wrong password", () => {
  const { say } = begin();
  say("");
  say(RFC_7677.serverFirst);
  assert.match(say("e=invalid-proof"), /refuses the SASL account or password/);
});

Deno.test("scram: an account is written so that it cannot end early", () => {
  assert.equal(begin({ account: "a=b,c" }).say(""), `n,,n=a=3Db=2Cc,r=${RFC_7677.nonce}`);
});

Deno.test("saslprep() knows the examples of RFC 4013", () => {
  assert.deepEqual(
    ["I\u00adX", "user", "USER", "\u00aa", "\u2168", "\u0007", "a\u00a0b", "passwörd"].map(saslprep),
    ["IX", "user", "USER", "a", "IX", undefined, "a b", "passwörd"],
  );
});
