// The little of api.weixin.qq.com that a sign-in needs: each code is good once, and says who it is for.
import { once } from 'node:events';
import http from 'node:http';

export async function startWechat() {
  const used = new Set();
  const server = http.createServer((request, response) => {
    const code = new URL(request.url, 'http://wechat').searchParams.get('js_code');
    const answer = used.has(code) ? { errcode: 40163, errmsg: 'code been used' } : { openid: code.split('.')[0], session_key: 'c2Vzc2lvbg==' };
    used.add(code);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = {
    WELLMATE_WECHAT_URL: `http://127.0.0.1:${server.address().port}`,
    WELLMATE_WECHAT_APP_ID: 'wx0123456789abcdef',
    WELLMATE_WECHAT_APP_SECRET: 'wechat-app-secret-0123456789abcd',
  };
  return { settings, stop: () => (server.closeAllConnections(), server.close()) };
}
