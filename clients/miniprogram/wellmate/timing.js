'use strict';

/** All waits in milliseconds; `createClient({ timing })` changes single ones. */
const DEFAULTS = {
  requestMs: 20000,
  uploadMs: 60000,
  giveUpMs: 60000,
  backoffMs: 500,
  longestBackoffMs: 8000,
  ackMs: 10000,
  pingMs: 20000,
  pongMs: 10000,
  steadyMs: 5000,
  idleMs: 30000,
  hideMs: 5000,
  longPollMs: 20000,
  pollMs: 3000,
  socketAgainMs: 30000,
};

/** Waits that grow from `first` and double up to `longest`, each somewhere between its half and its whole. */
function backoff(attempt, { backoffMs, longestBackoffMs }) {
  const whole = Math.min(longestBackoffMs, backoffMs * Math.pow(2, attempt));
  return whole * (0.5 + Math.random() / 2);
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A key that no other phone and no other moment makes. */
function newKey() {
  const random = () => Math.random().toString(36).slice(2, 10);
  return `${Date.now().toString(36)}-${random()}${random()}`;
}

/**
 * Calls `task` until it succeeds, fails for good, or `giveUpMs` have passed; waits as the server asks (`retryAfterMs`).
 * Only for what may be sent twice.
 */
async function persistently(task, timing) {
  const end = Date.now() + timing.giveUpMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await task();
    } catch (failure) {
      const wait = Math.max(failure.retryAfterMs || 0, backoff(attempt, timing));
      if (!failure.retryable || Date.now() + wait > end) throw failure;
      await sleep(wait);
    }
  }
}

module.exports = { DEFAULTS, backoff, newKey, persistently, sleep };
