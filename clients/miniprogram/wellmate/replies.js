'use strict';

const { Follower } = require('./follow');

/** The text of a reply so far and the cursor behind it: what the socket and the long poll have in common. */
class ReplyCourse {
  constructor({ requests, timing, messageId, after, text, onText }) {
    Object.assign(this, { requests, timing, messageId, onText });
    this.cursor = after || null;
    this.text = text || '';
    this.end = null;
    this.stopped = false;
  }

  subscription() {
    return { operation: 'WatchReply', variables: { messageId: this.messageId, after: this.cursor } };
  }

  took({ replyStream: event }) {
    this.cursor = event.cursor;
    if (event.__typename === 'ReplyDelta') this.hear(event.text, false);
    else if (event.__typename === 'ReplyReset') this.hear(event.text, true);
    else if (event.message) this.finish(event.message, event);
    return Boolean(this.end);
  }

  async poll() {
    const variables = { messageId: this.messageId, after: this.cursor, waitMs: this.timing.longPollMs };
    const timeoutMs = this.timing.longPollMs + this.timing.requestMs;
    const { replyProgress: seen } = await this.requests.send('ReplyProgress', variables, { timeoutMs, repeatable: false });
    if (this.stopped) return true;
    this.cursor = seen.cursor;
    if (seen.text || seen.reset) this.hear(seen.text, seen.reset);
    if (seen.done) this.finish((await this.requests.send('Message', { id: this.messageId })).message, {});
    return seen.done;
  }

  hear(added, reset) {
    this.text = reset ? added : this.text + added;
    this.onText({ text: this.text, added, reset });
  }

  finish(message, { code, retryable }) {
    this.end = { message, text: this.text, state: message.state, code: code || message.errorCode, retryable };
  }
}

/**
 * Watches a reply to its end. `onText({ text, added, reset })` hears the text so far with each piece; `done` resolves to
 * `{ message, text, state, code, retryable }`, or to null when it was stopped first.
 */
function watchReply(parts, messageId, { onText = () => {}, after, text } = {}) {
  const course = new ReplyCourse({ ...parts, messageId, after, text, onText });
  const follower = new Follower({ ...parts, course });
  const stop = () => {
    course.stopped = true;
    follower.stop();
  };
  const done = follower.done.then(() => course.end);
  done.catch(ignore);
  return { stop, done };
}

// Who does not ask for the outcome is not told of its failure either.
function ignore() {}

module.exports = { watchReply };
