// A bad line: a TCP proxy that cuts connections, silences them, or lets nobody in.
import net from 'node:net';

export async function openLine(target) {
  const pairs = new Set();
  const line = { refuse: false, silent: false, cuts: 0 };
  const server = net.createServer((near) => {
    if (line.refuse) return near.destroy();
    const far = net.connect(target);
    const pair = { near, far };
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    pairs.add(pair);
    near.on('data', (chunk) => !line.silent && far.write(chunk)).on('error', end).on('close', end);
    far.on('data', (chunk) => !line.silent && near.write(chunk)).on('error', end).on('close', end);
    pair.end = end;
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  line.port = server.address().port;
  line.cut = (share = 1) => {
    const chosen = [...pairs].filter(() => Math.random() < share);
    chosen.forEach((pair) => pair.end());
    line.cuts += chosen.length;
  };
  line.close = () => {
    line.cut();
    return new Promise((resolve) => server.close(resolve));
  };
  return line;
}
