// 服务器地址。正式发布前，请在小程序后台把该域名加入 request、socket、uploadFile 的合法域名。
module.exports = { url: 'http://127.0.0.1:8000/graphql' };
