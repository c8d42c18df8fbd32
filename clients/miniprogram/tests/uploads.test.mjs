import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { makePhone } from './phone.mjs';
import { begin } from './setup.mjs';

const SIZE = 300_000;

function picture(t) {
  const folder = mkdtempSync(join(tmpdir(), 'wellmate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, '照片.PNG');
  const bytes = randomBytes(SIZE);
  writeFileSync(path, bytes);
  return { path, bytes };
}

for (const fileFirst of [false, true]) {
  test(`an image goes out as a GraphQL multipart request, the file ${fileFirst ? 'first' : 'last'}`, async (t) => {
    const { client, standin } = await begin(t, { phone: makePhone({ fileFirst }) });
    const { path, bytes } = picture(t);
    const progress = [];
    const file = await client.uploadImage(path, { purpose: 'AVATAR', onProgress: (percent) => progress.push(percent) }).done;
    assert.deepEqual(file, { id: 'f1', bytes: SIZE });
    const { body, token } = standin.callsOf('UploadImage')[0];
    assert.deepEqual([body.variables, body.map, token], [{ purpose: 'AVATAR', file: null }, { 0: ['variables.file'] }, 'access-wechat-1']);
    assert.ok(Buffer.from(body.file, 'latin1').equals(bytes));
    assert.equal(progress.at(-1), 100);
    assert.deepEqual(progress, [...progress].sort((one, other) => one - other));
  });
}

test('an upload that breaks is begun again', async (t) => {
  const { client, standin } = await begin(t);
  let broken = 0;
  standin.before = async ({ name }, response) => name === 'UploadImage' && (broken += 1) < 3 && response.destroy();
  assert.equal((await client.uploadImage(picture(t).path).done).id, 'f1');
  assert.equal(standin.callsOf('UploadImage').length, 3);
});

test('an upload that is refused for an old token is sent with a new one', async (t) => {
  const { client, standin } = await begin(t);
  standin.expireAccess();
  await client.uploadImage(picture(t).path).done;
  assert.deepEqual(standin.callsOf('UploadImage').map(({ token }) => token), ['access-wechat-1', 'access-n-2']);
});

test('a token that the clock says is old is renewed before the file is sent', async (t) => {
  const { client, standin } = await begin(t);
  client.tokens.current.accessExpiresAt = new Date(Date.now() + 1000).toISOString();
  await client.uploadImage(picture(t).path).done;
  assert.deepEqual(standin.callsOf('UploadImage').map(({ token }) => token), ['access-n-2']);
});

test('an upload can be given up, and is not begun again', async (t) => {
  const { client, standin } = await begin(t);
  standin.before = () => new Promise(() => {});
  const upload = client.uploadImage(picture(t).path);
  while (!standin.callsOf('UploadImage').length) await new Promise((resolve) => setTimeout(resolve, 2));
  upload.abort();
  await assert.rejects(upload.done, { code: 'ABORTED', retryable: false });
  assert.equal(standin.callsOf('UploadImage').length, 1);
});

test('an upload that is given up between two attempts is not begun again', async (t) => {
  const { client, standin } = await begin(t, { timing: { backoffMs: 200, longestBackoffMs: 200 } });
  standin.before = async (_call, response) => response.destroy();
  const upload = client.uploadImage(picture(t).path);
  while (!standin.callsOf('UploadImage').length) await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setTimeout(resolve, 50));
  upload.abort();
  await assert.rejects(upload.done, { code: 'ABORTED' });
  assert.equal(standin.callsOf('UploadImage').length, 1);
});

test('a file goes straight to the object storage with the fields of its ticket, and the server is told', async (t) => {
  const { client, standin } = await begin(t);
  const { path, bytes } = picture(t);
  assert.deepEqual(await client.uploadFile(path, { purpose: 'REPORT' }).done, { id: 'f2' });
  const { variables } = standin.callsOf('RequestUpload')[0].body;
  assert.deepEqual(variables, { purpose: 'REPORT', mime: 'image/png', bytes: SIZE });
  assert.match(standin.stored, /name="key"\r\n\r\nu1\/f2\r\n/);
  assert.match(standin.stored, /name="policy"\r\n\r\np\r\n/);
  assert.ok(standin.stored.includes(`name="file"; filename=`));
  assert.ok(standin.stored.includes(bytes.toString('latin1')));
  assert.ok(!standin.stored.includes('access-'), 'no token of ours leaves for the storage');
});

test('a storage that fails gets a new ticket and another try', async (t) => {
  const { client, standin } = await begin(t);
  let calls = 0;
  const { store } = standin;
  standin.store = (raw, response) => ((calls += 1) < 2 ? response.writeHead(503).end() : store.call(standin, raw, response));
  await client.uploadFile(picture(t).path, { purpose: 'REPORT' }).done;
  assert.equal(standin.callsOf('RequestUpload').length, 2);
  assert.equal(standin.callsOf('CompleteUpload').length, 1);
});

test('a storage that refuses is an error, and nothing is completed', async (t) => {
  const { client, standin } = await begin(t);
  standin.store = (_raw, response) => response.writeHead(403).end('<Error/>');
  await assert.rejects(client.uploadFile(picture(t).path, { purpose: 'REPORT' }).done, { code: 'FORBIDDEN', status: 403 });
  assert.equal(standin.callsOf('CompleteUpload').length, 0);
});

test('a file that is not there is said at once', async (t) => {
  const { client, standin } = await begin(t);
  await assert.rejects(client.uploadFile('/nowhere.png', { purpose: 'REPORT' }).done, { code: 'BAD_USER_INPUT', field: 'filePath' });
  assert.equal(standin.callsOf('RequestUpload').length, 0);
});
