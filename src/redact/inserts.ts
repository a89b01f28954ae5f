/**
 * Reads SQL that inserts rows: which column each value belongs to.
 *
 * @module
 */

/** A value and the name of its column. */
export interface Inserted {
  readonly name: string;
  /** First unit of the value, behind its quote. */
  readonly start: number;
  /** One behind the value, before its quote. */
  readonly end: number;
}

/** Columns and the opening bracket of the first row. */
const HEAD =
  /\bINTO\s{1,8}[^\s(]{1,128}\s{0,8}\(([^()]{1,2048})\)\s{0,8}(?:OUTPUT\s[^(]{1,128})?VALUES?\s{0,8}(?=\()/gi;

/** One value of a row: a string, or anything without quotes and brackets. */
const VALUE =
  /\s{0,8}(?:N?\\?'((?:[^'\\]|''|\\[^']){0,2048})\\?'|"([^"]{0,2048})"|[^\s,()'"][^,()'"]{0,255}(?:\([^()]{0,255}\))?)\s{0,8}([,)])/y;

/** Values of an `INSERT` or `REPLACE`, row by row, as far as they can be read. */
export function* insertedValues(text: string): Iterable<Inserted> {
  if (!text.includes("(")) return;
  HEAD.lastIndex = 0;
  for (let head = HEAD.exec(text); head !== null; head = HEAD.exec(text)) {
    const columns = (head[1] ?? "").split(",").map((column) => column.replace(/["'`[\]\s\\]/g, ""));
    let at = HEAD.lastIndex;
    for (;;) {
      const open = /\s{0,8},?\s{0,8}\(/y;
      open.lastIndex = at;
      if (!open.test(text)) break;
      at = open.lastIndex;
      for (const name of columns) {
        VALUE.lastIndex = at;
        const value = VALUE.exec(text);
        if (value === null) return;
        const content = value[1] ?? value[2];
        if (content !== undefined && content !== "") {
          const start = value.index + value[0].indexOf(content, value[0].search(/["']/) + 1);
          yield { name, start, end: start + content.length };
        }
        at = VALUE.lastIndex;
        if (value[3] === ")") break;
      }
    }
    HEAD.lastIndex = Math.max(HEAD.lastIndex, at);
  }
}
