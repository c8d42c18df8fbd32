// The product's own server, started as an operator would, on a folder of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const ADMIN_PASSWORD = 'an admin with a long password';

export async function startServer(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wellmate-'));
  const own = { WELLMATE_PORT: '0', WELLMATE_DATA_DIR: folder, WELLMATE_ADMIN_PASSWORD: ADMIN_PASSWORD, WELLMATE_SHARED_NETWORKS: '127.0.0.0/8' };
  const env = { ...process.env, ...own, ...settings };
  const server = spawn(join(ROOT, '.venv/bin/python'), ['server.py', 'serve'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  server.stdout.on('data', (chunk) => (said.out += chunk));
  server.stderr.on('data', (chunk) => (said.err += chunk));
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const port = await portOf(server, said);
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, url: `http://127.0.0.1:${port}/graphql`, said, stop };
}

function portOf(server, said) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = /http:\/\/127\.0\.0\.1:(\d+)\/graphql/.exec(said.out);
      if (found) resolve(Number(found[1]));
    };
    server.stdout.on('data', look);
    server.once('exit', (code) => reject(new Error(`the server ended (${code}): ${said.err}`)));
  });
}
