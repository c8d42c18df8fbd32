// A small stand-in for the server: it speaks the wire formats, keeps its promises, and misbehaves when a test asks for it.
import { createRequire } from 'node:module';
import http from 'node:http';
import { WebSocketServer } from 'ws';

const operations = createRequire(import.meta.url)('../wellmate/operations.js');
const NAME_OF_ID = Object.fromEntries(Object.values(operations).map(({ id, name }) => [`sha256:${id}`, name]));
const HOUR = 3600_000;

export class GraphqlError extends Error {
  constructor(code, message, extensions = {}) {
    super(message);
    this.extensions = { code, requestId: 'req-1', ...extensions };
  }
}

export async function openStandin() {
  const standin = new Standin();
  await new Promise((resolve) => standin.server.listen(0, '127.0.0.1', resolve));
  standin.port = standin.server.address().port;
  standin.url = `http://127.0.0.1:${standin.port}/graphql`;
  return standin;
}

class Standin {
  constructor() {
    this.calls = [];
    this.subscribed = [];
    this.inits = [];
    this.knownDocuments = true;
    this.tokens = new Map();
    this.count = 0;
    this.sent = new Map();
    this.replies = new Map();
    this.events = [];
    this.watchers = new Set();
    this.answers = { ...ANSWERS };
    this.before = async () => {};
    this.unreached = () => false;
    this.server = http.createServer((request, response) => this.serve(request, response));
    this.sockets = new WebSocketServer({ server: this.server, handleProtocols: (offered) => [...offered][0] });
    this.sockets.on('connection', (socket) => this.connected(socket));
  }

  close() {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  callsOf(name) {
    return this.calls.filter((call) => call.name === name);
  }

  // ---- HTTP

  async serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    if (this.unreached()) return response.destroy();
    if (request.url === '/bucket') return this.store(raw, response);
    const body = readBody(request.headers['content-type'], raw);
    const name = NAME_OF_ID[body.documentId] ?? body.operationName;
    const call = { name, body, token: bearer(request.headers.authorization), headers: request.headers, raw };
    this.calls.push(call);
    const answer = await this.answer(call);
    await this.before(call, response);
    if (!response.writableEnded && !response.destroyed) sendJson(response, answer);
  }

  store(raw, response) {
    this.stored = raw.toString('latin1');
    response.writeHead(204).end();
  }

  async answer(call) {
    try {
      if (call.body.documentId && !this.knownDocuments) throw new GraphqlError('BAD_REQUEST', '未知的文档');
      if (!PUBLIC.has(call.name)) this.check(call.token);
      return { data: await this.answers[call.name](this, call.body.variables, call) };
    } catch (error) {
      return { errors: [{ message: error.message, extensions: error.extensions }] };
    }
  }

  check(token) {
    if (!this.tokens.get(token)) throw new GraphqlError('UNAUTHENTICATED', '请先登录');
  }

  issue(via = 'n') {
    this.count += 1;
    const payload = { accessToken: `access-${via}-${this.count}`, refreshToken: `refresh-${via}-${this.count}` };
    this.tokens.set(payload.accessToken, true);
    this.tokens.set(payload.refreshToken, true);
    const later = new Date(Date.now() + HOUR).toISOString();
    return { ...payload, accessExpiresAt: later, refreshExpiresAt: later, isNewUser: false, user: { id: 'u1', username: 'wx' } };
  }

  expireAccess() {
    for (const token of this.tokens.keys()) if (token.startsWith('access')) this.tokens.delete(token);
  }

  // ---- sockets

  connected(socket) {
    const streams = new Map();
    socket.on('message', (data) => this.told(socket, streams, JSON.parse(data)));
    socket.on('close', () => streams.forEach((end) => end()));
  }

  told(socket, streams, { type, id, payload }) {
    if (type === 'connection_init') return this.init(socket, payload);
    if (type === 'ping') return this.deaf ? null : say(socket, { type: 'pong' });
    if (type === 'subscribe') return this.start(socket, streams, id, payload);
    if (type === 'complete') streams.get(id)?.();
    return null;
  }

  init(socket, payload) {
    const token = bearer(payload?.Authorization);
    this.inits.push(token);
    if (this.mute) return null;
    if (!this.tokens.get(token)) return socket.close(4403, 'Forbidden');
    return say(socket, { type: 'connection_ack' });
  }

  start(socket, streams, id, payload) {
    const name = NAME_OF_ID[payload.documentId] ?? payload.operationName;
    this.subscribed.push({ name, ...payload });
    const next = (data) => say(socket, { id, type: 'next', payload: { data } });
    const complete = () => say(socket, { id, type: 'complete' });
    const refuse = (code, message) => say(socket, { id, type: 'error', payload: [{ message, extensions: { code } }] });
    if (payload.documentId && !this.knownDocuments) return refuse('BAD_REQUEST', '未知的文档');
    return streams.set(id, STREAMS[name](this, payload.variables, { next, complete, refuse }) ?? (() => {}));
  }

  // ---- the little that it knows of chats

  /** A reply whose text comes in pieces, one every `ms`. */
  reply(id, pieces, { ms = 5, end = 'ReplyDone' } = {}) {
    const reply = { id, pieces, text: '', ended: false, wake: new Set(), attempt: 1 };
    this.replies.set(id, reply);
    const timer = setInterval(() => {
      reply.text += reply.pieces.shift() ?? '';
      if (!reply.pieces.length) {
        clearInterval(timer);
        reply.ended = end;
      }
      reply.wake.forEach((wake) => wake());
    }, ms);
    return reply;
  }

