const { newKey } = require('../../wellmate/index.js');
const { added, asShown, isRunning, replaced } = require('./messages.js');

const app = getApp();
const PAGE = 20;
// setData 很贵：流式文字攒够一小段时间再画。
const DRAW_MS = 80;
// 群里人多话多：读到哪里，攒一秒再说，否则每句话都要告诉所有人一遍。
const READ_MS = 1000;

Page({
  data: { messages: [], draft: '', bottom: 1e6, more: false, running: '', failure: '' },

  async onLoad({ sessionId = null, assistant = 'general' }) {
    Object.assign(this, { sessionId, assistant, watches: {}, unseen: {} });
    try {
      this.client = await app.ready();
      this.me = (await this.client.request('Me')).me.id;
      this.follow();
      if (sessionId) await this.loadEarlier();
    } catch (failure) {
      this.setData({ failure: failure.message });
    }
  },

  onUnload() {
    if (this.reading) this.sayRead();
    Object.values(this.watches).forEach((watch) => watch.stop());
  },

  // ---- 历史与别人的消息

  follow() {
    this.watches.events = this.client.watchEvents({
      onEvent: ({ message }) => {
        if (!message || message.session.id !== this.sessionId) return;
        this.show(message);
        this.read(message.seq);
      },
      onGap: () => this.sessionId && this.loadEarlier(),
    });
  },

  async loadEarlier() {
    const before = this.before || null;
    const { session } = await this.client.request('Messages', { sessionId: this.sessionId, last: PAGE, before });
    const { nodes, pageInfo } = session.messages;
    this.before = pageInfo.startCursor;
    this.draw(nodes.reduce((messages, message) => added(messages, asShown(message, this.me)), this.data.messages), !before);
    this.setData({ more: pageInfo.hasPreviousPage });
    nodes.filter(isRunning).forEach(({ id }) => this.listen(id));
    if (!before) this.read(session.lastSeq);
  },

  read(seq) {
    this.readSeq = Math.max(this.readSeq || 0, seq);
    this.reading = this.reading || setTimeout(() => this.sayRead(), READ_MS);
  },

  sayRead() {
    clearTimeout(this.reading);
    this.reading = null;
    const read = { sessionId: this.sessionId, seq: this.readSeq };
    this.client.request('MarkRead', read, { repeatable: true }).catch(() => {});
  },

  /** 新消息加到该在的位置，已有的换成新的；还在生成的回答接着看。 */
  show(message) {
    const running = isRunning(message);
    if (running && this.watches[message.id]) return;
    this.draw(added(this.data.messages, asShown(message, this.me)));
    if (running) this.listen(message.id);
  },

  /** scroll-top 变大，列表就滚到底部。 */
  draw(messages, toBottom = true) {
    this.setData({ messages, bottom: this.data.bottom + (toBottom ? 1 : 0) });
  },

  // ---- 发送

  type({ detail }) {
    this.setData({ draft: detail.value });
  },

  send() {
    const text = this.data.draft.trim();
    if (!text) return;
    this.setData({ draft: '' });
    this.deliver({ key: newKey(), text });
  },

  again({ currentTarget: { dataset } }) {
    this.deliver(this.data.messages.find(({ key }) => key === dataset.key));
  },

  /** 幂等键就是本地消息的 key：失败后点「重发」，仍是同一条消息。 */
  async deliver({ key, text }) {
    this.draw(added(this.data.messages, { key, text, mine: true, waiting: true, images: [] }));
    try {
      const sent = await this.client.sendText({ sessionId: this.sessionId, assistant: this.assistant, text, clientKey: key });
      this.arrived(key, sent);
    } catch (failure) {
      this.draw(replaced(this.data.messages, key, { waiting: false, failure: failure.message }));
    }
  },

  arrived(key, { session, message, reply }) {
    this.sessionId = session.id;
    this.draw(this.data.messages.filter((one) => one.key !== key));
    this.show(message);
    if (reply) this.show(reply);
  },

  async sendPicture() {
    const { tempFiles } = await wx.chooseMedia({ count: 1, mediaType: ['image'] });
    const path = tempFiles[0].tempFilePath;
    const key = newKey();
    this.draw(added(this.data.messages, { key, mine: true, waiting: true, text: '', images: [path] }));
    try {
      const onProgress = (percent) => this.draw(replaced(this.data.messages, key, { percent }));
      const file = await this.client.uploadImage(path, { onProgress }).done;
      const { sessionId, assistant } = this;
      this.arrived(key, await this.client.sendImage({ sessionId, assistant, fileIds: [file.id], clientKey: key }));
    } catch (failure) {
      this.draw(replaced(this.data.messages, key, { waiting: false, failure: failure.message }));
    }
  },

  // ---- 回答

  async listen(id) {
    if (this.watches[id]) return;
    const watch = this.client.watchReply(id, { onText: ({ text }) => this.stream(id, text) });
    this.watches[id] = watch;
    this.setData({ running: id });
    try {
      const end = await watch.done;
      if (end) this.finish(id, end.message);
    } catch (failure) {
      this.finish(id, null);
    }
  },

  stream(id, text) {
    this.unseen[id] = text;
    if (!this.timer) this.timer = setTimeout(() => this.flush(), DRAW_MS);
  },

  flush() {
    const texts = Object.entries(this.unseen);
    this.draw(texts.reduce((messages, [id, text]) => replaced(messages, id, { text }), this.data.messages));
    this.timer = null;
    this.unseen = {};
  },

  finish(id, message) {
    delete this.unseen[id];
    this.setData({ running: '' });
    if (!message) return;
    this.show(message);
    this.read(message.seq);
  },

  stop() {
    this.client.request('StopReply', { messageId: this.data.running }).catch(({ message }) => wx.showToast({ title: message, icon: 'none' }));
  },
});
