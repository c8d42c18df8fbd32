// Runs the mini-program under /example in a browser: App, Page, setData, navigation, CommonJS.
import { wx } from './wx.js';
import { parseTemplate, render } from './wxml.js';

const files = await (await fetch('/example.json')).json();
const modules = new Map();
let app;
let shown;

function resolve(from, name) {
  const path = new URL(name, `http://app/${from}`).pathname.slice(1);
  return path.endsWith('.js') ? path : `${path}.js`;
}

function load(path, globals = {}) {
  if (modules.has(path)) return modules.get(path).exports;
  const module = { exports: {} };
  modules.set(path, module);
  const given = { wx, module, exports: module.exports, require: (name) => load(resolve(path, name)), getApp: () => app, ...globals };
  new Function(...Object.keys(given), `${files[path]}\n//# sourceURL=/example/${path}`)(...Object.values(given));
  return module.exports;
}

function styled(path) {
  return (files[path] ?? '').replace(/(-?[\d.]+)rpx/g, 'calc($1 * 100vw / 750)').replace(/^page\b/gm, 'body').replace(/100vh/g, '100%');
}

function open(url) {
  const [path, query] = url.replace(/^\//, '').split('?');
  modules.delete(`${path}.js`);
  load(`${path}.js`, { Page: (definition) => show(path, definition, Object.fromEntries(new URLSearchParams(query))) });
}

function show(path, definition, query) {
  shown?.onUnload?.();
  const template = parseTemplate(files[`${path}.wxml`]);
  const page = { ...definition, data: structuredClone(definition.data) };
  for (const [name, value] of Object.entries(definition)) if (typeof value === 'function') page[name] = value.bind(page);
  page.setData = (changes) => {
    Object.assign(page.data, changes);
    if (shown === page) draw(template, page);
  };
  shown = page;
  document.getElementById('wxss').textContent = styled('app.wxss') + styled(`${path}.wxss`);
  document.getElementById('title').textContent = JSON.parse(files[`${path}.json`]).navigationBarTitleText;
  draw(template, page);
  page.onLoad?.(query);
  page.onShow?.();
}

// As in WeChat, a list scrolls when its scroll-top is given anew, and stays where it is otherwise.
function draw(template, page) {
  const host = document.getElementById('page');
  const before = host.querySelector('[data-top]');
  const [place, asked] = [before?.scrollTop, before?.dataset.top];
  host.replaceChildren(...render(template, page.data, page));
  const list = host.querySelector('[data-top]');
  if (list) list.scrollTop = list.dataset.top === asked ? place : Number(list.dataset.top);
}

wx.navigateTo = ({ url }) => open(url);
load('app.js', {
  App(definition) {
    app = definition;
    app.onLaunch();
  },
});
open(location.hash.slice(1) || JSON.parse(files['app.json']).pages[0]);
