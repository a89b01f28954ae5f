import assert from "node:assert/strict";
import { originOf } from "../../src/source/discover.ts";
import { podLabels } from "../../src/source/pod_path.ts";

const ID = "0123456789abcdef".repeat(4);
const UID = "6f1a2b3c-4d5e-4f60-8a1b-2c3d4e5f6071";

const SHOP = { namespace: "prod", pod: "shop-7d4f-x2x", container: "api-server" };

Deno.test("the path of a pod log says namespace, pod and container", () => {
  for (
    const path of [
      `/var/log/containers/shop-7d4f-x2x_prod_api-server-${ID}.log`,
      `/var/log/pods/prod_shop-7d4f-x2x_${UID}/api-server/0.log`,
      `/var/log/pods/prod_shop-7d4f-x2x_${UID}/api-server/12.log.20260102-030405`,
      // The pods of the control plane are named by a hash.
      `/var/log/pods/prod_shop-7d4f-x2x_${"0a".repeat(16)}/api-server/0.log`,
    ]
  ) assert.deepEqual(Object.fromEntries(podLabels(path)), SHOP, path);
});

Deno.test("other paths say nothing", () => {
  for (
    const path of [
      "/var/log/app.log",
      "/var/log/containers/app.log",
      `/var/log/containers/a_b_${ID}.log`,
      `/var/log/pods/prod_shop_${UID}/api.log`,
      `/var/lib/docker/containers/${ID}/${ID}-json.log`,
    ]
  ) assert.equal(podLabels(path).size, 0, path);
});

Deno.test("a service may be named after directory, file and labels of the path", () => {
  const path = `/var/log/pods/prod_shop-7d4f-x2x_${UID}/api-server/0.log`;
  const serviceOf = (template: string, at: string = path) => originOf(template, at).service;
  assert.equal(serviceOf("{label.container}"), "api-server");
  assert.equal(serviceOf("{label.namespace}/{label.pod}"), "prod/shop-7d4f-x2x");
  assert.equal(serviceOf("{dir}-{stem}"), "api-server-0");
  assert.equal(serviceOf("shop"), "shop");
  assert.equal(serviceOf("{label.container}", "/var/log/app.1.log"), "app");
});
