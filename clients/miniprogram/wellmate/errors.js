'use strict';

const RETRYABLE = ['NETWORK', 'TIMEOUT', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'INTERNAL_SERVER_ERROR'];
const CODE_OF_STATUS = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 408: 'TIMEOUT', 413: 'PAYLOAD_TOO_LARGE', 429: 'RATE_LIMITED' };

/**
 * Whatever went wrong, in one shape. `code` is the server's ErrorCode, or NETWORK, TIMEOUT, ABORTED, PROTOCOL of this module.
 * `message` is for people; `field`, `retryAfterMs`, `requestId`, `status`, `errors`, `data` are there when they are known.
 */
class WellmateError extends Error {
  constructor(code, message, details) {
    super(message);
    this.name = 'WellmateError';
    this.code = code;
    Object.assign(this, details);
  }

  /** True when the same request may succeed later. */
  get retryable() {
    return RETRYABLE.includes(this.code);
  }
}

/** Out of the `errors` of a GraphQL answer; the first one speaks for all. */
function fromGraphql(errors, details) {
  const first = errors[0] || {};
  const { code, field, retryAfterMs, requestId } = first.extensions || {};
  return new WellmateError(code || 'INTERNAL_SERVER_ERROR', first.message || '服务器出错了', {
    field,
    retryAfterMs,
    requestId,
    errors,
    ...details,
  });
}

/** Out of an HTTP answer that is no GraphQL, such as a proxy's own page. */
function fromStatus(status, headers) {
  const code = CODE_OF_STATUS[status] || (status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'PROTOCOL');
  return new WellmateError(code, `服务器没有正常回答（${status}）`, { status, retryAfterMs: retryAfter(headers) });
}

/** Out of the argument of a `fail` callback of wx. */
function fromFailure(failure) {
  const text = (failure && failure.errMsg) || '';
  if (/abort/i.test(text)) return new WellmateError('ABORTED', '已取消');
  if (/time\s?out/i.test(text)) return new WellmateError('TIMEOUT', '网络超时，请稍后再试', { detail: text });
  return new WellmateError('NETWORK', '网络连接失败，请检查网络', { detail: text });
}

function retryAfter(headers) {
  const name = Object.keys(headers || {}).find((key) => key.toLowerCase() === 'retry-after');
  const seconds = Number(name && headers[name]);
  return seconds > 0 ? seconds * 1000 : undefined;
}

module.exports = { WellmateError, fromFailure, fromGraphql, fromStatus, retryAfter };
