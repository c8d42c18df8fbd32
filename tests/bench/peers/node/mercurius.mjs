import Fastify from 'fastify'
import mercurius from 'mercurius'
import { loaders, resolvers, typeDefs } from './schema.mjs'

const app = Fastify()
app.register(mercurius, { schema: typeDefs, resolvers, jit: 1, context: () => ({ loaders: loaders() }) })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
