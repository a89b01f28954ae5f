import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTemplate } from "../../src/config/template.ts";

Deno.test("parseTemplate() splits text and placeholders", () => {
  assert.deepEqual(parseTemplate("[{level}] {field.tx.hash}{label.pod}: {message}"), {
    parts: [
      "[",
      { name: "level" },
      "] ",
      { name: "field", key: "tx.hash" },
      { name: "label", key: "pod" },
      ": ",
      { name: "message" },
    ],
    problems: [],
  });
});

Deno.test("parseTemplate() takes an unmatched brace for text", () => {
  assert.deepEqual(parseTemplate("{a {level} }{"), {
    parts: ["{a ", { name: "level" }, " }{"],
    problems: [],
  });
  assert.deepEqual(parseTemplate("{{level}}").parts, ["{", { name: "level" }, "}"]);
});

Deno.test("parseTemplate() suggests the placeholder that was meant", () => {
  assert.deepEqual(parseTemplate("a {mesage}").problems, [{
    offset: 2,
    message: "Unknown placeholder in the template",
    hint: "did you mean {message}?",
  }]);
  assert.equal(parseTemplate("{fields.tx}").problems[0]?.hint, "did you mean {field.tx}?");
  assert.match(parseTemplate("{uptime_total}").problems[0]?.hint ?? "", /^known are \{service\}/);
});

Deno.test("parseTemplate() says that ${service} is written {service}", () => {
  assert.deepEqual(parseTemplate("x ${service}").problems, [{
    offset: 2,
    message: "A template has single braces and no $",
    hint: "write {service}",
  }]);
});

Deno.test("parseTemplate() wants a key where one belongs, and none where none does", () => {
  assert.equal(parseTemplate("{field}").problems[0]?.hint, "write {field.NAME}");
  assert.equal(parseTemplate("{label.}").problems[0]?.hint, "write {label.NAME}");
  assert.equal(parseTemplate("{level.x}").problems[0]?.hint, "write {level}");
});

Deno.test("parseTemplate() never throws, and its parts give the text again", () => {
  const piece = fc.constantFrom("{", "}", "$", "level", "field.", ".", "label.a", "\n", "x", "{message}");
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
    const text = pieces.join("");
    const again = parseTemplate(text).parts.map((part) => {
      if (typeof part === "string") return part;
      return "key" in part ? `{${part.name}.${part.key}}` : `{${part.name}}`;
    }).join("");
    assert.equal(again, text);
  }));
});
