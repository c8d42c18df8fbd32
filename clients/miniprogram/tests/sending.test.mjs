import assert from 'node:assert/strict';
import test from 'node:test';
import { begin } from './setup.mjs';
import { GraphqlError } from './standin.mjs';

test('a text whose answer is lost is sent again under its key, and the server has it once', async (t) => {
  const { client, standin } = await begin(t);
  let lost = 0;
  standin.before = async (_call, response) => (lost += 1) < 3 && response.destroy();
  const sent = await client.sendText({ sessionId: 's', text: '你好' });
  assert.equal(sent.duplicate, true);
  assert.equal(standin.callsOf('SendText').length, 3);
  assert.deepEqual([...standin.sent.values()], ['你好']);
});

test('what is said in one session arrives in the order it was said, whatever breaks', async (t) => {
  const { client, standin } = await begin(t);
  standin.before = async (_call, response) => Math.random() < 0.2 && response.destroy();
  standin.unreached = () => Math.random() < 0.3;
  const said = Array.from({ length: 20 }, (_, index) => `第${index}句`);
  await Promise.all(said.map((text) => client.sendText({ sessionId: 's', text })));
  assert.deepEqual([...standin.sent.values()], said);
});

test('one session does not wait for another', async (t) => {
  const { client, standin } = await begin(t, { timing: { requestMs: 100, giveUpMs: 100 } });
  standin.before = ({ body }) => (body.variables.input?.sessionId === 'slow' ? new Promise(() => {}) : undefined);
  client.sendText({ sessionId: 'slow', text: 'a' }).catch(() => {});
  assert.equal((await client.sendText({ sessionId: 'quick', text: 'b' })).message.content, 'b');
});

test('a text that is refused is not repeated, and the next one goes out', async (t) => {
  const { client, standin } = await begin(t);
  const { SendText } = standin.answers;
  standin.answers.SendText = (self, variables) => {
    if (variables.input.text === '坏') throw new GraphqlError('CONTENT_BLOCKED', '内容不合规', { field: 'input.text' });
    return SendText(self, variables);
  };
  const [bad, good] = await Promise.allSettled(['坏', '好'].map((text) => client.sendText({ sessionId: 's', text })));
  assert.equal(bad.reason.code, 'CONTENT_BLOCKED');
  assert.equal(good.value.message.content, '好');
  assert.equal(standin.callsOf('SendText').length, 2);
});

test('a text that could not be sent can be sent later as the same message', async (t) => {
  const { client, standin } = await begin(t, { timing: { giveUpMs: 60 } });
  standin.before = async (_call, response) => response.destroy();
  const failure = await client.sendText({ sessionId: 's', text: '你好' }).catch((error) => error);
  assert.equal(failure.code, 'NETWORK');
  standin.before = async () => {};
  const sent = await client.sendText({ sessionId: 's', text: '你好', clientKey: failure.clientKey });
  assert.equal(sent.duplicate, true);
  assert.equal(standin.sent.size, 1);
});

test('two texts never share a key', async (t) => {
  const { client, standin } = await begin(t);
  await Promise.all(Array.from({ length: 200 }, (_, index) => client.sendText({ sessionId: `s${index}`, text: 'a' })));
  assert.equal(new Set(standin.callsOf('SendText').map(({ body }) => body.variables.input.clientKey)).size, 200);
});
