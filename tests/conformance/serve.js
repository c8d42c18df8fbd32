// The servers under test: the toy, which has a field for every case, and the product.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";

const ROOT = new URL("../..", import.meta.url).pathname;

async function firstLineOf(module) {
  const server = spawn(`${ROOT}.venv/bin/python`, ["-m", module], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  after(async () => {
    server.stdin.end();
    await once(server, "exit");
  });
  const [line] = await once(createInterface(server.stdout), "line");
  return line;
}

export const serve = () => firstLineOf("tests.conformance.server");

export async function serveProduct() {
  const [address, token] = (await firstLineOf("tests.conformance.product")).split(" ");
  return { address, token };
}
