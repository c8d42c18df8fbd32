// Serves the simulator and the example, and passes all else on to the server, so that the page has one address only.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = fileURLToPath(new URL('../../clients/miniprogram/', import.meta.url));
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', png: 'image/png' };

export async function openHost(test, port) {
  const host = http.createServer((request, response) => {
    const ours = /^\/(simulator\/|example\.json)/.test(request.url);
    return ours ? serve(request.url.split('?')[0], response) : pass(port, request, response);
  });
  host.on('upgrade', (request, socket, head) => passSocket(port, request, socket, head));
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  test.after(() => (host.closeAllConnections(), host.close()));
  return `http://127.0.0.1:${host.address().port}`;
}

function serve(path, response) {
  if (path === '/example.json') return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(exampleFiles()));
  if (!/^\/simulator\/[\w.]+$/.test(path)) return response.writeHead(404).end();
  return response.writeHead(200, { 'content-type': TYPES[path.split('.').pop()] }).end(readFileSync(HERE + path));
}

function exampleFiles() {
  const files = {};
  for (const [folder, prefix] of [['example/', ''], ['wellmate/', 'wellmate/']]) {
    for (const entry of readdirSync(CLIENT + folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
      files[prefix + path.slice((CLIENT + folder).length).replace(/^\//, '')] = readFileSync(path, 'utf8');
    }
  }
  return { ...files, 'config.js': "module.exports = { url: location.origin + '/graphql' };" };
}

function pass(port, request, response) {
  const { method, url: path, headers } = request;
  const onward = http.request({ port, host: '127.0.0.1', method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

function passSocket(port, request, socket, head) {
  const onward = net.connect(port, '127.0.0.1', () => {
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    onward.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
}
