// The part of irc-framework 4.14 that client.ts uses; the library ships no types.

/** One parsed line from the server. */
export interface ParsedLine {
  readonly command: string;
  readonly params: readonly string[];
  readonly nick: string;
  readonly ident: string;
  readonly hostname: string;
  readonly tags: Readonly<Record<string, string | undefined>>;
}

/** What the library wants of a socket. */
export interface LibraryTransport {
  on(event: string, listener: (...args: readonly unknown[]) => void): unknown;
  removeAllListeners(): unknown;
  connect(): void;
  writeLine(line: string, done?: () => void): void;
  close(force?: boolean): void;
  disposeSocket(): void;
  setEncoding(encoding: string): boolean;
}

/** Options of one connection. */
export interface LibraryOptions {
  readonly nick: string;
  readonly username: string;
  readonly gecos: string;
  readonly password?: string;
  /** Empty, and never left out: then the library would send the server password as a SASL password. */
  readonly account: Readonly<Record<string, never>>;
  readonly "sasl_mechanism"?: string;
  readonly version: string;
  readonly "auto_reconnect": false;
  readonly "enable_chghost": boolean;
  readonly "enable_setname": boolean;
  readonly "enable_echomessage": boolean;
  readonly "ping_interval": number;
  readonly "ping_timeout": number;
  readonly "sasl_disconnect_on_fail": boolean;
  readonly transport: new () => LibraryTransport;
}

/** A client for one connection. */
export interface LibraryClient {
  readonly connection: {
    on(event: "message", listener: (line: ParsedLine) => void): unknown;
  };
  readonly network: {
    readonly cap: {
      /** Capabilities with their values, where they have one. */
      readonly available: ReadonlyMap<string, string>;
      isEnabled(name: string): boolean;
    };
  };
  readonly user: { readonly nick: string };
  on(event: "sasl failed", listener: (event: { readonly reason: string }) => void): unknown;
  removeAllListeners(): unknown;
  /** Only before {@linkcode LibraryClient.connect}. */
  requestCap(name: string): void;
  connect(options: LibraryOptions): void;
}

declare const library: { readonly Client: new () => LibraryClient };
export default library;
