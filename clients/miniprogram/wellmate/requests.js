'use strict';

const { post, readAnswer, upload } = require('./http');
const operations = require('./operations');
const { persistently } = require('./timing');

const MOST_RENEWALS = 2;

/** Sends operations: by hash where the server knows their documents, with the caller's token, renewed when it has expired. */
class Requests {
  constructor({ wx, url, language, timing, tokens, byHash }) {
    Object.assign(this, { wx, url, timing, tokens, byHash });
    this.headers = { 'accept-language': language };
  }

  /** The JSON of a request. `operation` is the name of a compiled one, or `{ name, kind, text }`. */
  body(operation, variables) {
    const { id, text, name } = found(operation);
    const document = this.byHash && id ? { documentId: `sha256:${id}` } : { query: text };
    return { ...document, operationName: name, variables: variables || {} };
  }

  /** Queries are repeated while the network fails, and so are mutations that are said to be repeatable. */
  send(operation, variables, { repeatable = found(operation).kind === 'query', timeoutMs } = {}) {
    const once = () => this.authorized(() => this.once(operation, variables, timeoutMs));
    return repeatable ? persistently(once, this.timing) : once();
  }

  /** Without a token, and without renewing one. */
  sendAnonymously(operation, variables) {
    return this.plainly(operation, variables, (body) => this.post(body, this.headers));
  }

  /** `once` again with a new token, if it was refused with an old one. */
  async authorized(once, renewals = MOST_RENEWALS) {
    const token = this.tokens.access;
    try {
      return await once();
    } catch (failure) {
      if (failure.code !== 'UNAUTHENTICATED' || !token || !renewals) throw failure;
      await this.tokens.renew(token);
      return this.authorized(once, renewals - 1);
    }
  }

  once(operation, variables, timeoutMs) {
    return this.plainly(operation, variables, (body) => this.post(body, this.authorizedHeaders(), timeoutMs));
  }

  /** One file in the form of the GraphQL multipart request specification; `variables.file` stands for it. */
  sendFile(operation, variables, filePath, { onProgress, onTask }) {
    return this.plainly(operation, { ...variables, file: null }, async (body) => {
      const answer = await upload(this.wx, {
        url: this.url,
        filePath,
        name: '0',
        formData: { operations: JSON.stringify(body), map: '{"0":["variables.file"]}' },
        headers: this.authorizedHeaders(),
        timeoutMs: this.timing.uploadMs,
        onProgress,
        onTask,
      });
      return readAnswer(answer.status, answer.headers, answer.body);
    });
  }

  authorizedHeaders() {
    return this.tokens.access ? { ...this.headers, authorization: `Bearer ${this.tokens.access}` } : this.headers;
  }

  post(body, headers, timeoutMs) {
    return post(this.wx, { url: this.url, headers, body, timeoutMs: timeoutMs || this.timing.requestMs });
  }

  async plainly(operation, variables, sent) {
    const body = this.body(operation, variables);
    try {
      return await sent(body);
    } catch (failure) {
      if (!this.fallsBackToText(failure, body)) throw failure;
      return sent(this.body(operation, variables));
    }
  }

  /** A server that does not know a document refuses it before anything runs: from then on the text is sent. */
  fallsBackToText(failure, body) {
    const unknown = failure.code === 'BAD_REQUEST' && Boolean(body.documentId);
    if (unknown) this.byHash = false;
    return unknown;
  }
}

function found(operation) {
  return typeof operation === 'string' ? operations[operation] : operation;
}

module.exports = { Requests };
