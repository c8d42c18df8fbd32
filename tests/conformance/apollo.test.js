import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, ApolloLink, InMemoryCache, gql } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { createClient } from "graphql-ws";
import { OperationTypeNode } from "graphql";
import { firstValueFrom, toArray } from "rxjs";
import WebSocket from "ws";
import { serve } from "./serve.js";

const address = await serve();
const socket = createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, lazyCloseTimeout: 0 });
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new UploadHttpLink({ uri: `http://${address}/graphql`, headers: { authorization: "Bearer rich" } }),
  ),
});

test("a query", async () => {
  const { data } = await client.query({ query: gql`query Hello($name: String!) { hello(name: $name) }`, variables: { name: "李" } });
  assert.deepEqual(data, { hello: "你好，李" });
});

test("an error with its code", async () => {
  await assert.rejects(client.query({ query: gql`{ refused }` }), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0].extensions.code, "FORBIDDEN");
    return true;
  });
});

test("an upload", async () => {
  const file = new File(["one"], "图.png", { type: "image/png" });
  const { data } = await client.mutate({
    mutation: gql`mutation Keep($files: [Upload!]!) { keep(files: $files) }`,
    variables: { files: [file] },
  });
  assert.match(data.keep[0], /^图\.png image\/png 3 /);
});

test("a subscription", async () => {
  const results = await firstValueFrom(client.subscribe({ query: gql`subscription { count(to: 3) }` }).pipe(toArray()));
  assert.deepEqual(results.map(({ data }) => data.count), [0, 1, 2]);
});
