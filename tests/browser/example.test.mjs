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

async function ask(page, text) {
  await page.locator('.input').fill(text);
  await page.getByText('发送', { exact: true }).click();
}

const reply = (page) => page.locator('.row:not(.mine) .bubble').last();
const finished = (page) => page.getByText('停止', { exact: true }).waitFor({ state: 'detached' });

test('a question is answered word by word and stays in the list of sessions', async (t) => {
  const { page, complaints } = await openExample(t);
  await page.locator('.assistant').first().waitFor();
  await shoot(page, 'example-start');
  await page.locator('.assistant').first().click();
  await ask(page, '我最近总是头晕，应该注意什么？');
  await reply(page).getByText('您好').waitFor();
  const early = await reply(page).textContent();
  await shoot(page, 'example-streaming');
  await finished(page);
  const late = await reply(page).textContent();
  assert.ok(late.length > early.length && late.startsWith(early.slice(0, 10)));
  await shoot(page, 'example-chat');
  await page.goto(page.url());
  await page.reload();
  await page.locator('.session').click();
  await reply(page).waitFor();
  assert.equal(await reply(page).textContent(), late);
  assert.deepEqual(complaints, []);
});

test('a reply goes on by itself after the line was cut', async (t) => {
  const { page } = await openExample(t, '#/pages/chat/chat?assistant=general');
  await ask(page, '请慢慢说');
  await reply(page).getByText('您好').waitFor();
  for (let cut = 0; cut < 3; cut += 1) {
    await page.waitForTimeout(300);
    await page.context().setOffline(true);
    await page.waitForTimeout(300);
    await page.context().setOffline(false);
  }
  await finished(page);
  const text = await reply(page).textContent();
  assert.equal(text.match(/您好！/g).length, 1);
  assert.match(text, /情况紧急请立即拨打 120。$/);
});

test('a reply that is stopped keeps what was said', async (t) => {
  const { page } = await openExample(t, '#/pages/chat/chat?assistant=general');
  await ask(page, '请慢慢说');
  await reply(page).getByText('您好').waitFor();
  await page.getByText('停止', { exact: true }).click();
  await finished(page);
  const text = await reply(page).textContent();
  assert.ok(text.startsWith('您好') && !text.includes('拨打 120'));
});

test('a text that could not be sent is sent again by hand, and arrives once', async (t) => {
  const { page } = await openExample(t, '#/pages/chat/chat?assistant=general');
  await page.waitForFunction(() => document.querySelector('.input'));
  await page.route('**/graphql', (route) => (route.request().postData()?.includes('SendText') ? route.fulfill({ status: 403, body: 'no' }) : route.continue()));
  await ask(page, '在吗');
  const again = page.getByText('点此重发');
  await again.waitFor();
  await shoot(page, 'example-failed');
  await page.unroute('**/graphql');
  await again.click();
  await reply(page).getByText('您好').waitFor();
  assert.equal(await page.locator('.row.mine').count(), 1);
});

test('a picture is uploaded, shown and answered', async (t) => {
  const { page, complaints } = await openExample(t, '#/pages/chat/chat?assistant=general');
  await page.getByText('图片', { exact: true }).click();
  await reply(page).getByText('您好').waitFor();
  await finished(page);
  const shown = page.locator('.row.mine img');
  await page.waitForFunction(() => document.querySelector('.row.mine img')?.naturalWidth > 0);
  assert.equal(await shown.count(), 1);
  await shown.scrollIntoViewIfNeeded();
  await shoot(page, 'example-picture');
  assert.deepEqual(complaints, []);
});
