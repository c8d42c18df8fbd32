// Two hundred conversations over bad lines: sockets and requests are cut, tokens die, uploads break. Nothing may be lost, doubled
// or told in another order.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { makePhone } from '../phone.mjs';
import { openLine } from '../proxy.mjs';
import { createClient } from '../setup.mjs';
import { startServer } from './server.mjs';
import { startWechat } from './wechat.mjs';

const PICTURE = fileURLToPath(new URL('../../../../tests/browser/simulator/picture.png', import.meta.url));
const CONVERSATIONS = Number(process.env.CONVERSATIONS ?? 200);
const PATIENTS = 20;
const QUESTIONS = 3;
const CUT_MS = 70;
const TIMING = { requestMs: 15000, giveUpMs: 240_000, backoffMs: 50, longestBackoffMs: 1000, ackMs: 5000, longPollMs: 2000, pollMs: 200, socketAgainMs: 500 };

async function patient(server, number) {
  const line = await openLine(server.port);
  const phone = makePhone({ openid: `openid-${randomBytes(8).toString('hex')}` });
  const client = createClient({ url: `http://127.0.0.1:${line.port}/graphql`, wx: phone.wx, timing: TIMING });
  await client.signIn();
  const events = [];
  const watch = client.watchEvents({ onEvent: (event) => events.push(event) });
  return { number, line, phone, client, events, watch };
}

async function converse({ client }, number, tally) {
  let sessionId = null;
  const said = [];
  await uploadPicture(client, tally);
  for (let index = 0; index < QUESTIONS; index += 1) {
    const text = `第${number}次谈话第${index}问：我头晕，怎么办？`;
    const { session, reply } = await client.sendText({ sessionId, assistant: 'general', text });
    sessionId = session.id;
    said.push(text, await listen(client, reply.id, tally));
  }
  return { sessionId, said };
}

async function uploadPicture(client, tally) {
  const progress = [];
  const file = await client.uploadImage(PICTURE, { onProgress: (percent) => progress.push(percent) }).done;
  assert.deepEqual([file.mime, file.width, file.height, file.state], ['image/jpeg', 160, 160, 'READY']);
  tally.uploads += 1;
}

async function listen(client, id, tally) {
  let pieces = [];
  const onText = ({ added, reset }) => {
    pieces = reset ? [added] : [...pieces, added];
    tally.pieces += 1;
    tally.resets += reset ? 1 : 0;
  };
  const { text, message } = await client.watchReply(id, { onText }).done;
  assert.equal(message.state, 'COMPLETE');
  assert.equal(pieces.join(''), message.content);
  assert.equal(text, message.content);
  assert.ok(message.content.length > 0);
  return message.content;
}

// Every line is cut at random; now and then a token dies as if it had run out, sometimes both.
function misbehave(patients, tally) {
  return setInterval(() => {
    const { line, client } = patients[randomInt(patients.length)];
    line.cut(0.5);
    if (randomInt(20)) return;
    client.tokens.current.accessToken += 'x';
    if (randomInt(5) === 0) client.tokens.current.refreshToken += 'x';
    tally.tokens += 1;
    line.cut();
  }, CUT_MS);
}

async function checkHistory(client, { sessionId, said }) {
  const { session } = await client.request('Messages', { sessionId, last: 100 });
  assert.deepEqual(session.messages.nodes.map(({ content }) => content), said);
  assert.deepEqual(session.messages.nodes.map(({ seq }) => seq), said.map((_, index) => index + 1));
}

function checkEvents({ events }, conversations) {
  for (const { sessionId, said } of conversations) {
    const added = events.filter(({ __typename, message }) => __typename === 'MessageAdded' && message.session.id === sessionId);
    const seqs = added.map(({ message }) => message.seq);
    assert.deepEqual(seqs, said.map((_, index) => index + 1), 'each message was announced once and in order');
  }
}

test(`${CONVERSATIONS} conversations over bad lines`, { timeout: 1_800_000 }, async (t) => {
  const wechat = await startWechat();
  const server = await startServer(wechat.settings);
  const tally = { pieces: 0, resets: 0, tokens: 0, uploads: 0 };
  const patients = await Promise.all(Array.from({ length: PATIENTS }, (_, number) => patient(server, number)));
  const trouble = misbehave(patients, tally);
  t.after(async () => {
    clearInterval(trouble);
    await Promise.all(patients.map(({ client, line }) => (client.close(), line.close())));
    await server.stop();
    wechat.stop();
  });
  const done = await Promise.all(
    patients.map(async (one) => {
      const mine = [];
      for (let number = one.number; number < CONVERSATIONS; number += PATIENTS) mine.push(await converse(one, number, tally));
      return mine;
    }),
  );
  clearInterval(trouble);

  for (const [index, one] of patients.entries()) {
    for (const conversation of done[index]) await checkHistory(one.client, conversation);
    if (!process.env.NO_EVENTS) checkEvents(one, done[index]);
  }
  const cuts = patients.reduce((sum, { line }) => sum + line.cuts, 0);
  const logins = patients.reduce((sum, { phone }) => sum + phone.logins, 0);
  t.diagnostic(`${done.flat().length} conversations, ${done.flat().length * QUESTIONS} replies in ${tally.pieces} pieces, ${tally.uploads} uploads, ${cuts} connections cut, ${tally.tokens} tokens killed, ${logins} sign-ins, ${tally.resets} resets`);
  assert.equal(done.flat().length, CONVERSATIONS);
  assert.ok(cuts > CONVERSATIONS && tally.tokens > 0, 'the lines were really bad');
  assert.doesNotMatch(server.said.err, /Traceback|unforeseen/);
});
