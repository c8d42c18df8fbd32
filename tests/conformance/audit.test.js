// The audits of graphql-http: https://github.com/graphql/graphql-http#audits
import assert from "node:assert/strict";
import { test } from "node:test";
import { serverAudits } from "graphql-http";
import { serve } from "./serve.js";

const address = await serve();

// One audit asks for `__type`, which only some may.
const authorization = `Bearer ${process.env.WELLMATE_TOKEN ?? "admin"}`;
const fetchFn = (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization } });

for (const audit of serverAudits({ url: `http://${address}/graphql`, fetchFn })) {
  test(audit.name, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", `${result.status}: ${result.reason}`);
  });
}
