// yoga with graphql-ws, as its documentation sets it up: one subscription relays the tokens of an OpenAI-compatible stream.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'

async function* tokens() {
  const asked = { model: 'ticking', stream: true, messages: [{ role: 'user', content: '请说' }] }
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) }
  const { body } = await fetch(`${process.env.VENDOR}/chat/completions`, options)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = events.pop()
    for (const event of events) {
      const data = event.slice('data: '.length)
      if (data === '[DONE]') return
      yield { replyStream: { text: JSON.parse(data).choices[0].delta.content } }
    }
  }
}

const typeDefs = `
  type Query { trivial: String! }
  type Subscription { replyStream(messageId: ID!): ReplyDelta! }
  type ReplyDelta { text: String! }
`
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: { Subscription: { replyStream: { subscribe: tokens } } } }),
  plugins: [useGraphQlJit()],
  logging: false,
  graphiql: false,
})
const server = createServer(yoga)
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })
const KEEP_ALIVE_OFF = 0
useServer({
  execute: (args) => args.execute(args),
  subscribe: (args) => args.subscribe(args),
  onSubscribe: async (context, _id, params) => {
    const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
      ...context, req: context.extra.request, socket: context.extra.socket, params,
    })
    const args = {
      schema, operationName: params.operationName, document: parse(params.query), variableValues: params.variables,
      contextValue: await contextFactory(), execute, subscribe,
    }
    const errors = validate(args.schema, args.document)
    return errors.length ? errors : args
  },
}, sockets, KEEP_ALIVE_OFF)
server.listen(Number(process.env.PORT), '127.0.0.1')
