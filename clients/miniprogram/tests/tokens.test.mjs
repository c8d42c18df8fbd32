import assert from 'node:assert/strict';
import test from 'node:test';
import { begin } from './setup.mjs';

test('signing in asks WeChat for a code and keeps the tokens for the next start', async (t) => {
  const { client, phone, standin } = await begin(t, { signedIn: false });
  assert.equal(client.signedIn, false);
  const { user } = await client.signIn({ phoneCode: 'p-1' });
  assert.equal(user.username, 'wx');
  assert.deepEqual(standin.calls[0].body.variables, { code: 'code.1', phoneCode: 'p-1' });
  assert.equal(standin.calls[0].token, undefined);

  const next = await begin(t, { phone, standin, signedIn: false });
  assert.equal(next.client.signedIn, true);
  await next.client.request('Me');
  assert.equal(phone.logins, 1);
});

test('however many requests find the token expired, it is renewed once', async (t) => {
  const { client, standin } = await begin(t);
  standin.expireAccess();
  await Promise.all(Array.from({ length: 20 }, () => client.request('Me')));
  assert.equal(standin.callsOf('RefreshToken').length, 1);
  assert.equal(standin.callsOf('Me').length, 40);
  assert.equal(standin.calls.at(-1).token, 'access-n-2');
});

test('a refusal that comes late, with the token before, does not renew again', async (t) => {
  const { client, standin } = await begin(t);
  const held = [];
  standin.expireAccess();
  standin.before = ({ name, token }) => name === 'Me' && token === 'access-wechat-1' && held.length < 1 && new Promise((go) => held.push(go));
  const slow = client.request('Me');
  while (!held.length) await new Promise((resolve) => setTimeout(resolve, 2));
  await client.request('Me');
  held[0]();
  await slow;
  assert.equal(standin.callsOf('RefreshToken').length, 1);
});

test('a renewal whose line breaks is tried again with the same token', async (t) => {
  const { client, standin } = await begin(t);
  standin.expireAccess();
  let broken = 0;
  standin.answers.RefreshToken = (self, { refreshToken }) => {
    assert.equal(refreshToken, 'refresh-wechat-1');
    return { refreshToken: self.issue() };
  };
  standin.before = async ({ name }, response) => name === 'RefreshToken' && (broken += 1) < 3 && response.destroy();
  assert.deepEqual(await client.request('Me'), { me: { id: 'u1' } });
  assert.equal(standin.callsOf('RefreshToken').length, 3);
});

test('when the refresh token has run out, too, wx.login brings a new session without asking', async (t) => {
  const { client, phone, standin } = await begin(t);
  standin.tokens.clear();
  assert.deepEqual(await client.request('Me'), { me: { id: 'u1' } });
  assert.equal(phone.logins, 2);
});

test('a session by password ends for the user, once, and leaves no token behind', async (t) => {
  let told = 0;
  const { client, phone, standin } = await begin(t, { signedIn: false, onSignedOut: () => (told += 1) });
  await client.signInWith('Login', { username: 'doctor', password: 'secret' });
  standin.tokens.clear();
  const failures = await Promise.all([client.request('Me'), client.request('Me')].map((one) => one.catch((error) => error.code)));
  assert.deepEqual(failures, ['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  assert.deepEqual([told, client.signedIn, phone.storage.size, phone.logins], [1, false, 0, 0]);
});

test('without the network the session is kept', async (t) => {
  const { client, standin } = await begin(t, { timing: { giveUpMs: 50 } });
  standin.expireAccess();
  standin.before = async ({ name }, response) => name === 'RefreshToken' && response.destroy();
  await assert.rejects(client.request('Me', {}, { repeatable: false }), { code: 'NETWORK' });
  assert.equal(client.signedIn, true);
});

test('who signs in as somebody else meanwhile stays somebody else', async (t) => {
  const { client, standin } = await begin(t);
  standin.expireAccess();
  const held = [];
  standin.before = ({ name }) => name === 'RefreshToken' && new Promise((go) => held.push(go));
  const old = client.request('Me');
  while (!held.length) await new Promise((resolve) => setTimeout(resolve, 2));
  await client.signIn();
  held[0]();
  await old;
  assert.equal(standin.calls.at(-1).token, 'access-wechat-3');
});

test('signing out tells the server and forgets the tokens, with or without a network', async (t) => {
  const { client, phone, standin } = await begin(t);
  await client.signOut();
  assert.equal(standin.callsOf('Logout').length, 1);
  assert.deepEqual([client.signedIn, phone.storage.size], [false, 0]);
  await client.signIn();
  standin.before = async (_call, response) => response.destroy();
  await assert.rejects(client.signOut(), { code: 'NETWORK' });
  assert.deepEqual([client.signedIn, phone.storage.size], [false, 0]);
});
