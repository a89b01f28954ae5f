/**
 * Text of Java programs: Logback and Log4j in their default patterns, and Spring Boot.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp, STAMP } from "./time.ts";

const LEVEL = "TRACE|DEBUG|INFO|WARN|ERROR|FATAL";

/** The defaults of Logback and Log4j 2 have a time of day only. */
const TIME = String.raw`(?:(?<time>${STAMP})|\d\d:\d\d:\d\d[.,]\d{3})`;

/** A class or logger, shortened or not: `c.e.shop.Checkout`, `o.a.coyote.http11.Http11Processor`. */
const LOGGER = String.raw`(?<logger>[\w$.\[\]/-]+)`;

/** Shapes of lines, more specific first. */
const SHAPES: readonly RegExp[] = [
  // Spring Boot: 2026-01-02T03:04:05.123Z  INFO 1 --- [shop] [nio-8080-exec-1] c.e.shop.Checkout : text
  String.raw`${TIME}\s+(?:${LEVEL}) \d+ --- (?:\[[^\]]*\] ?){1,2}\s*${LOGGER}\s*: (?<message>.*)`,
  // Logback, Log4j 2: 03:04:05.123 [main] ERROR c.e.Checkout -- text; Log4j 1: 2026-01-02 03:04:05,123 [main] ERROR c.e.A - text
  String.raw`${TIME} \[[^\]]*\] (?:${LEVEL})\s+${LOGGER} --? (?<message>.*)`,
  // 2026-01-02 03:04:05,123 ERROR [main] c.e.Checkout: text
  String.raw`${TIME} (?:${LEVEL})\s+\[[^\]]*\] ${LOGGER}(?::| -) (?<message>.*)`,
  // Kafka, ZooKeeper: [2026-01-02 03:04:05,123] INFO text (kafka.server.KafkaServer)
  String.raw`\[(?<time>${STAMP})\] (?:${LEVEL}) (?<message>.*) \((?<logger>[\w$.-]+)\)`,
].map((shape) => new RegExp(`^${shape}$`, "s"));

/**
 * Parses a line; time, thread, level and logger are no part of the message.
 *
 * @returns `undefined` when it has none of the shapes.
 */
export function parseJava(line: string): ParsedLine | undefined {
  for (const shape of SHAPES) {
    const groups = shape.exec(line)?.groups;
    if (groups === undefined) continue;
    const { time, logger, message } = groups;
    return textLine({ timeMs: time === undefined ? undefined : readStamp(time), logger, message });
  }
  return undefined;
}
