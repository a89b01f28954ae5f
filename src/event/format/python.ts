/**
 * Text of Python programs: `logging` in its usual formats, Flask, Celery, Gunicorn, Uvicorn and Loguru.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp, STAMP } from "./time.ts";

const LEVEL = "DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL";

/** Shapes of lines, more specific first; the groups say what stands where. */
const SHAPES: readonly RegExp[] = [
  // 2025-11-01 03:47:50,766 - test-seller - ERROR - text
  String.raw`(?<time>${STAMP}) - (?<logger>\S+) - (?:${LEVEL})\s* - (?<message>.*)`,
  // 2025-11-01 03:47:50,766 - ERROR - test-seller - text; without a logger the text follows at once
  String.raw`(?<time>${STAMP}) - (?:${LEVEL})\s* - (?:(?<logger>[\w.-]+) - )?(?<message>.*)`,
  // 2025-11-01 03:47:50.766 | INFO     | module:function:12 - text
  String.raw`(?<time>${STAMP}) \| (?:${LEVEL})\s*\| (?<logger>[\w.]+):[\w<>]+:\d+ - (?<message>.*)`,
  // [2025-11-01 03:47:50,766] ERROR in app: text
  String.raw`\[(?<time>${STAMP})\] (?:${LEVEL}) in (?<logger>[\w.]+): (?<message>.*)`,
  // [2025-11-01 03:47:50,766: INFO/MainProcess] text
  String.raw`\[(?<time>${STAMP}): (?:${LEVEL})/[\w-]+\] (?<message>.*)`,
  // [2025-11-01 03:47:50 +0000] [7] [INFO] text
  String.raw`\[(?<time>${STAMP})\] \[\d+\] \[(?:${LEVEL})\] (?<message>.*)`,
  // 2025-11-01 03:47:50,766 ERROR test-seller: text, 2025-11-01 03:47:50,766 [ERROR] test-seller: text
  String.raw`(?<time>${STAMP})\s+\[?(?:${LEVEL})\s*\]?\s+\[?(?<logger>[\w.-]+)\]?: (?<message>.*)`,
  // ERROR:root:text
  String.raw`(?:${LEVEL}):(?<logger>[\w.-]+):(?<message>.*)`,
  // INFO:     127.0.0.1:52344 - "GET / HTTP/1.1" 200 OK
  String.raw`(?:${LEVEL}):\s+(?<message>.*)`,
].map((shape) => new RegExp(`^${shape}$`, "s"));

/**
 * Parses a line; time, logger and level are no part of the message.
 *
 * @returns `undefined` when it has none of the shapes.
 */
export function parsePython(line: string): ParsedLine | undefined {
  for (const shape of SHAPES) {
    const groups = shape.exec(line)?.groups;
    if (groups === undefined) continue;
    const { time, logger, message } = groups;
    return textLine({ timeMs: time === undefined ? undefined : readStamp(time), logger, message });
  }
  return undefined;
}
