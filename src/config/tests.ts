/**
 * The examples of a config, each with its place in the file.
 *
 * @module
 */

import type { WrittenConfig } from "./schema.ts";
import { SourceView } from "./source_view.ts";
import { parseTarget } from "./target.ts";
import type { Tree } from "./tree.ts";

/** One example: a line, and what is to be sent for it. */
export interface TestSpec {
  /** Line of the file where it stands, from 1. */
  readonly line: number;
  /** Column in that line, from 1, in UTF-16 units. */
  readonly column: number;
  /** What the source reads; several lines are separated by `\n`. */
  readonly text: string;
  /** Config key of the source. */
  readonly source: string;
  /** Service the lines belong to. */
  readonly service: string;
  /** Every message that is to be sent, in any order; none: nothing is. */
  readonly expected: readonly ExpectedMessage[];
}

/** One message that is to be sent. */
export interface ExpectedMessage {
  /** Config key of the connection; `undefined`: any. */
  readonly connection: string | undefined;
  /** Channel with its `#`. */
  readonly channel: string;
  /** As it stands in the channel, after redaction. */
  readonly text: string;
}

/**
 * Makes the examples that are run.
 *
 * @param written A config without a finding.
 * @param tree The same as a tree.
 * @param text The text the tree was read from.
 */
export function resolveTests(written: WrittenConfig, tree: Tree, text: string): readonly TestSpec[] {
  const view = new SourceView(text, [], new Set());
  const list = tree.kind === "map" ? tree.entries.get("tests")?.value : undefined;
  return (written.tests ?? []).map((test, index) => {
    const place = list?.kind === "list" ? list.items[index] : undefined;
    return {
      ...view.position(place?.range.start ?? 0),
      text: test.line,
      source: test.source,
      service: test.service ?? serviceOf(written, test.source),
      expected: test.expect.flatMap(({ to, text }) => {
        const target = parseTarget(to);
        return target?.kind === "channel"
          ? [{ connection: target.connection, channel: target.channel, text }]
          : [];
      }),
    };
  });
}

/** What a source calls its service where nothing tells them apart. */
function serviceOf({ sources }: WrittenConfig, id: string): string {
  const source = sources[id];
  return source !== undefined && "service" in source ? source.service ?? id : id;
}
