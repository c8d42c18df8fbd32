// Debian's Chromium, which finds no host but this machine.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** A page, and `complaints`: whatever its console, its network or its security policy had to complain about. */
export async function openPage(test, address, { viewport = { width: 1440, height: 900 }, before = () => {} } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
  test.after(() => browser.close());
  const context = await browser.newContext({ locale: 'zh-CN', viewport });
  const page = await context.newPage();
  const complaints = [];
  test.after(() => complaints.forEach((complaint) => test.diagnostic(complaint)));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('response', (response) => response.status() >= 400 && complain(response, complaints));
  page.on('request', (request) => isForeign(request.url(), address) && complaints.push(`asked for ${request.url()}`));
  await before(page);
  await page.goto(address);
  return { page, complaints };
}

async function complain(response, complaints) {
  complaints.push(`${response.status()} for ${response.url()}: ${await response.text()}`);
}

function isForeign(url, address) {
  return !['data:', 'blob:'].includes(new URL(url).protocol) && new URL(url).host !== new URL(address).host;
}

/** For people to look at: shots/NAME.png */
export async function shoot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}${name}.png` });
}
