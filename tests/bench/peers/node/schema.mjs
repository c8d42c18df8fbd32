// The schema, the reads and the loaders that Mercurius and yoga share: the best that is usual there.
import DataLoader from 'dataloader'
import pg from 'pg'

export const pool = new pg.Pool({ connectionString: process.env.DSN, max: 10 })

const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows

const SESSIONS = `SELECT id, title, last_seq AS "lastSeq" FROM chat_sessions`
const MESSAGES = `SELECT m.session_id || '.' || m.seq AS id, m.session_id AS "sessionId", m.seq, m.sender_id AS "senderId",
  m.sender_role AS "senderRole", m.kind, m.content, m.created_at AS "createdAt"`

export const typeDefs = `
  type Query { trivial: String!  session(id: ID!): ChatSession  me(id: ID!): User }
  type User { id: ID! nickname: String sessions(first: Int): Sessions! }
  type Sessions { nodes: [ChatSession!]! }
  type ChatSession { id: ID! title: String lastSeq: Int! messages(last: Int): Messages! }
  type Messages { nodes: [Message!]! }
  type Message { id: ID! seq: Int! senderRole: String! kind: String! content: String! createdAt: String! sender: User }
`

const index = (keys, found, key) => {
  const groups = new Map(keys.map((each) => [each, []]))
  for (const row of found) groups.get(key(row))?.push(row)
  return keys.map((each) => groups.get(each))
}

export const loaders = () => ({
  users: new DataLoader(async (ids) => {
    const found = await rows('users', 'SELECT id, nickname FROM users WHERE id = ANY($1)', [ids])
    return index(ids, found, (row) => row.id).map((group) => group[0] ?? null)
  }),
  messages: (last) => new DataLoader(async (ids) => {
    const text = `${MESSAGES} FROM unnest($1::uuid[]) s(id) CROSS JOIN LATERAL
      (SELECT * FROM messages WHERE session_id = s.id ORDER BY seq DESC LIMIT $2) m ORDER BY m.seq`
    return index(ids, await rows('messages', text, [ids, last]), (row) => row.sessionId)
  }),
})

const messagesOf = (context, last) => {
  context.newest ??= new Map()
  if (!context.newest.has(last)) context.newest.set(last, context.loaders.messages(last))
  return context.newest.get(last)
}

export const resolvers = {
  Query: {
    trivial: () => 'ok',
    session: async (_, { id }) => (await rows('session', `${SESSIONS} WHERE id = $1`, [id]))[0] ?? null,
    me: async (_, { id }, context) => context.loaders.users.load(id),
  },
  User: {
    sessions: async (user, { first }) => {
      const text = `${SESSIONS} WHERE owner_id = $1 ORDER BY updated_at DESC LIMIT $2`
      return { nodes: await rows('sessions', text, [user.id, first ?? 20]) }
    },
  },
  ChatSession: {
    messages: async (session, { last }, context) => ({ nodes: await messagesOf(context, last ?? 20).load(session.id) }),
  },
  Message: {
    sender: (message, _, context) => context.loaders.users.load(message.senderId),
    createdAt: (message) => message.createdAt.toISOString(),
  },
}
