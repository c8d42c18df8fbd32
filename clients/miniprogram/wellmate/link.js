'use strict';

const { fromGraphql, WellmateError } = require('./errors');
const { Heartbeat } = require('./heartbeat');
const { backoff } = require('./timing');

const PROTOCOL = 'graphql-transport-ws';
const FORBIDDEN = 4403;
const GOING = 1000;
const MOST_REFUSALS = 5;

/**
 * One graphql-transport-ws socket for all subscriptions. It opens with the first one, comes back by itself after every loss, and
 * then asks each subscription where to go on: `sink.payload()` is called at every (re)subscription.
 *
 * A sink has `payload()`, `next(data)`, `error(failure)`, `complete()` and `down(failures)`, which counts the attempts in a row
 * that brought nothing.
 */
class Link {
  constructor({ wx, url, timing, requests, surroundings }) {
    Object.assign(this, { wx, url, timing, requests, surroundings, tokens: requests.tokens });
    this.sinks = new Map();
    this.lastId = 0;
    this.failures = 0;
    this.refusals = 0;
    this.refusedInRow = 0;
    this.renewing = false;
    this.socket = null;
    this.timers = {};
    this.heartbeat = new Heartbeat(timing, () => this.transmit({ type: 'ping' }), () => this.lost());
    surroundings.listen(() => this.lookAround());
  }

  subscribe(sink) {
    const id = this.register(sink);
    this.forget('idle');
    if (this.ready) this.start(id, sink);
    else this.wake();
  }

  unsubscribe(sink) {
    for (const [id, other] of this.sinks) {
      if (other === sink) this.end(id);
    }
    if (!this.sinks.size) this.later('idle', this.timing.idleMs, () => this.rest());
  }

  /** Ends everything, without a word to the sinks. */
  close() {
    this.sinks.clear();
    this.forget('idle');
    this.rest();
  }

  get ready() {
    return Boolean(this.socket && this.socket.acknowledged);
  }

  // ---- opening

  /** Connect now, whatever wait was going on. */
  wake() {
    if (this.socket || this.surroundings.hidden || this.renewing || !this.sinks.size) return;
    this.forget('again');
    this.connect();
  }

  connect() {
    const socket = { token: this.tokens.access, acknowledged: false, asked: new Map() };
    // wx may report a loss twice, and late: only the newest socket is listened to.
    const mine = (then) => (event) => this.socket === socket && then(event || {});
    this.socket = socket;
    this.later('ack', this.timing.ackMs, () => this.lost());
    socket.task = this.wx.connectSocket({ url: this.url, protocols: [PROTOCOL], fail: mine(() => this.lost()) });
    socket.task.onOpen(mine(() => this.greet()));
    socket.task.onMessage(mine(({ data }) => this.hear(data)));
    socket.task.onError(mine(() => this.lost()));
    socket.task.onClose(mine(({ code }) => this.lost(code)));
  }

  greet() {
    const { token } = this.socket;
    this.transmit({ type: 'connection_init', payload: token ? { Authorization: `Bearer ${token}` } : {} });
  }

  acknowledged() {
    this.forget('ack');
    this.socket.acknowledged = true;
    this.refusedInRow = 0;
    this.later('steady', this.timing.steadyMs, () => this.proven());
    for (const [id, sink] of [...this.sinks]) this.start(id, sink);
  }

  // A server that accepts and drops at once would otherwise be called again and again without a pause.
  proven() {
    this.failures = 0;
    this.refusals = 0;
  }

  // ---- talking

  register(sink) {
    this.lastId += 1;
    const id = String(this.lastId);
    this.sinks.set(id, sink);
    return id;
  }

  start(id, sink) {
    const payload = sink.payload();
    this.socket.asked.set(id, payload);
    this.transmit({ id, type: 'subscribe', payload });
  }

  end(id) {
    this.sinks.delete(id);
    if (this.ready) this.transmit({ id, type: 'complete' });
  }

  transmit(message) {
    const { socket } = this;
    if (!socket) return;
    socket.task.send({ data: JSON.stringify(message), fail: () => this.socket === socket && this.lost() });
  }

  hear(text) {
    this.heartbeat.heard();
    const { type, id, payload } = JSON.parse(text);
    if (type === 'connection_ack') this.acknowledged();
    else if (type === 'ping') this.transmit({ type: 'pong' });
    else if (this.sinks.has(id)) this.deliver(type, id, payload);
  }

  deliver(type, id, payload) {
    const sink = this.sinks.get(id);
    if (type === 'next' && payload.data) {
      this.proven();
      sink.next(payload.data);
    } else if (type === 'next') {
      this.end(id);
      this.refused(id, sink, payload.errors);
    } else {
      this.sinks.delete(id);
      if (type === 'complete') sink.complete();
      else this.refused(id, sink, payload);
    }
  }

  // Neither a token that has run out nor a document that the server does not know by its hash is a failure of the subscription.
  refused(id, sink, errors) {
    const failure = fromGraphql(errors, {});
    if (this.requests.fallsBackToText(failure, this.socket.asked.get(id))) {
      this.subscribe(sink);
    } else if (failure.code === 'UNAUTHENTICATED' && this.socket.token) {
      this.register(sink);
      this.lost(FORBIDDEN);
    } else {
      sink.error(failure);
    }
  }

  // ---- losing and coming back

  lost(code) {
    const { token } = this.socket;
    this.drop();
    if (code === FORBIDDEN) this.comeBackWithNewToken(token);
    else this.comeBackLater();
  }

  comeBackLater() {
    this.failures += 1;
    for (const sink of [...this.sinks.values()]) sink.down(this.failures);
    this.later('again', backoff(this.failures - 1, this.timing), () => this.wake());
  }

  async comeBackWithNewToken(token) {
    this.refusals += 1;
    this.refusedInRow += 1;
    this.renewing = true;
    try {
      if (this.refusedInRow > MOST_REFUSALS) throw new WellmateError('UNAUTHENTICATED', '登录已过期，请重新登录');
      await this.tokens.renew(token);
      this.renewing = false;
      this.later('again', this.refusals > 1 ? backoff(this.refusals, this.timing) : 0, () => this.wake());
    } catch (failure) {
      this.renewing = false;
      if (failure.retryable) this.comeBackLater();
      else this.fail(failure);
    }
  }

  fail(failure) {
    const sinks = [...this.sinks.values()];
    this.sinks.clear();
    this.refusedInRow = 0;
    this.proven();
    sinks.forEach((sink) => sink.error(failure));
  }

  drop() {
    const { socket } = this;
    this.socket = null;
    ['ack', 'steady', 'again'].forEach((name) => this.forget(name));
    this.heartbeat.stop();
    if (socket && socket.task) socket.task.close({ code: GOING });
  }

  rest() {
    this.drop();
    this.proven();
  }

  // A socket of the network before is often dead without a word.
  lookAround() {
    if (this.surroundings.hidden) this.drop();
    else if (this.ready) this.heartbeat.probe();
    else this.wake();
  }

  later(name, ms, action) {
    this.forget(name);
    this.timers[name] = setTimeout(action, ms);
  }

  forget(name) {
    clearTimeout(this.timers[name]);
  }
}

module.exports = { Link };
