'use strict';

const { Follower } = require('./follow');
const { sleep } = require('./timing');

/** The cursor in the stream of all events of the caller: what the socket and `changes` have in common. */
class EventCourse {
  constructor({ requests, timing, after, onEvent }) {
    Object.assign(this, { requests, timing, onEvent });
    this.cursor = after;
    this.stopped = false;
  }

  subscription() {
    return { operation: 'WatchEvents', variables: { after: this.cursor } };
  }

  took({ userEvents: event }) {
    this.hear(event);
    return false;
  }

  async poll() {
    const { changes } = await this.requests.send('Changes', { after: this.cursor }, { repeatable: false });
    if (this.stopped) return true;
    changes.events.forEach((event) => this.hear(event));
    this.cursor = changes.cursor;
    if (!changes.hasMore) await sleep(this.timing.pollMs);
    return this.stopped;
  }

  hear(event) {
    this.cursor = event.cursor;
    if (!this.stopped) this.onEvent(event, event.cursor);
  }
}

/**
 * Follows every event of every session of the caller. `onReady(cursor)` is called once the place to follow from is known: load the
 * lists then, and nothing falls between. `onGap(cursor)` says that events were missed for good: load the lists again.
 */
function watchEvents(parts, { onEvent, onReady = () => {}, onGap = () => {}, after } = {}) {
  const watch = { stopped: false, stop: () => stop(watch) };
  watch.done = follow(watch, parts, { onEvent, onReady, onGap, after });
  watch.done.catch(ignore);
  return watch;
}

function stop(watch) {
  watch.stopped = true;
  if (watch.course) watch.course.stopped = true;
  if (watch.follower) watch.follower.stop();
}

async function follow(watch, parts, { onEvent, onReady, onGap, after }) {
  let start = after;
  let begin = onReady;
  while (!watch.stopped) {
    const cursor = start || (await now(watch, parts));
    if (watch.stopped) return;
    begin(cursor);
    watch.course = new EventCourse({ ...parts, after: cursor, onEvent });
    watch.follower = new Follower({ ...parts, course: watch.course });
    await watch.follower.done.catch(forgiveLostCursor);
    start = null;
    begin = onGap;
  }
}

async function now(watch, { requests, timing, surroundings }) {
  while (!watch.stopped) {
    try {
      return (await requests.send('Changes', {})).changes.cursor;
    } catch (failure) {
      if (!failure.retryable) throw failure;
      await surroundings.pause(timing.longestBackoffMs);
    }
  }
  return null;
}

// CONFLICT: the cursor is older than what the server keeps. BAD_USER_INPUT: it is of another server, such as before a restore.
function forgiveLostCursor(failure) {
  if (!['CONFLICT', 'BAD_USER_INPUT'].includes(failure.code)) throw failure;
}

// Who does not ask for the outcome is not told of its failure either.
function ignore() {}

module.exports = { watchEvents };
