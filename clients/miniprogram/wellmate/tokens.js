'use strict';

const { WellmateError } = require('./errors');
const { persistently } = require('./timing');

/**
 * The caller's tokens, kept in the phone's storage. However many requests find the access token expired at the same time, it is
 * renewed once.
 */
class Tokens {
  /** `exchange(refreshToken)` and `signInAgain()` resolve to an AuthPayload; `signInAgain` may be null. */
  constructor({ wx, key, timing, exchange, signInAgain, onSignedOut }) {
    Object.assign(this, { wx, key, timing, exchange, signInAgain, onSignedOut });
    this.current = wx.getStorageSync(key) || null;
    this.renewal = null;
  }

  get access() {
    return this.current && this.current.accessToken;
  }

  /** Keep an AuthPayload; `via` is 'wechat' when wx.login can repeat it without asking anyone. */
  save(payload, via) {
    const { accessToken, accessExpiresAt, refreshToken } = payload;
    this.current = { accessToken, accessExpiresAt, refreshToken, via };
    this.wx.setStorageSync(this.key, this.current);
  }

  clear() {
    this.current = null;
    this.wx.removeStorageSync(this.key);
  }

  /** Will the access token be refused `ms` from now, by this phone's clock? */
  expiresWithin(ms) {
    return Boolean(this.current) && Date.parse(this.current.accessExpiresAt) < Date.now() + ms;
  }

  /** Resolves when there is another access token than `stale`; rejects with UNAUTHENTICATED when there is none to be had. */
  renew(stale) {
    if (this.access && this.access !== stale) return Promise.resolve();
    if (!this.renewal) {
      this.renewal = this.renewOnce().finally(() => {
        this.renewal = null;
      });
    }
    return this.renewal;
  }

  async renewOnce() {
    const before = this.current;
    if (!before) throw new WellmateError('UNAUTHENTICATED', '请先登录');
    try {
      const payload = await persistently(() => this.exchange(before.refreshToken), this.timing);
      if (this.current === before) this.save(payload, before.via);
    } catch (failure) {
      if (failure.retryable) throw failure;
      if (this.current === before) await this.startOver(before);
    }
  }

  async startOver(before) {
    if (before.via === 'wechat' && this.signInAgain) {
      this.save(await this.signInAgain(), 'wechat');
      return;
    }
    this.clear();
    this.onSignedOut();
    throw new WellmateError('UNAUTHENTICATED', '登录已过期，请重新登录');
  }
}

module.exports = { Tokens };
