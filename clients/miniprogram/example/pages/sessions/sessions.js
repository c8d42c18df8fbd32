const app = getApp();

Page({
  data: { assistants: [], sessions: [], failure: '' },

  onShow() {
    this.load();
  },

  async onPullDownRefresh() {
    await this.load();
    wx.stopPullDownRefresh();
  },

  async load() {
    try {
      const client = await app.ready();
      const [{ clientConfig }, { me }] = await Promise.all([client.request('Start'), client.request('Sessions', { first: 50 })]);
      this.setData({ assistants: clientConfig.assistants, sessions: me.sessions.nodes, failure: '' });
    } catch (failure) {
      this.setData({ failure: failure.message });
    }
  },

  open({ currentTarget: { dataset } }) {
    wx.navigateTo({ url: `/pages/chat/chat?sessionId=${dataset.id}` });
  },

  begin({ currentTarget: { dataset } }) {
    wx.navigateTo({ url: `/pages/chat/chat?assistant=${dataset.slug}` });
  },
});
