import { createServer } from 'node:http'
import { grafserv } from 'postgraphile/grafserv/node'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { makeV4Preset } from 'postgraphile/presets/v4'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

// All that PostGraphile 5.1 lacks on Node.js 20: it asks for 22, and answers with an internal error without this.
Promise.withResolvers ??= () => {
  let resolve, reject
  const promise = new Promise((...both) => ([resolve, reject] = both))
  return { promise, resolve, reject }
}
const preset = {
  extends: [PostGraphileAmberPreset, makeV4Preset({ simpleCollections: 'omit', disableDefaultMutations: true })],
  pgServices: [makePgService({ connectionString: process.env.DSN })],
  grafserv: { graphiql: false, watch: false },
}
const server = createServer()
await postgraphile(preset).createServ(grafserv).addTo(server)
server.listen(Number(process.env.PORT), '127.0.0.1')
