// GraphiQL as an administrator uses it, offline. Needs `make graphiql`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ADMIN_PASSWORD, startServer } from '../../clients/miniprogram/tests/real/server.mjs';
import { openPage, shoot } from './browser.mjs';

const server = await startServer();
test.after(() => server.stop());

async function openGraphiql(t) {
  const opened = await openPage(t, server.url);
  await opened.page.waitForSelector('.graphiql-query-editor .view-line');
  return opened;
}

async function signIn(page, password = ADMIN_PASSWORD) {
  await page.getByLabel('用户名').fill('admin');
  await page.getByLabel('密码').fill(password);
  await page.locator('.wellmate-form button').click();
}

// Monaco shows only the lines in sight: its models hold the whole text.
function textOf(page, name) {
  return page.evaluate((suffix) => globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith(suffix)).getValue(), name);
}

function write(page, name, text) {
  return page.evaluate(
    ([suffix, value]) => globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith(suffix)).setValue(value),
    [name, text],
  );
}

async function answer(page, condition = (text) => text.includes('"data"')) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const text = await textOf(page, 'response.json');
    if (condition(text)) return JSON.parse(text);
    await page.waitForTimeout(50);
  }
  throw new Error(`no answer: ${await textOf(page, 'response.json')}`);
}

async function run(page, condition) {
  await page.locator('.graphiql-execute-button').click();
  return answer(page, condition);
}

async function openExample(page, title) {
  const panel = page.locator('section[aria-label="示例"]');
  if (!(await panel.isVisible())) await page.getByRole('button', { name: '示例' }).click();
  await panel.getByRole('button', { name: title }).click();
}

test('the page works without any other address and within its security policy', async (t) => {
  const { page, complaints } = await openGraphiql(t);
  await signIn(page);
  await page.getByText('已登录').waitFor();
  const { data } = await run(page);
  assert.equal(data.assistants[0].slug, 'general');
  await shoot(page, 'graphiql-query');
  assert.deepEqual(complaints, []);
});

test('a wrong password is said in Chinese, a right one fills the token into the headers of every tab', async (t) => {
  const { page } = await openGraphiql(t);
  await signIn(page, 'wrong');
  assert.match(await page.locator('.wellmate-form [role=alert]').textContent(), /密码/);
  await signIn(page);
  await page.getByText('已登录').waitFor();
  const { Authorization } = JSON.parse(await textOf(page, 'request-headers.json'));
  assert.match(Authorization, /^Bearer \S{20,}$/);
  await openExample(page, '查看全部服务商与熔断状态');
  assert.equal(JSON.parse(await textOf(page, 'request-headers.json')).Authorization, Authorization);
  assert.ok(Array.isArray((await run(page)).data.apiConfigs));
});

test('the token is renewed before it expires', async (t) => {
  const { page } = await openPage(t, server.url, { before: (page) => page.clock.install() });
  await page.waitForSelector('.graphiql-query-editor .view-line');
  await signIn(page);
  await page.getByText('已登录').waitFor();
  const before = await textOf(page, 'request-headers.json');
  const renewal = page.waitForResponse((response) => response.request().postData()?.includes('RefreshToken'));
  await page.clock.fastForward('24:00:00');
  assert.equal((await (await renewal).json()).errors, undefined);
  await page.waitForFunction((old) => !globalThis.__MONACO.editor.getModels().some((model) => model.getValue() === old), before);
  assert.match(JSON.parse(await textOf(page, 'request-headers.json')).Authorization, /^Bearer \S{20,}$/);
});

test('a closed server opens its schema and every operation to the administrator who signs in', async (t) => {
  const closed = await startServer({ WELLMATE_OPEN_DOCUMENTS: 'false' });
  t.after(() => closed.stop());
  const { page } = await openPage(t, closed.url);
  await page.waitForSelector('.graphiql-query-editor .view-line');
  assert.equal((await run(page, (text) => text.includes('errors'))).errors[0].extensions.code, 'BAD_REQUEST');
  await signIn(page);
  await page.getByText('已登录').waitFor();
  await page.getByRole('button', { name: /Documentation/ }).click();
  await page.getByText('query', { exact: true }).first().waitFor();
  assert.equal((await run(page)).data.assistants[0].slug, 'general');
});

test('nothing that was typed outlives the browser tab', async (t) => {
  const { page } = await openGraphiql(t);
  await signIn(page);
  await page.getByText('已登录').waitFor();
  await run(page);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
});

test('a reply is watched live over the socket', async (t) => {
  const { page, complaints } = await openGraphiql(t);
  await signIn(page);
  await page.getByText('已登录').waitFor();
  await openExample(page, '向助手提问');
  const asked = await run(page);
  await openExample(page, '观看一条回答');
  await write(page, 'variables.json', JSON.stringify({ messageId: asked.data.sendText.reply.id }));
  await run(page, (text) => text.includes('ReplyDelta'));
  await shoot(page, 'graphiql-subscription-live');
  const end = await answer(page, (text) => text.includes('ReplyDone'));
  assert.equal(end.data.replyStream.message.state, 'COMPLETE');
  assert.ok(end.event > 3);
  await shoot(page, 'graphiql-subscription');
  assert.deepEqual(complaints, []);
});

test('the schema is documented beside the editor and completes what is typed', async (t) => {
  const { page, complaints } = await openGraphiql(t);
  await page.getByRole('button', { name: /Documentation/ }).click();
  await page.locator('.graphiql-doc-explorer-root-type, .graphiql-doc-explorer').getByText('Query', { exact: true }).click();
  await page.getByText('Whether the installation works.').first().waitFor();
  await write(page, 'operation.graphql', 'query { sys');
  await page.locator('.graphiql-query-editor .monaco-editor').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('t');
  await page.locator('.suggest-widget').getByText('systemStatus').first().waitFor();
  await shoot(page, 'graphiql-docs');
  assert.deepEqual(complaints, []);
});
