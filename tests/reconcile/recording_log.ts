import type { LogFields, Logger } from "../../src/runtime/log.ts";

/** A logger that keeps what it was told. */
export interface RecordingLog extends Logger {
  readonly entries: readonly {
    readonly level: string;
    readonly message: string;
    readonly fields: LogFields;
  }[];
  /** The messages alone. */
  messages(): readonly string[];
}

export function recordingLog(): RecordingLog {
  const entries: { level: string; message: string; fields: LogFields }[] = [];
  const take = (level: string) => (message: string, fields: LogFields = {}) => {
    entries.push({ level, message, fields });
  };
  return {
    entries,
    messages: () => entries.map(({ message }) => message),
    info: take("info"),
    warn: take("warn"),
    error: take("error"),
  };
}
