// The server under test: the toy, or whatever runs at WELLMATE_TARGET (host:port).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";

const ROOT = new URL("../..", import.meta.url).pathname;

export async function serve() {
  if (process.env.WELLMATE_TARGET) return process.env.WELLMATE_TARGET;
  const server = spawn(`${ROOT}.venv/bin/python`, ["-m", "tests.conformance.server"], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  after(async () => {
    server.stdin.end();
    await once(server, "exit");
  });
  const [address] = await once(createInterface(server.stdout), "line");
  return address;
}
