'use strict';

const { backoff } = require('./timing');

const HOPELESS = 2;

/**
 * Follows something to its end over the socket where there is one, by asking again and again where there is none, and goes back to
 * the socket from time to time. Both ways read and move the same cursor of `course`, so nothing is lost or doubled between them.
 *
 * A `course` has `subscription()` and `took(data)` (true: this was the end) for the socket, `poll()` (true: the end) for asking.
 */
class Follower {
  constructor({ link, requests, timing, surroundings, course }) {
    Object.assign(this, { link, requests, timing, surroundings, course });
    this.stopped = false;
    this.failures = 0;
    this.done = this.run();
  }

  stop() {
    this.stopped = true;
    if (this.leave) this.leave();
  }

  async run() {
    while (!this.stopped) {
      if (await this.overSocket()) return true;
      if (await this.byAsking()) return true;
    }
    return false;
  }

  /** Resolves to true at the end, to false when the socket is of no use now; rejects when the server says no for good. */
  overSocket() {
    return new Promise((resolve, reject) => {
      const leave = (settle, value) => {
        this.leave = null;
        this.link.unsubscribe(sink);
        settle(value);
      };
      const sink = {
        payload: () => this.payload(),
        next: (data) => this.course.took(data) && leave(resolve, true),
        complete: () => leave(resolve, false),
        error: (failure) => (failure.retryable ? leave(resolve, false) : leave(reject, failure)),
        down: (failures) => failures >= HOPELESS && leave(resolve, false),
      };
      this.leave = () => leave(resolve, false);
      this.link.subscribe(sink);
    });
  }

  payload() {
    const { operation, variables } = this.course.subscription();
    return this.requests.body(operation, variables);
  }

  /** Asks until the end (true), or until it is time to try the socket again (false). */
  async byAsking() {
    const until = Date.now() + this.timing.socketAgainMs;
    while (!this.stopped && Date.now() < until) {
      try {
        if (await this.course.poll()) return true;
        this.failures = 0;
      } catch (failure) {
        if (!failure.retryable) throw failure;
        await this.surroundings.pause(Math.max(failure.retryAfterMs || 0, backoff(this.failures, this.timing)));
        this.failures += 1;
        return false;
      }
    }
    return false;
  }
}

module.exports = { Follower };
