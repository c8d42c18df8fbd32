// WXML → DOM: the part of the template language that the example uses.
const TAGS = { view: 'div', 'scroll-view': 'div', text: 'span', image: 'img', input: 'input', button: 'button' };

export function parseTemplate(source) {
  const asXml = source.replace(/&/g, '&amp;').replace(/wx:else(?=[\s>])/g, 'wx:else=""');
  const xml = `<template xmlns:wx="wx">${asXml}</template>`;
  const parsed = new DOMParser().parseFromString(xml, 'application/xml');
  const broken = parsed.querySelector('parsererror');
  if (broken) throw new Error(broken.textContent);
  return parsed.documentElement;
}

export function render(template, data, handlers) {
  return renderChildren(template, data, handlers);
}

function renderChildren(node, scope, handlers) {
  const made = [];
  let chosen = true;
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.push(...renderText(child, scope));
    else if (child.nodeType === Node.ELEMENT_NODE) {
      chosen = isChosen(child, scope, chosen);
      if (chosen === true) made.push(...renderRepeated(child, scope, handlers));
    }
  }
  return made;
}

// `chosen` is true when this one is shown, false when none of its chain was, 'done' when an earlier one was.
function isChosen(node, scope, before) {
  const condition = node.getAttribute('wx:if') ?? node.getAttribute('wx:elif');
  const continues = node.hasAttribute('wx:elif') || node.hasAttribute('wx:else');
  if (continues && before !== false) return 'done';
  return condition === null ? true : Boolean(fill(condition, scope));
}

function renderText(node, scope) {
  return node.textContent.trim() ? [document.createTextNode(fill(node.textContent.trim(), scope))] : [];
}

function renderRepeated(node, scope, handlers) {
  if (!node.hasAttribute('wx:for')) return renderElement(node, scope, handlers);
  const name = node.getAttribute('wx:for-item') ?? 'item';
  return fill(node.getAttribute('wx:for'), scope).flatMap((item, index) => renderElement(node, { ...scope, [name]: item, index }, handlers));
}

function renderElement(node, scope, handlers) {
  if (node.tagName === 'block') return renderChildren(node, scope, handlers);
  const element = document.createElement(TAGS[node.tagName]);
  element.classList.add(node.tagName);
  for (const { name, value } of node.attributes) setAttribute(element, name, fill(value, scope), handlers);
  element.append(...renderChildren(node, scope, handlers));
  return [element];
}

function setAttribute(element, name, value, handlers) {
  if (name.startsWith('wx:')) return;
  if (name === 'class') element.className += ` ${value}`;
  else if (name === 'bindconfirm') element.onkeydown = (event) => event.key === 'Enter' && handlers[value](asEvent(element));
  else if (name === 'bindinput') element.oninput = () => handlers[value](asEvent(element));
  else if (name === 'bindtap') element.onclick = () => handlers[value](asEvent(element));
  else if (name === 'scroll-top') element.dataset.top = value;
  else if (name === 'value') element.value = value;
  else element.setAttribute(name, value);
}

function asEvent(element) {
  return { currentTarget: { dataset: { ...element.dataset } }, detail: { value: element.value } };
}

// A value that is one expression keeps its type; text around expressions makes a string.
function fill(text, scope) {
  const whole = /^\{\{([^}]*)\}\}$/.exec(text);
  return whole ? evaluate(whole[1], scope) : text.replace(/\{\{([^}]*)\}\}/g, (_, expression) => evaluate(expression, scope) ?? '');
}

function evaluate(expression, scope) {
  return new Function('scope', `with (scope) { return (${expression}); }`)(scope);
}
