import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { serve } from "./serve.js";

const address = await serve();
const url = `http://${address}/graphql`;
const fetchOptions = { headers: { authorization: "Bearer rich" } };
const overHttp = new Client({ url, fetchOptions, preferGetMethod: false, exchanges: [fetchExchange], fetchSubscriptions: true });
const socket = createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, lazyCloseTimeout: 0 });
const overSocket = new Client({
  url,
  preferGetMethod: false,
  exchanges: [
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
      }),
    }),
  ],
});

function counted(client) {
  return new Promise((resolve, reject) => {
    const seen = [];
    client.subscription(gql`subscription { count(to: 3) }`, {}).subscribe(({ data, error, hasNext }) => {
      if (error) reject(error);
      if (data) seen.push(data.count);
      if (seen.length === 3 || hasNext === false) resolve(seen);
    });
  });
}

test("a query, by POST and by GET", async () => {
  const query = gql`query Hello($name: String!) { hello(name: $name) }`;
  for (const preferGetMethod of [false, "force"]) {
    const { data, error } = await overHttp.query(query, { name: "李" }, { preferGetMethod });
    assert.equal(error, undefined);
    assert.deepEqual(data, { hello: "你好，李" });
  }
});

test("an error with its code", async () => {
  const { error } = await overHttp.query(gql`{ refused }`, {});
  assert.equal(error.graphQLErrors[0].extensions.code, "FORBIDDEN");
});

test("an upload", async () => {
  const file = new File(["one"], "图.png", { type: "image/png" });
  const { data, error } = await overHttp.mutation(gql`mutation Keep($files: [Upload!]!) { keep(files: $files) }`, { files: [file] });
  assert.equal(error, undefined);
  assert.match(data.keep[0], /^图\.png image\/png 3 /);
});

test("a subscription over server-sent events", async () => {
  assert.deepEqual(await counted(overHttp), [0, 1, 2]);
});

test("a subscription over a socket", async () => {
  assert.deepEqual(await counted(overSocket), [0, 1, 2]);
});