  event(text) {
    this.events.push(text);
    this.watchers.forEach((wake) => wake());
  }
}

const PUBLIC = new Set(['LoginWithWechat', 'Login', 'RefreshToken', 'Start']);

const ANSWERS = {
  Start: () => ({ serverTime: '2026-01-01T00:00:00Z', clientConfig: {} }),
  Me: () => ({ me: { id: 'u1' } }),
  Logout: () => ({ logout: true }),
  Login: (standin) => ({ login: standin.issue('password') }),
  LoginWithWechat: (standin) => ({ loginWithWechat: standin.issue('wechat') }),
  RefreshToken(standin, { refreshToken }) {
    standin.check(refreshToken);
    standin.tokens.delete(refreshToken);
    return { refreshToken: standin.issue() };
  },
  SendText(standin, { input }) {
    const key = `${input.sessionId} ${input.clientKey}`;
    const duplicate = standin.sent.has(key);
    if (!duplicate) standin.sent.set(key, input.text);
    return { sendText: { duplicate, session: { id: input.sessionId }, message: { content: input.text }, reply: null } };
  },
  Message: (standin, { id }) => ({ message: messageOf(standin.replies.get(id)) }),
  async ReplyProgress(standin, { messageId, after, waitMs }) {
    const reply = standin.replies.get(messageId);
    const { reset, text, cursor } = since(reply, after);
    if (!text && !reply.ended && waitMs) await new Promise((resolve) => reply.wake.add(resolve));
    const seen = text || reply.ended ? { reset, text, cursor } : since(reply, after);
    return { replyProgress: { ...seen, state: 'STREAMING', done: Boolean(reply.ended) && seen.cursor === cursorOf(reply) } };
  },
  Changes: (standin, { after }) => {
    const events = after == null ? [] : standin.events.slice(Number(after)).map((text, index) => eventOf(text, Number(after) + index + 1));
    return { changes: { events, cursor: String(standin.events.length), hasMore: false } };
  },
  UploadImage: (_standin, _variables, { body }) => ({ uploadImage: { id: 'f1', bytes: body.file.length } }),
  RequestUpload: (standin) => ({
    requestUpload: { file: { id: 'f2' }, method: 'POST', url: `http://127.0.0.1:${standin.port}/bucket`, headers: {}, formFields: { key: 'u1/f2', policy: 'p' } },
  }),
  CompleteUpload: (_standin, { fileId }) => ({ completeUpload: { id: fileId } }),
};

const STREAMS = {
  WatchReply(standin, { messageId, after }, { next, complete, refuse }) {
    const reply = standin.replies.get(messageId);
    if (!reply) return refuse('NOT_FOUND', '没有找到');
    let cursor = after;
    const advance = () => {
      const seen = since(reply, cursor);
      cursor = seen.cursor;
      if (seen.text || seen.reset) next({ replyStream: { __typename: seen.reset ? 'ReplyReset' : 'ReplyDelta', ...seen } });
      if (!reply.ended) return;
      reply.wake.delete(advance);
      next({ replyStream: { __typename: reply.ended, cursor, code: 'UPSTREAM_TIMEOUT', retryable: true, message: messageOf(reply) } });
      complete();
    };
    reply.wake.add(advance);
    advance();
    return () => reply.wake.delete(advance);
  },
  WatchEvents(standin, { after }, { next, refuse }) {
    if (after === 'too old') return refuse('CONFLICT', '游标太旧');
    if (after === 'foreign') return refuse('BAD_USER_INPUT', '无效的游标');
    let seen = Number(after);
    const advance = () => {
      while (seen < standin.events.length) next({ userEvents: eventOf(standin.events[seen], (seen += 1)) });
    };
    standin.watchers.add(advance);
    advance();
    return () => standin.watchers.delete(advance);
  },
};

function since(reply, after) {
  const [attempt, position] = (after ?? `${reply.attempt}:0`).split(':').map(Number);
  const reset = attempt !== reply.attempt;
  const text = [...reply.text].slice(reset ? 0 : position).join('');
  return { reset, text, cursor: cursorOf(reply) };
}

function cursorOf({ attempt, text }) {
  return `${attempt}:${[...text].length}`;
}

function messageOf({ id, text, ended }) {
  return { id, content: text, state: ended === 'ReplyFailed' ? 'FAILED' : 'COMPLETE', errorCode: ended === 'ReplyFailed' ? 'UPSTREAM_TIMEOUT' : null };
}

function eventOf(text, cursor) {
  return { __typename: 'MessageAdded', cursor: String(cursor), message: { content: text } };
}

function say(socket, message) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function sendJson(response, answer) {
  const status = answer.errors?.[0].extensions?.code === 'RATE_LIMITED' ? 429 : 200;
  response.writeHead(status, { 'content-type': 'application/graphql-response+json' }).end(JSON.stringify(answer));
}

function bearer(text) {
  return /^Bearer (.+)$/.exec(text ?? '')?.[1];
}

function readBody(type, raw) {
  const boundary = /boundary=(.+)$/.exec(type)?.[1];
  if (!boundary) return JSON.parse(raw);
  const parts = Object.fromEntries(
    raw
      .toString('latin1')
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => [/name="([^"]+)"/.exec(part)[1], part.slice(part.indexOf('\r\n\r\n') + 4, -2)]),
  );
  return { ...JSON.parse(Buffer.from(parts.operations, 'latin1')), map: JSON.parse(parts.map), file: parts[0] };
}
