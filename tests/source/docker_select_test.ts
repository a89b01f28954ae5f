import assert from "node:assert/strict";
import { exitLine, healthLine, healthOf } from "../../src/source/docker_lifecycle.ts";
import { compileSelection, containerService } from "../../src/source/docker_select.ts";
import { ownContainer } from "../../src/source/docker_self.ts";

const NONE = { names: [], labels: [], images: [] };
const ID = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);

function container(name: string, labels: Readonly<Record<string, string>> = {}, image = "nginx:1.25") {
  return { name, image, labels: new Map(Object.entries(labels)) };
}

Deno.test("compileSelection() wants every list of include and none of exclude", () => {
  const all = compileSelection({ include: NONE, exclude: NONE });
  assert.equal(all(container("web")), true);
  const some = compileSelection({
    include: { names: ["web-*", "api"], labels: ["team=a*", "irctail.enable"], images: ["nginx", "*/api"] },
    exclude: { names: ["*-old"], labels: ["irctail.enable=false"], images: [] },
  });
  assert.equal(some(container("web-1", { team: "ab" })), true);
  assert.equal(some(container("api", { "irctail.enable": "" }, "registry:5000/x/api:2@sha256:aa")), true);
  assert.equal(some(container("web-1", { team: "b" })), false);
  assert.equal(some(container("web-1", {})), false);
  assert.equal(some(container("db", { team: "a" })), false);
  assert.equal(some(container("web-1", { team: "a" }, "nginx-extra")), false);
  assert.equal(some(container("web-old", { team: "a" })), false);
  assert.equal(some(container("web-1", { team: "a", "irctail.enable": "false" })), false);
});

Deno.test("containerService() takes the template, the labels and the name, in this order", () => {
  const compose = container("shop-api-1", { "com.docker.compose.service": "api", tier: "x" });
  assert.equal(containerService(compose, undefined), "api");
  assert.equal(containerService(compose, "{label.tier}-{label.com.docker.compose.service}"), "x-api");
  assert.equal(containerService(compose, "{label.none}"), "api");
  assert.equal(containerService(compose, "fixed"), "fixed");
  const own = container("shop-api-1", { "irctail.service": "mine", "com.docker.compose.service": "api" });
  assert.equal(containerService(own, undefined), "mine");
  assert.equal(containerService(container("plain"), undefined), "plain");
  assert.equal(containerService(container("x", { "irctail.service": "a\r\nQUIT" }), undefined), "a QUIT");
});

Deno.test("ownContainer() knows a container by its mounts, its control group or its name", () => {
  const mounts = (root: string, target: string) =>
    `36 35 98:0 ${root} ${target} rw,noatime - ext4 /dev/root rw\n`;
  const outside = { mounts: "", groups: "0::/user.slice", hostname: "server" };
  const docker = mounts(`/var/lib/docker/containers/${ID}/hostname`, "/etc/hostname");
  const podman = mounts(`/containers/storage/overlay-containers/${ID}/userdata/hosts`, "/etc/hosts");
  assert.equal(ownContainer({ ...outside, mounts: docker }), ID);
  assert.equal(ownContainer({ ...outside, mounts: podman }), ID);
  assert.equal(ownContainer({ ...outside, groups: `12:cpu:/docker/${ID}\n` }), ID);
  assert.equal(ownContainer({ ...outside, hostname: ID.slice(0, 12) }), ID.slice(0, 12));
  // A host has the mounts of all its containers.
  const host = mounts("/", `/var/lib/docker/containers/${OTHER}/mounts/shm`);
  assert.equal(ownContainer({ ...outside, mounts: host }), undefined);
});

Deno.test("exitLine() and healthLine() say how bad it is", () => {
  assert.deepEqual(exitLine("api", { code: 137, isOutOfMemory: true }), {
    text: "✖ api exited 137 (oom)",
    levelIndex: 4,
  });
  assert.deepEqual(exitLine("api", { code: 1, isOutOfMemory: false }).text, "✖ api exited 1");
  assert.deepEqual(exitLine("api", { code: 0, isOutOfMemory: false }), {
    text: "api exited 0",
    levelIndex: 2,
  });
  assert.deepEqual(healthLine("api", "unhealthy"), { text: "✖ api health: unhealthy", levelIndex: 4 });
  assert.deepEqual(healthLine("api", "healthy"), { text: "api health: healthy", levelIndex: 2 });
});

Deno.test("healthOf() understands Docker and Podman", () => {
  assert.equal(healthOf("health_status: unhealthy", new Map()), "unhealthy");
  assert.equal(healthOf("health_status", new Map([["health_status", "healthy"]])), "healthy");
  assert.equal(healthOf("start", new Map([["health_status", "healthy"]])), undefined);
});
