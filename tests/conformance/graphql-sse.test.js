import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { serve } from "./serve.js";

const address = await serve();
const client = createClient({ url: `http://${address}/graphql`, retryAttempts: 0 });

async function all(payload) {
  const results = [];
  for await (const result of client.iterate(payload)) results.push(result);
  return results;
}

test("a query and a subscription", async () => {
  assert.deepEqual((await all({ query: "{ hello }" }))[0].data, { hello: "你好，世界" });
  const counted = await all({ query: "subscription { count(to: 3) }" });
  assert.deepEqual(counted, [0, 1, 2].map((count) => ({ data: { count } })));
});

test("a subscription that breaks ends with its error", async () => {
  const [first, error] = await all({ query: "subscription { count(to: 3, failAt: 1) }" });
  assert.deepEqual(first, { data: { count: 0 } });
  assert.equal(error.errors[0].extensions.code, "INTERNAL_SERVER_ERROR");
});

test("an invalid operation is refused", async () => {
  await assert.rejects(all({ query: "subscription { cunt }" }), (error) => {
    assert.equal(error.response.status, 400);
    return true;
  });
});

test("leaving ends the stream", async () => {
  const forever = client.iterate({ query: "subscription { forever }" });
  assert.deepEqual((await forever.next()).value, { data: { forever: 0 } });
  await forever.return();
});
