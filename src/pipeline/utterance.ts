/**
 * One message about a line, from when the line was admitted until it is offered to the connection.
 *
 * @module
 */

import type { RedactedText } from "../redact/redacted.ts";
import type { Redaction } from "../redact/redactor.ts";
import type { Token } from "../route/budget.ts";
import type { Holdable } from "./hold.ts";
import type { Line } from "./line.ts";
import type { SendRoute } from "./program.ts";

/** What is said of a line. */
export interface Utterance extends Holdable {
  /** The line as a record, lines that followed a record, or that a record is withheld. */
  readonly kind: "record" | "continuation" | "notice";
  readonly text: RedactedText;
  /** The route by whose template and redaction the text was made. */
  readonly route: SendRoute;
  /** What it cost. */
  readonly token: Token | undefined;
  /** Says that the checkpoint need not hold the line any longer. */
  readonly settled: () => void;
}

/** The text of a line by a route. */
export function textOf(kind: "record" | "continuation", line: Line, route: SendRoute): Redaction {
  const text = kind === "record" ? route.template.render(line) : `⏎ ${line.message.trimStart()}`;
  return route.redactor.redact(text);
}
