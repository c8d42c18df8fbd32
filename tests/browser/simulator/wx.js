// `wx` on the means of a browser.
const files = new Map();
const hooks = { AppShow: new Set(), AppHide: new Set(), NetworkStatusChange: new Set() };

function answered(promise, { success, fail }) {
  promise.then(success, (error) => fail?.({ errMsg: `fail ${error.message}` }));
}

async function request({ url, method, header, data, timeout }) {
  const response = await fetch(url, { method, headers: header, body: data, signal: AbortSignal.timeout(timeout) });
  const text = await response.text();
  return { statusCode: response.status, header: Object.fromEntries(response.headers), data: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function uploadFile({ url, filePath, name, formData, header, success, fail }) {
  const call = new XMLHttpRequest();
  const form = new FormData();
  for (const [key, value] of Object.entries(formData)) form.append(key, value);
  form.append(name, files.get(filePath), 'picture.png');
  call.open('POST', url);
  for (const [key, value] of Object.entries(header)) call.setRequestHeader(key, value);
  call.onload = () => success({ statusCode: call.status, header: {}, data: call.responseText });
  call.onerror = () => fail({ errMsg: 'uploadFile:fail' });
  call.send(form);
  return {
    abort: () => call.abort(),
    onProgressUpdate: (hook) => (call.upload.onprogress = ({ loaded, total }) => hook({ progress: Math.floor((100 * loaded) / total) })),
  };
}

function connectSocket({ url, protocols }) {
  const socket = new WebSocket(url, protocols);
  return {
    onOpen: (hook) => (socket.onopen = hook),
    onMessage: (hook) => (socket.onmessage = ({ data }) => hook({ data })),
    onError: (hook) => (socket.onerror = hook),
    onClose: (hook) => (socket.onclose = ({ code, reason }) => hook({ code, reason })),
    send: ({ data, fail }) => (socket.readyState === WebSocket.OPEN ? socket.send(data) : fail?.({ errMsg: 'fail' })),
    close: ({ code }) => socket.close(code),
  };
}

async function chooseMedia() {
  const picture = await (await fetch('/simulator/picture.png')).blob();
  const path = URL.createObjectURL(picture);
  files.set(path, picture);
  return { tempFiles: [{ tempFilePath: path }] };
}

export const wx = {
  request: (options) => answered(request(options), options),
  uploadFile,
  connectSocket,
  chooseMedia,
  login: ({ success }) => success({ code: 'code-of-the-simulator' }),
  getStorageSync: (key) => parsed(localStorage.getItem(key) ?? '') || '',
  setStorageSync: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
  removeStorageSync: (key) => localStorage.removeItem(key),
  showToast: ({ title }) => console.log(`toast: ${title}`),
  stopPullDownRefresh() {},
};
for (const name of Object.keys(hooks)) {
  wx[`on${name}`] = (hook) => hooks[name].add(hook);
  wx[`off${name}`] = (hook) => hooks[name].delete(hook);
}
