import { createRequire } from 'node:module';
import { makePhone } from './phone.mjs';
import { openStandin } from './standin.mjs';

const require = createRequire(import.meta.url);
export const { createClient, newKey, WellmateError } = require('../wellmate/index.js');

/** Waits that make a test last milliseconds. */
export const FAST = {
  requestMs: 2000,
  giveUpMs: 4000,
  backoffMs: 10,
  longestBackoffMs: 60,
  ackMs: 300,
  pingMs: 150,
  pongMs: 100,
  steadyMs: 50,
  idleMs: 80,
  hideMs: 30,
  longPollMs: 200,
  pollMs: 20,
  socketAgainMs: 200,
};

/** A signed-in client on a phone of its own against a stand-in; closed after the test. */
export async function begin(test, { timing, phone = makePhone(), standin, signedIn = true, ...options } = {}) {
  const server = standin ?? (await openStandin());
  const client = createClient({ url: server.url, wx: phone.wx, timing: { ...FAST, ...timing }, ...options });
  test.after(async () => {
    client.close();
    if (!standin) await server.close();
  });
  if (signedIn) await client.signIn();
  return { client, phone, standin: server };
}

/** Resolves as soon as `condition()` holds; fails after three seconds. */
export async function until(condition) {
  const end = Date.now() + 3000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
