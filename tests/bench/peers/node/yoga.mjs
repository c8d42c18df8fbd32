import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { loaders, resolvers, typeDefs } from './schema.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: [useGraphQlJit()],
  context: () => ({ loaders: loaders() }),
  logging: false,
  graphiql: false,
})
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
