// The example mini-program, run by a small simulator in a real browser against the real server.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer } from '../../clients/miniprogram/tests/real/server.mjs';
import { openPage, shoot } from './browser.mjs';
import { openHost } from './host.mjs';

const PHONE = { width: 390, height: 780 };
const server = await startServer();
test.after(() => server.stop());

async function register() {
  const query = `mutation ($input: RegisterInput!) { register(input: $input) { accessToken accessExpiresAt refreshToken } }`;
  const input = { username: `patient_${Date.now().toString(36)}`, password: 'a patient with a password' };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) });
  return (await response.json()).data.register;
}

async function openExample(t, path = '') {
  const tokens = await register();
  const keep = (page) => page.addInitScript((value) => localStorage.setItem('wellmate.tokens', value), JSON.stringify(tokens));
  const address = `${await openHost(t, server.port)}/simulator/index.html${path}`;
  return openPage(t, address, { viewport: PHONE, before: keep });
}

test('a question is answered word by word and stays in the list of sessions', async (t) => {
  const { page, complaints } = await openExample(t);
  await page.locator('.assistant').first().waitFor();
  await shoot(page, 'example-sessions');
  await page.locator('.assistant').first().click();
  await page.locator('.input').fill('我最近总是头晕，应该注意什么？');
  await page.getByText('发送').click();
  await page.locator('.row.mine .bubble').waitFor();
  const reply = page.locator('.row:not(.mine) .bubble');
  await reply.getByText('您好').waitFor();
  const early = await reply.textContent();
  await shoot(page, 'example-streaming');
  await page.getByText('停止').waitFor({ state: 'detached' });
  const late = await reply.textContent();
  assert.ok(late.length > early.length && late.startsWith(early.slice(0, 10)));
  await shoot(page, 'example-chat');
  assert.deepEqual(complaints, []);
});
