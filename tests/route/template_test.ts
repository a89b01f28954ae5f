import assert from "node:assert/strict";
import fc from "fast-check";
import { compileChannel, compileTemplate, type LineValues } from "../../src/route/template.ts";

const values: LineValues = {
  service: "Facilitator/API v2",
  source: "app",
  host: "web-1",
  level: "warn",
  message: "Payment settled",
  timeMs: new Date(2026, 0, 1, 9, 5, 7).getTime(),
  field: (name) => name === "network" ? "base" : undefined,
  label: (name) => name === "pod" ? "api-7d9" : undefined,
};

Deno.test("compileTemplate() prints every placeholder, the level in upper case, what is unknown as nothing", () => {
  const template = compileTemplate(
    "{time} {host} {source}/{service} [{level}] {message} {field.network}{field.none} {label.pod}{label.none}",
  );
  assert.equal(
    template.render(values),
    "09:05:07 web-1 app/Facilitator/API v2 [WARN] Payment settled base api-7d9",
  );
});

Deno.test("compileChannel() knows what a channel depends on", () => {
  assert.deepEqual(
    ["#ops", "#logs-{service}", "#{level}", "#x-{field.network}"].map((text) => {
      const { fixed, reads } = compileChannel(text);
      return [fixed, reads];
    }),
    [["#ops", "stream"], [undefined, "stream"], [undefined, "line"], [undefined, "line"]],
  );
});

Deno.test("compileChannel() reduces what it expands, and never yields an empty name", () => {
  assert.equal(compileChannel("#logs-{service}").render(values), "#logs-facilitatorapiv2");
  assert.equal(compileChannel("#logs-{field.none}").render(values), "#logs-unnamed");
});

Deno.test("compileChannel() yields a channel that is safe on the wire, whatever the service is called", () => {
  const channel = compileChannel("#logs-{service}");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (service) => {
    assert.match(channel.render({ ...values, service }), /^#logs-[a-z0-9._-]{1,32}$/);
  }));
});
