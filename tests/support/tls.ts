/** A certificate and its private key, as files. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a test of TLS needs: an authority, and certificates it signed. */
export interface Certificates {
  /** PEM file of the authority. */
  readonly caFile: string;
  /** PEM text of the authority. */
  readonly ca: string;
  /** PEM file of an authority that signed nothing. */
  readonly otherCaFile: string;
  /** For `localhost` and 127.0.0.1. */
  readonly server: KeyPair;
  /** For `elsewhere.test` only. */
  readonly wrongHost: KeyPair;
  /** Like `server`, but over since yesterday. */
  readonly expired: KeyPair;
  /** Like `server`, but signed by itself, which `CA:FALSE` makes one that can be trusted by name. */
  readonly selfSigned: KeyPair;
  /** What `openssl req -x509` makes when it is told nothing: signed by itself, and an authority. */
  readonly selfSignedAuthority: KeyPair;
  /** For a client. */
  readonly client: KeyPair;
}

/** Names of this machine. */
const LOOPBACK = "DNS:localhost,IP:127.0.0.1,IP:::1";

/** Makes certificates with openssl; files are readable by everybody, because servers give up root. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const authority = async (name: string) => {
    await openssl("req", "-x509", ...NEW_KEY, "-days", "2", "-subj", `/CN=${name}`, ...out(dir, name));
    return `${dir}/${name}.pem`;
  };
  const caFile = await authority("ca");
  const otherCaFile = await authority("other-ca");
  const selfSigned = async (name: string, constraints: string): Promise<KeyPair> => {
    const extensions = [
      "-addext",
      `subjectAltName=${LOOPBACK}`,
      "-addext",
      `basicConstraints=${constraints}`,
    ];
    const subject = ["-days", "2", "-subj", `/CN=${name}`];
    await openssl("req", "-x509", ...NEW_KEY, ...subject, ...extensions, ...out(dir, name));
    await Deno.chmod(`${dir}/${name}.key`, 0o644);
    return { certFile: `${dir}/${name}.pem`, keyFile: `${dir}/${name}.key` };
  };
  const signed = async (name: string, altNames: string, days = IN_TWO_DAYS): Promise<KeyPair> => {
    await Deno.writeTextFile(
      `${dir}/${name}.ext`,
      `subjectAltName=${altNames}\nbasicConstraints=CA:FALSE\n`,
    );
    const request = `${dir}/${name}.csr`;
    const keyFile = `${dir}/${name}.key`;
    await openssl("req", ...NEW_KEY, "-subj", `/CN=${name}`, "-keyout", keyFile, "-out", request);
    const certFile = `${dir}/${name}.pem`;
    const signer = ["-CA", caFile, "-CAkey", `${dir}/ca.key`, "-CAcreateserial"];
    const extensions = ["-extfile", `${dir}/${name}.ext`];
    await openssl("x509", "-req", "-in", request, ...signer, ...days, ...extensions, "-out", certFile);
    await Deno.chmod(keyFile, 0o644);
    return { certFile, keyFile };
  };
  return {
    caFile,
    ca: await Deno.readTextFile(caFile),
    otherCaFile,
    server: await signed("server", LOOPBACK),
    wrongHost: await signed("wrong-host", "DNS:elsewhere.test"),
    expired: await signed("expired", LOOPBACK, YESTERDAY),
    selfSigned: await selfSigned("self-signed", "CA:FALSE"),
    selfSignedAuthority: await selfSigned("self-signed-authority", "CA:TRUE"),
    client: await signed("client", "DNS:client.test"),
  };
}

/** SHA-256 of a certificate as services want it: 64 hex digits. */
export async function fingerprint({ certFile }: KeyPair): Promise<string> {
  const pem = await Deno.readTextFile(certFile);
  const base64 = pem.replaceAll(/-----.*-----|\s/g, "");
  const der = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
}

const IN_TWO_DAYS = ["-days", "2"];

/** Before it began, which is now: openssl 3.0 knows no other way. */
const YESTERDAY = ["-days", "-1"];

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function out(dir: string, name: string): readonly string[] {
  return ["-keyout", `${dir}/${name}.key`, "-out", `${dir}/${name}.pem`];
}

async function openssl(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
