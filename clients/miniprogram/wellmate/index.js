'use strict';

const { WellmateError, fromFailure } = require('./errors');
const { watchEvents } = require('./events');
const { Link } = require('./link');
const { watchReply } = require('./replies');
const { Requests } = require('./requests');
const { Sender } = require('./sending');
const { Surroundings } = require('./surroundings');
const { DEFAULTS, newKey } = require('./timing');
const { Tokens } = require('./tokens');
const { Uploads } = require('./uploads');

/** The one object that a mini-program needs: see index.d.ts for each option and method. */
class Client {
  constructor(options) {
    const wx = platform(options);
    const timing = { ...DEFAULTS, ...options.timing };
    const { url, language = 'zh-CN', byHash = true } = options;
    this.wx = wx;
    this.tokens = this.makeTokens(options, timing);
    this.requests = new Requests({ wx, url, language, timing, tokens: this.tokens, byHash });
    this.surroundings = new Surroundings(wx, timing);
    this.parts = { wx, timing, requests: this.requests, surroundings: this.surroundings };
    this.link = new Link({ ...this.parts, url: options.socketUrl || url.replace(/^http/, 'ws') });
    this.parts.link = this.link;
    this.sender = new Sender(this.parts);
    this.uploads = new Uploads(this.parts);
    this.watches = new Set();
  }

  makeTokens({ storageKey = 'wellmate.tokens', autoSignIn = true, onSignedOut = () => {} }, timing) {
    return new Tokens({
      wx: this.wx,
      timing,
      key: storageKey,
      onSignedOut,
      exchange: (refreshToken) => this.askForTokens('RefreshToken', { refreshToken }),
      signInAgain: autoSignIn ? () => this.askWechat() : null,
    });
  }

  // ---- who is calling

  get signedIn() {
    return Boolean(this.tokens.access);
  }

  /** By wx.login, without asking the user anything. `phoneCode` comes from a button with open-type="getPhoneNumber". */
  async signIn({ phoneCode } = {}) {
    return this.keep(await this.askWechat(phoneCode), 'wechat');
  }

  /** By any operation that answers with tokens: Login, LoginWithPhone, Register, ChangePassword, ResetPassword. */
  async signInWith(operation, variables) {
    const payload = this.signedIn ? first(await this.requests.send(operation, variables)) : await this.askForTokens(operation, variables);
    return this.keep(payload, 'credentials');
  }

  async signOut({ allDevices = false } = {}) {
    try {
      if (this.signedIn) await this.requests.send('Logout', { allDevices });
    } finally {
      this.stopWatching();
      this.tokens.clear();
    }
  }

  keep(payload, via) {
    this.tokens.save(payload, via);
    return { user: payload.user, isNewUser: payload.isNewUser };
  }

  async askWechat(phoneCode) {
    const code = await new Promise((resolve, reject) => {
      this.wx.login({ success: (result) => resolve(result.code), fail: (failure) => reject(fromFailure(failure)) });
    });
    return this.askForTokens('LoginWithWechat', { code, phoneCode });
  }

  async askForTokens(operation, variables) {
    return first(await this.requests.sendAnonymously(operation, variables));
  }

  // ---- asking and telling

  /** `data` of a query or mutation: the name of a compiled operation, or `{ name, kind, text }`. */
  request(operation, variables, options) {
    return this.requests.send(operation, variables, options);
  }

  sendText(input) {
    return this.sender.sendText(input);
  }

  sendImage(input) {
    return this.sender.sendImage(input);
  }

  regenerateReply(messageId, clientKey) {
    return this.sender.regenerate(messageId, clientKey);
  }

  watchReply(messageId, options) {
    return this.followed(watchReply(this.parts, messageId, options));
  }

  watchEvents(options) {
    return this.followed(watchEvents(this.parts, options));
  }

  uploadImage(filePath, options) {
    return this.uploads.image(filePath, options);
  }

  uploadFile(filePath, options) {
    return this.uploads.file(filePath, options);
  }

  followed(watch) {
    const forget = () => this.watches.delete(watch);
    this.watches.add(watch);
    watch.done.then(forget, forget);
    return watch;
  }

  stopWatching() {
    this.watches.forEach((watch) => watch.stop());
    this.link.close();
  }

  /** Stops every watch and lets go of the socket and of the app's events. */
  close() {
    this.stopWatching();
    this.surroundings.close();
  }
}

// WeChat gives `wx` to every module, but not as a property of a global object.
function platform({ wx: given }) {
  return given || wx;
}

function first(data) {
  return Object.values(data)[0];
}

function createClient(options) {
  return new Client(options);
}

module.exports = { createClient, newKey, WellmateError };
