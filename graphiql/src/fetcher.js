import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { texts } from './texts.js';

const KEPT_EVENTS = 50;

/** GraphiQL's way to the server: POST for queries and mutations, graphql-transport-ws for subscriptions. */
export function createFetcher(endpoint) {
  return (given, { headers } = {}) => {
    const { params, kind } = understood(given);
    return kind === 'subscription' ? watch(endpoint, params, headers) : post(endpoint, params, headers);
  };
}

// What GraphiQL knows of a document lags behind its editor: right after an example is opened it still names the one before.
function understood(params) {
  try {
    const document = parse(params.query);
    const named = getOperationAST(document, params.operationName);
    const only = getOperationAST(document);
    return { params: { ...params, operationName: (named ?? only)?.name?.value }, kind: (named ?? only)?.operation };
  } catch {
    return { params, kind: undefined };
  }
}

/** One GraphQL request over HTTP; the parsed answer. */
export async function post(endpoint, params, headers = {}) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(params),
  });
  return response.json();
}

// Each subscription has a socket of its own: `connection_init` carries the headers as they are in the editor now.
async function* watch(endpoint, params, headers = {}) {
  const client = createClient({ url: socketUrl(endpoint), connectionParams: headers, retryAttempts: 0 });
  try {
    yield* collected(client.iterate(params));
  } catch (failure) {
    throw failure instanceof CloseEvent ? new Error(texts.socketClosed(failure.code, failure.reason)) : failure;
  } finally {
    client.dispose();
  }
}

// GraphiQL shows only what came last; a person who watches a reply wants to see what came before, too.
async function* collected(events) {
  let earlier = [];
  let count = 0;
  for await (const latest of events) {
    count += 1;
    yield { event: count, ...latest, earlier };
    earlier = [latest.data ?? latest, ...earlier].slice(0, KEPT_EVENTS);
  }
}

function socketUrl(endpoint) {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
