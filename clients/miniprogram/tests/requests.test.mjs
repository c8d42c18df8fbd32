import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import { begin, createClient, FAST, WellmateError } from './setup.mjs';
import { makePhone } from './phone.mjs';
import { GraphqlError } from './standin.mjs';

const operations = createRequire(import.meta.url)('../wellmate/operations.js');

test('every document is known under the SHA-256 of its text, to the client and to the server', () => {
  const documents = JSON.parse(readFileSync(new URL('../documents.json', import.meta.url)));
  for (const { id, text } of Object.values(operations)) {
    assert.equal(createHash('sha256').update(text).digest('hex'), id);
    assert.equal(documents[id], text);
  }
  assert.equal(Object.keys(documents).length, Object.keys(operations).length);
});

test('an operation goes out by hash, with its name, its variables, the token and the language', async (t) => {
  const { client, standin } = await begin(t);
  assert.deepEqual(await client.request('Me'), { me: { id: 'u1' } });
  const { body, headers } = standin.callsOf('Me')[0];
  assert.deepEqual(body, { documentId: `sha256:${operations.Me.id}`, operationName: 'Me', variables: {} });
  assert.equal(headers.authorization, 'Bearer access-wechat-1');
  assert.equal(headers['accept-language'], 'zh-CN');
});

test('a server that does not know the documents gets their text, from then on at once', async (t) => {
  const { client, standin } = await begin(t);
  standin.knownDocuments = false;
  await Promise.all([client.request('Me'), client.request('Me')]);
  await client.request('Me');
  const sent = standin.callsOf('Me').map(({ body }) => (body.query ? 'text' : 'hash'));
  assert.deepEqual(sent, ['hash', 'hash', 'text', 'text', 'text']);
  assert.equal(standin.calls.at(-1).body.query, operations.Me.text);
});

test('an operation of your own goes out as text', async (t) => {
  const { client, standin } = await begin(t);
  await client.request({ name: 'Me', kind: 'query', text: 'query Me { me { id } }' });
  assert.equal(standin.calls.at(-1).body.query, 'query Me { me { id } }');
});

test('a refusal is an error with all that the server said', async (t) => {
  const { client, standin } = await begin(t);
  standin.answers.MarkRead = () => {
    throw new GraphqlError('BAD_USER_INPUT', '序号不对', { field: 'seq', requestId: 'req-9' });
  };
  const failure = await client.request('MarkRead', { sessionId: 's', seq: -1 }).catch((error) => error);
  assert.ok(failure instanceof WellmateError);
  const { code, message, field, requestId, status, retryable } = failure;
  assert.deepEqual({ code, message, field, requestId, status, retryable }, {
    code: 'BAD_USER_INPUT', message: '序号不对', field: 'seq', requestId: 'req-9', status: 200, retryable: false,
  });
  assert.equal(standin.callsOf('MarkRead').length, 1);
});

test('a query outlives a broken line and a proxy that answers for the server', async (t) => {
  const { client, standin } = await begin(t);
  const faults = [(response) => response.destroy(), (response) => response.writeHead(502).end('<html>Bad Gateway</html>')];
  standin.before = async (_call, response) => faults.shift()?.(response);
  assert.deepEqual(await client.request('Me'), { me: { id: 'u1' } });
  assert.equal(standin.callsOf('Me').length, 3);
});

test('a mutation that is not said to be repeatable is sent once', async (t) => {
  const { client, standin } = await begin(t);
  standin.answers.LeaveGroup = () => ({ leaveGroup: 's' });
  standin.before = async (_call, response) => response.destroy();
  await assert.rejects(client.request('LeaveGroup', { sessionId: 's' }), { code: 'NETWORK', retryable: true });
  assert.equal(standin.callsOf('LeaveGroup').length, 1);
});

test('waiting too long is a TIMEOUT of its own', async (t) => {
  const { client, standin } = await begin(t);
  standin.before = () => new Promise(() => {});
  await assert.rejects(client.request('Me', {}, { repeatable: false, timeoutMs: 50 }), { code: 'TIMEOUT' });
});

test('the wait that the server asks for is kept', async (t) => {
  const { client, standin } = await begin(t);
  let calls = 0;
  standin.answers.Me = () => {
    if ((calls += 1) === 1) throw new GraphqlError('RATE_LIMITED', '操作太频繁', { retryAfterMs: 300 });
    return { me: { id: 'u1' } };
  };
  const start = Date.now();
  await client.request('Me');
  assert.ok(Date.now() - start >= 300);
});

test('a proxy that says Retry-After is understood, too', async (t) => {
  const { client, standin } = await begin(t);
  standin.before = async (_call, response) => response.writeHead(429, { 'Retry-After': '7' }).end('slow down');
  await assert.rejects(client.request('Me', {}, { repeatable: false }), { code: 'RATE_LIMITED', retryAfterMs: 7000 });
});

test('nobody listening is a NETWORK error', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9/graphql', wx: makePhone().wx, timing: { ...FAST, giveUpMs: 0 } });
  await assert.rejects(client.request('Start'), { code: 'NETWORK', message: '网络连接失败，请检查网络' });
  client.close();
});
