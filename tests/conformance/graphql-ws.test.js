import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { serve } from "./serve.js";

const address = await serve();

function connect(options = {}) {
  return createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

async function all(client, payload) {
  const results = [];
  for await (const result of client.iterate(payload)) results.push(result);
  return results;
}

test("a query, a mutation and a subscription", async () => {
  const client = connect();
  assert.deepEqual((await all(client, { query: "{ hello }" }))[0].data, { hello: "你好，世界" });
  assert.equal((await all(client, { query: 'mutation { append(text: "ws") }' }))[0].data.append.at(-1), "ws");
  const counted = await all(client, { query: "subscription { count(to: 3) }" });
  assert.deepEqual(counted, [0, 1, 2].map((count) => ({ data: { count } })));
  await client.dispose();
});

test("an invalid operation fails alone", async () => {
  const client = connect();
  const forever = client.iterate({ query: "subscription { forever }" });
  assert.deepEqual((await forever.next()).value, { data: { forever: 0 } });
  await assert.rejects(all(client, { query: "{" }), (errors) => {
    assert.equal(errors[0].extensions.code, "GRAPHQL_PARSE_FAILED");
    return true;
  });
  assert.ok((await all(client, { query: "{ hello }" }))[0].data);
  await forever.return();
  await client.dispose();
});

test("a subscription that breaks ends with its error", async () => {
  const client = connect();
  await assert.rejects(all(client, { query: "subscription { count(to: 3, failAt: 1) }" }), (errors) => {
    assert.equal(errors[0].extensions.code, "INTERNAL_SERVER_ERROR");
    return true;
  });
  await client.dispose();
});

test("a bad token closes with 4403, and the client comes back with a good one", async () => {
  const closes = [];
  let token = "bad";
  const client = connect({
    connectionParams: () => ({ Authorization: `Bearer ${token}` }),
    retryAttempts: 3,
    retryWait: async () => {},
    on: {
      closed: (event) => {
        closes.push(event.code);
        token = "good";
      },
    },
  });
  assert.deepEqual((await all(client, { query: "{ user }" }))[0].data, { user: "good" });
  assert.deepEqual(closes, [4403]);
  await client.dispose();
});

test("pings are answered", async () => {
  let pongs = 0;
  const client = connect({ lazy: false, keepAlive: 20, on: { pong: (received) => (pongs += received) } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(pongs > 2, `${pongs} pongs`);
  await client.dispose();
});
