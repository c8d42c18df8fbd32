// A phone: the part of `wx` that the client uses, over real sockets.
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import { basename } from 'node:path';
import WebSocket from 'ws';

const EVENTS = ['AppShow', 'AppHide', 'NetworkStatusChange'];

export function makePhone({ agent = new http.Agent({ keepAlive: true }), fileFirst = false, openid = 'code' } = {}) {
  const listeners = Object.fromEntries(EVENTS.map((name) => [name, new Set()]));
  const storage = new Map();
  let logins = 0;
  const wx = {
    request: (options) => request(agent, options),
    uploadFile: (options) => uploadFile(agent, fileFirst, options),
    connectSocket,
    login: ({ success }) => success({ code: `${openid}.${(logins += 1)}` }),
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => storage.set(key, structuredClone(value)),
    removeStorageSync: (key) => storage.delete(key),
    getFileSystemManager: () => ({ getFileInfo }),
  };
  for (const name of EVENTS) {
    wx[`on${name}`] = (hook) => listeners[name].add(hook);
    wx[`off${name}`] = (hook) => listeners[name].delete(hook);
  }
  const happen = (name, event) => [...listeners[name]].forEach((hook) => hook(event));
  return { wx, storage, happen, get logins() { return logins; } };
}

function request(agent, { url, method, header, data, timeout, success, fail }) {
  return exchange(agent, { url, method, headers: header, timeout, success, fail }, (call) => call.end(data));
}

// As in WeChat: an answer of whatever status is a success, JSON is parsed where it can be.
function exchange(agent, { url, method, headers, timeout, success, fail, text = false }, write) {
  const failed = (errMsg) => fail?.({ errMsg });
  const call = http.request(url, { method, headers, agent, timeout }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('error', () => failed('request:fail interrupted'));
    answer.on('end', () => {
      if (!answer.complete) return;
      const body = Buffer.concat(chunks).toString();
      success({ statusCode: answer.statusCode, header: answer.headers, data: text ? body : parsed(body) });
    });
  });
  call.on('timeout', () => call.destroy(new Error('timeout')));
  call.on('error', ({ message }) => failed(`request:fail ${message}`));
  write(call);
  return call;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function uploadFile(agent, fileFirst, { url, filePath, name, formData, header, timeout, success, fail }) {
  const progress = new Set();
  const boundary = `wx${Math.random().toString(16).slice(2)}`;
  const headers = { ...header, 'content-type': `multipart/form-data; boundary=${boundary}` };
  const fields = Object.entries(formData ?? {}).map(([key, value]) => part(boundary, `name="${key}"`, '', value));
  const file = [part(boundary, `name="${name}"; filename="${basename(filePath)}"`, 'content-type: image/png\r\n', ''), filePath];
  const parts = fileFirst ? [file, '\r\n', ...fields] : [...fields, file, '\r\n'];
  const call = exchange(agent, { url, method: 'POST', headers, timeout, success, fail, text: true }, async (request) => {
    await writeParts(request, [...parts, `--${boundary}--\r\n`], (percent) => progress.forEach((hook) => hook({ progress: percent })));
  });
  return { abort: () => call.destroy(new Error('abort')), onProgressUpdate: (hook) => progress.add(hook) };
}

function part(boundary, disposition, type, value) {
  return `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${type}\r\n${value}${value === '' ? '' : '\r\n'}`;
}

async function writeParts(request, parts, onProgress) {
  for (const one of parts) {
    if (typeof one === 'string') request.write(one);
    else await writeFile(request, one, onProgress);
  }
  if (!request.destroyed) request.end();
}

async function writeFile(request, [head, path], onProgress) {
  const { size } = statSync(path);
  request.write(head);
  let sent = 0;
  for await (const chunk of createReadStream(path)) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve).once('close', resolve));
    sent += chunk.length;
    onProgress(Math.floor((sent / size) * 100));
  }
}

function connectSocket({ url, protocols }) {
  const socket = new WebSocket(url, protocols);
  const hooks = {};
  const on = (name) => (hook) => (hooks[name] = hook);
  socket.on('open', () => hooks.open?.({}));
  socket.on('message', (data) => hooks.message?.({ data: data.toString() }));
  socket.on('error', ({ message }) => hooks.error?.({ errMsg: message }));
  socket.on('close', (code, reason) => hooks.close?.({ code, reason: reason.toString() }));
  return {
    onOpen: on('open'),
    onMessage: on('message'),
    onError: on('error'),
    onClose: on('close'),
    send: ({ data, fail }) => (socket.readyState === WebSocket.OPEN ? socket.send(data) : fail?.({ errMsg: 'sendSocketMessage:fail' })),
    close: ({ code }) => (socket.readyState === WebSocket.OPEN ? socket.close(code) : socket.terminate()),
  };
}

function getFileInfo({ filePath, success, fail }) {
  try {
    success({ size: statSync(filePath).size });
  } catch ({ message }) {
    fail({ errMsg: message });
  }
}
