// The snippets of the documents, run as they stand there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { makePhone } from './phone.mjs';
import { until } from './setup.mjs';
import { openStandin } from './standin.mjs';

const DOCS = new URL('../../../docs/', import.meta.url);
const NAMES = ['client', 'phoneCode', 'username', 'password', 'sessionId', 'text', 'tempFilePath', 'path'];
const PIECES = [...'先休息，多喝水。'];
const AsyncFunction = (async () => {}).constructor;

const blocksOf = (name) => [...readFileSync(new URL(name, DOCS), 'utf8').matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
const bare = (code) => code.replace(/ *\/\/ .*$/gm, '');

/** What the snippets speak of without making it: a page, a file, what a person typed. */
function setting(t) {
  const folder = mkdtempSync(join(tmpdir(), 'wellmate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'report.png');
  writeFileSync(path, 'picture');
  const page = {
    data: {}, shown: [], loads: 0,
    setData(data) { Object.assign(this.data, data); },
    show(message) { this.shown.push(message.content); },
    loadLists() { this.loads += 1; },
  };
  return { page, values: { phoneCode: 'p', username: 'zhang', password: 'correct horse', sessionId: 's', text: '头晕', tempFilePath: path, path } };
}

async function server(t) {
  const standin = await openStandin();
  t.after(() => standin.close());
  Object.assign(standin.answers, {
    Sessions: () => ({ me: { sessions: { nodes: [] } } }),
    Messages: () => ({ session: { lastSeq: 7, messages: { nodes: [] } } }),
    MarkRead: (_self, { seq }) => ({ markRead: { readSeq: seq } }),
    SendText: (self, { input }) => {
      self.reply('r', [...PIECES]);
      return { sendText: { session: { id: 's' }, message: { content: input.text }, reply: { id: 'r' } } };
    },
    SendImage: (_self, { input }) => ({ sendImage: { session: { id: 's' }, message: { content: input.text }, reply: null } }),
    Now: () => ({ serverTime: '2026-01-01T00:00:00Z' }),
  });
  return standin;
}

/** `App` as WeChat gives it, launched at once. */
function launch(code, url, t) {
  globalThis.wx = makePhone().wx;
  t.after(() => delete globalThis.wx);
  const require = createRequire(new URL('../app.js', import.meta.url));
  let app;
  new Function('require', 'App', code.replace(/https:[^']+/, url))(require, (given) => { app = given; });
  app.onLaunch();
  t.after(() => app.client.close());
  return app.client;
}

for (const name of ['miniprogram.md', 'miniprogram.zh-CN.md']) {
  test(`${name} says what works`, async (t) => {
    const [start, signIn, ask, chat, watch, upload] = blocksOf(name);
    const standin = await server(t);
    const client = launch(start, standin.url, t);
    const { page, values } = setting(t);
    const run = (code) => new AsyncFunction(...NAMES, code).call(page, ...NAMES.map((each) => ({ client, ...values })[each]));

    await run(signIn);
    assert.equal(client.signedIn, false);
    await client.signIn();
    await run(ask);
    assert.deepEqual(standin.callsOf('MarkRead')[0].body.variables, { sessionId: 's', seq: 7 });
    await run(chat);
    assert.equal(page.data.text, PIECES.join(''));
    await run(watch);
    await until(() => page.loads === 1);
    standin.event('复诊');
    await until(() => page.shown.length === 1);
    assert.deepEqual(page.shown, ['复诊']);
    await run(upload);
    assert.equal(page.data.percent, 100);
    assert.deepEqual(standin.callsOf('SendImage')[0].body.variables.input.fileIds, ['f1']);
    assert.ok(standin.stored.includes('picture'));

    const [, inline] = /`(client\.request\(\{ name: 'Now'.*?\))`/.exec(readFileSync(new URL(name, DOCS), 'utf8'));
    assert.deepEqual(await run(`return ${inline}`), { serverTime: '2026-01-01T00:00:00Z' });
    assert.deepEqual(
      standin.calls.map((call) => call.name).filter((each) => !['Changes', 'Message', 'ReplyProgress'].includes(each)),
      ['LoginWithWechat', 'LoginWithWechat', 'Login', 'Logout', 'LoginWithWechat', 'Sessions', 'Messages', 'MarkRead', 'SendText',
        'UploadImage', 'SendImage', 'RequestUpload', 'CompleteUpload', 'Now'],
    );
  });
}

test('both languages show the same code', () => {
  assert.deepEqual(blocksOf('miniprogram.zh-CN.md').map(bare), blocksOf('miniprogram.md').map(bare));
});

test('both name as many operations as there are', () => {
  const operations = createRequire(import.meta.url)('../wellmate/operations.js');
  const count = Object.keys(operations).length;
  const [en, zh] = ['miniprogram.md', 'miniprogram.zh-CN.md'].map((name) => readFileSync(new URL(name, DOCS), 'utf8'));
  assert.ok(en.includes(`and ${count - 2} more are the operations`), `there are ${count}`);
  assert.ok(zh.includes(`等共 ${count} 个操作`), `there are ${count}`);
});
