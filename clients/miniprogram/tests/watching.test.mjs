import assert from 'node:assert/strict';
import test from 'node:test';
import { openLine } from './proxy.mjs';
import { begin, until } from './setup.mjs';

const PIECES = [...'您好，头晕时请先坐下休息，多喝水。如果持续不退😀，请及时就医。'];
const TEXT = PIECES.join('');

test('a reply is heard piece by piece and ends with its message', async (t) => {
  const { client, standin } = await begin(t);
  standin.reply('r', [...PIECES]);
  const heard = [];
  const end = await client.watchReply('r', { onText: (progress) => heard.push(progress) }).done;
  assert.equal(heard.map(({ added }) => added).join(''), TEXT);
  assert.equal(heard.at(-1).text, TEXT);
  assert.ok(heard.length > 5);
  assert.deepEqual([end.text, end.message.content, end.state], [TEXT, TEXT, 'COMPLETE']);
});

test('however often the line is cut, each character comes once', async (t) => {
  const { client, standin } = await begin(t);
  const line = await openLine(standin.port);
  t.after(() => line.close());
  const far = await begin(t, { standin, url: `http://127.0.0.1:${line.port}/graphql` });
  standin.reply('r', [...PIECES], { ms: 15 });
  const cutting = setInterval(() => line.cut(), 40);
  const heard = [];
  const end = await far.client.watchReply('r', { onText: ({ added }) => heard.push(added) }).done;
  clearInterval(cutting);
  assert.deepEqual([heard.join(''), end.text], [TEXT, TEXT]);
  assert.ok(standin.subscribed.length > 3, 'was cut several times');
  assert.equal(client.signedIn, true);
});

test('where no socket can be had, the long poll brings the same text', async (t) => {
  const { client, standin } = await begin(t, { socketUrl: 'ws://127.0.0.1:9/graphql' });
  standin.reply('r', [...PIECES]);
  const heard = [];
  const end = await client.watchReply('r', { onText: ({ added }) => heard.push(added) }).done;
  assert.deepEqual([heard.join(''), end.text, end.message.content], [TEXT, TEXT, TEXT]);
  assert.equal(standin.inits.length, 0);
  assert.ok(standin.callsOf('ReplyProgress').every(({ body }) => body.variables.waitMs === 200));
});

test('the socket is gone back to when it can be had again', async (t) => {
  const { client, standin } = await begin(t, { timing: { socketAgainMs: 60, longPollMs: 20 } });
  standin.mute = true;
  standin.reply('r', [...PIECES, ...PIECES], { ms: 40 });
  client.link.timing.ackMs = 20;
  const watch = client.watchReply('r');
  await until(() => standin.callsOf('ReplyProgress').length > 0);
  standin.mute = false;
  const end = await watch.done;
  assert.equal(end.text, TEXT + TEXT);
  assert.ok(standin.subscribed.length > 0);
});

test('a reply that begins anew withdraws what was said', async (t) => {
  const { client, standin } = await begin(t);
  const reply = standin.reply('r', ['错', '误', '的', '话', '…'], { ms: 30 });
  const heard = [];
  const watch = client.watchReply('r', { onText: (progress) => heard.push(progress) });
  await until(() => heard.length === 2);
  Object.assign(reply, { attempt: 2, text: '' });
  reply.pieces.splice(0, Infinity, '正', '确');
  assert.equal((await watch.done).text, '正确');
  assert.deepEqual(heard.filter(({ reset }) => reset).map(({ text }) => text), ['正']);
});

test('a failed reply ends with its code', async (t) => {
  const { client, standin } = await begin(t);
  standin.reply('r', ['a'], { end: 'ReplyFailed' });
  const { state, code, retryable, text } = await client.watchReply('r').done;
  assert.deepEqual([state, code, retryable, text], ['FAILED', 'UPSTREAM_TIMEOUT', true, 'a']);
});

test('a reply that is not ours is refused for good', async (t) => {
  const { client } = await begin(t);
  await assert.rejects(client.watchReply('foreign').done, { code: 'NOT_FOUND' });
});

test('a page that comes back goes on where it was', async (t) => {
  const { client, standin } = await begin(t);
  standin.reply('r', [...PIECES], { ms: 1 });
  await client.watchReply('r').done;
  const heard = [];
  const end = await client.watchReply('r', { after: '1:3', text: '您好，', onText: ({ added }) => heard.push(added) }).done;
  assert.deepEqual([heard.join(''), end.text], [TEXT.slice(3), TEXT]);
});

test('a watch that is stopped says nothing more and ends with null', async (t) => {
  const { client, standin } = await begin(t);
  standin.reply('r', [...PIECES], { ms: 20 });
  const heard = [];
  const watch = client.watchReply('r', { onText: ({ added }) => heard.push(added) });
  await until(() => heard.length > 0);
  watch.stop();
  const before = heard.length;
  assert.equal(await watch.done, null);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(heard.length, before);
});

test('events are told from the moment the page is told that it may load its lists', async (t) => {
  const { client, standin } = await begin(t);
  standin.event('之前');
  const heard = [];
  client.watchEvents({ onReady: (cursor) => heard.push(`ready ${cursor}`), onEvent: (event, cursor) => heard.push(`${event.message.content} ${cursor}`) });
  await until(() => heard.length === 1);
  standin.event('之后');
  await until(() => heard.length === 2);
  assert.deepEqual(heard, ['ready 1', '之后 2']);
});

for (const [way, options] of [['over a line that is cut', {}], ['without a socket', { socketUrl: 'ws://127.0.0.1:9/graphql' }]]) {
  test(`every event comes once and in order ${way}`, async (t) => {
    const { standin } = await begin(t);
    const line = await openLine(standin.port);
    t.after(() => line.close());
    const { client } = await begin(t, { standin, url: `http://127.0.0.1:${line.port}/graphql`, ...options });
    const heard = [];
    client.watchEvents({ after: '0', onEvent: ({ message }) => heard.push(message.content) });
    const said = Array.from({ length: 60 }, (_, index) => `第${index}条`);
    for (const text of said) {
      standin.event(text);
      if (Math.random() < 0.2) line.cut();
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await until(() => heard.length >= said.length);
    assert.deepEqual(heard, said);
  });
}

test('the cursor moves on where nothing happened, too', async (t) => {
  const { client, standin } = await begin(t, { socketUrl: 'ws://127.0.0.1:9/graphql' });
  let moved = 7;
  standin.answers.Changes = () => ({ changes: { events: [], cursor: String((moved += 1)), hasMore: false } });
  client.watchEvents({ after: '7', onEvent() {} });
  await until(() => standin.callsOf('Changes').length === 3);
  assert.deepEqual(standin.callsOf('Changes').map(({ body }) => body.variables.after), ['7', '8', '9']);
});

for (const after of ['too old', 'foreign']) {
  test(`a cursor that is ${after} is said to be a gap, and following goes on`, async (t) => {
    const { client, standin } = await begin(t);
    const heard = [];
    const onGap = (cursor) => heard.push(`gap ${cursor}`);
    client.watchEvents({ after, onGap, onEvent: ({ message }) => heard.push(message.content) });
    await until(() => heard.length === 1);
    standin.event('新');
    await until(() => heard.length === 2);
    assert.deepEqual(heard, ['gap 0', '新']);
  });
}
