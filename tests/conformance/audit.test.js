// The audits of graphql-http: https://github.com/graphql/graphql-http#audits
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serverAudits } from "graphql-http";
import { serve, serveProduct } from "./serve.js";

// One audit asks for `__type`, which only some may.
const servers = { "the toy": { address: await serve(), token: "admin" }, "the product": await serveProduct() };

for (const [name, { address, token }] of Object.entries(servers)) {
  const fetchFn = (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } });
  describe(name, () => {
    for (const audit of serverAudits({ url: `http://${address}/graphql`, fetchFn })) {
      test(audit.name, async () => {
        const result = await audit.fn();
        assert.equal(result.status, "ok", `${result.status}: ${result.reason}`);
      });
    }
  });
}
