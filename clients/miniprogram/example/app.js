const { createClient } = require('./wellmate/index.js');
const { url } = require('./config.js');

App({
  onLaunch() {
    this.client = createClient({
      url,
      onSignedOut: () => wx.showToast({ title: '登录已过期，请重新打开小程序', icon: 'none' }),
    });
  },

  /** 已登录则立即返回，否则用 wx.login 静默登录。 */
  async ready() {
    if (!this.client.signedIn) await this.client.signIn();
    return this.client;
  },
});
