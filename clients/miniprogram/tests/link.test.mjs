import assert from 'node:assert/strict';
import test from 'node:test';
import { openLine } from './proxy.mjs';
import { begin, until } from './setup.mjs';

const watch = (client, options) => client.watchEvents({ onEvent() {}, ...options });
const texts = () => {
  const heard = [];
  return { heard, onEvent: (event) => heard.push(event.message.content) };
};

async function beginOverLine(t, options) {
  const begun = await begin(t, { ...options, signedIn: false });
  const line = await openLine(begun.standin.port);
  const { client } = await begin(t, { ...options, standin: begun.standin, url: `http://127.0.0.1:${line.port}/graphql`, phone: begun.phone });
  t.after(() => line.close());
  return { ...begun, client, line };
}

test('all subscriptions share one socket, which carries the token in its first message only', async (t) => {
  const { client, standin } = await begin(t);
  standin.reply('r', ['a'], { ms: 20 });
  watch(client);
  await client.watchReply('r').done;
  await until(() => standin.subscribed.length === 2);
  assert.deepEqual(standin.inits, ['access-wechat-1']);
  assert.equal(standin.sockets.clients.size, 1);
  assert.equal([...standin.sockets.clients][0].protocol, 'graphql-transport-ws');
});

test('a socket refused for an old token comes back with a new one', async (t) => {
  const { client, standin } = await begin(t);
  const { heard, onEvent } = texts();
  watch(client, { onEvent, after: '0' });
  await until(() => standin.inits.length === 1);
  standin.expireAccess();
  for (const socket of standin.sockets.clients) socket.close(4403, 'Forbidden');
  standin.event('一');
  await until(() => heard.length === 1);
  assert.deepEqual(standin.inits, ['access-wechat-1', 'access-n-2']);
  assert.equal(standin.callsOf('RefreshToken').length, 1);
});

test('a server that refuses every token is not asked for ever', async (t) => {
  const { client, standin } = await begin(t);
  standin.issue = () => ({ accessToken: `bad-${Math.random()}`, refreshToken: 'refresh', accessExpiresAt: '2030-01-01T00:00:00Z' });
  standin.tokens.set('refresh', true);
  standin.answers.RefreshToken = () => ({ refreshToken: standin.issue() });
  standin.expireAccess();
  await assert.rejects(watch(client, { after: '0' }).done, { code: 'UNAUTHENTICATED' });
  assert.equal(standin.inits.length, 6);
});

test('a document that the server does not know by hash is subscribed to by text', async (t) => {
  const { client, standin } = await begin(t);
  standin.knownDocuments = false;
  standin.reply('r', ['a', 'b']);
  assert.equal((await client.watchReply('r').done).text, 'ab');
  assert.deepEqual(standin.subscribed.map(({ query }) => Boolean(query)), [false, true]);
});

test("the server's pings are answered", async (t) => {
  const { client, standin } = await begin(t);
  watch(client, { after: '0' });
  await until(() => standin.subscribed.length === 1);
  const [socket] = standin.sockets.clients;
  const answered = new Promise((resolve) => socket.on('message', (data) => resolve(JSON.parse(data))));
  socket.send(JSON.stringify({ type: 'ping' }));
  assert.deepEqual(await answered, { type: 'pong' });
});

test('a line that has gone dead without a word is noticed and replaced', async (t) => {
  const { client, standin, line } = await beginOverLine(t);
  const { heard, onEvent } = texts();
  watch(client, { onEvent, after: '0' });
  await until(() => standin.subscribed.length === 1);
  line.silent = true;
  standin.event('一');
  await until(() => standin.inits.length === 1 && client.link.socket === null);
  line.silent = false;
  await until(() => heard.length === 1);
  assert.deepEqual(heard, ['一']);
});

test('a quiet but living line is kept', async (t) => {
  const { client, standin } = await begin(t, { timing: { pingMs: 20, pongMs: 50 } });
  watch(client, { after: '0' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(standin.inits.length, 1);
});

test('a server that never greets back is left', async (t) => {
  const { client, standin } = await begin(t, { timing: { ackMs: 40 } });
  standin.mute = true;
  watch(client, { after: '0' });
  await until(() => standin.inits.length === 2);
});

test('a hidden app lets go of its socket, a shown one has it again at once and misses nothing', async (t) => {
  const { client, phone, standin } = await begin(t, { timing: { backoffMs: 100_000 } });
  const { heard, onEvent } = texts();
  watch(client, { onEvent, after: '0' });
  await until(() => standin.subscribed.length === 1);
  phone.happen('AppHide');
  await until(() => standin.sockets.clients.size === 0);
  standin.event('一');
  phone.happen('AppShow');
  await until(() => heard.length === 1);
  assert.equal(standin.subscribed.length, 2);
});

test('a short look at another app costs no reconnect', async (t) => {
  const { client, phone, standin } = await begin(t);
  watch(client, { after: '0' });
  await until(() => standin.subscribed.length === 1);
  phone.happen('AppHide');
  phone.happen('AppShow');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(standin.inits.length, 1);
  assert.equal(standin.sockets.clients.size, 1);
});

test('a new network is tried at once, whatever wait was going on', async (t) => {
  const { client, phone, standin, line } = await beginOverLine(t, { timing: { backoffMs: 100_000, longestBackoffMs: 100_000 } });
  const { heard, onEvent } = texts();
  watch(client, { onEvent, after: '0' });
  await until(() => standin.subscribed.length === 1);
  line.cut();
  await until(() => client.link.socket === null);
  standin.event('一');
  phone.happen('NetworkStatusChange', { isConnected: true, networkType: '4g' });
  await until(() => heard.length === 1);
});

test('a socket that nobody needs is closed after a while, and a subscription that ends is ended at the server', async (t) => {
  const { client, standin } = await begin(t);
  const watching = watch(client, { after: '0' });
  await until(() => standin.watchers.size === 1);
  watching.stop();
  await until(() => standin.watchers.size === 0);
  assert.equal(standin.sockets.clients.size, 1);
  await until(() => standin.sockets.clients.size === 0);
  assert.equal(await watching.done, undefined);
});

test('signing out closes the socket', async (t) => {
  const { client, standin } = await begin(t);
  watch(client, { after: '0' });
  await until(() => standin.subscribed.length === 1);
  await client.signOut();
  await until(() => standin.sockets.clients.size === 0);
});
