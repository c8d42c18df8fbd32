// Compiled by `npm run types`, never run: what a mini-program in TypeScript may and may not write.
import { createClient, WellmateError } from '../wellmate';

const client = createClient({ url: 'https://example.com/graphql', timing: { pingMs: 5000 }, onSignedOut() {} });

export async function page(): Promise<string> {
  const { user } = await client.signIn();
  const { reply, session } = await client.sendText({ text: '你好', sessionId: null });
  const start = await client.request('Start');
  const { messages } = (await client.request('Messages', { sessionId: session.id, last: 20 })).session!;
  const watch = client.watchReply(reply!.id, { onText: ({ text }) => text.length });
  const end = await watch.done;
  client.watchEvents({
    onEvent(event) {
      if (event.__typename === 'MessageAdded') console.log(event.message.content);
    },
  });
  // @ts-expect-error a variable is missing
  await client.request('Message', {});
  // @ts-expect-error there is no such operation
  await client.request('Massage', { id: '1' });
  // @ts-expect-error purposes are an enum
  client.uploadImage('/tmp/a.png', { purpose: 'HOLIDAY' });
  const own = await client.request<{ serverTime: string }>({ name: 'Now', kind: 'query', text: 'query Now { serverTime }' });
  return [user.nickname, start.clientConfig.maxTextLength, messages.nodes[0]?.content, end?.message.content, own.serverTime].join();
}

export function told(failure: unknown): string {
  return failure instanceof WellmateError && failure.code === 'RATE_LIMITED' ? `${failure.retryAfterMs}` : '';
}
