import assert from "node:assert/strict";
import { stateDirectory, stateDirectoryProblem } from "../../src/config/state_dir.ts";

function find(written: string | undefined, variables: Readonly<Record<string, string>>) {
  const env = new Map(Object.entries(variables));
  return stateDirectory(written, { env: (name) => env.get(name), directory: "/etc/irctail" });
}

Deno.test("stateDirectory() takes the config, then systemd, then XDG, then the home", () => {
  const all = { STATE_DIRECTORY: "/var/lib/irctail:/other", XDG_STATE_HOME: "/xdg", HOME: "/home/a" };
  assert.equal(find("state", all), "/etc/irctail/state");
  assert.equal(find(undefined, all), "/var/lib/irctail");
  assert.equal(find(undefined, { ...all, STATE_DIRECTORY: "" }), "/xdg/irctail");
  assert.equal(
    find(undefined, { XDG_STATE_HOME: "relative", HOME: "/home/a" }),
    "/home/a/.local/state/irctail",
  );
  assert.equal(find(undefined, {}), undefined);
});

Deno.test("stateDirectoryProblem() counts bytes of the socket's path", () => {
  assert.equal(stateDirectoryProblem("/" + "x".repeat(107 - "/control.sock".length - 1)), undefined);
  assert.match(
    stateDirectoryProblem("/" + "x".repeat(107 - "/control.sock".length)) ?? "",
    /108 bytes of at most 107/,
  );
  assert.match(stateDirectoryProblem("/" + "ü".repeat(60)) ?? "", /too long/);
});
