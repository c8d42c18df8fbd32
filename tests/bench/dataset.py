"""Two million messages, made inside PostgreSQL: 2,000 people, 20,000 sessions, 100 messages each."""

import asyncpg

from operations.progress import bar

USERS = 2_000
SESSIONS = 20_000
MESSAGES = 100
BATCH = 1_000
WORDS = "今天血压一百三十五比八十八，心率七十二，睡得还可以，早上有点头晕，按时吃药，想问问需要去医院吗？"

USER_ID = "md5('user' || {n})::uuid"
SESSION_ID = "md5('session' || {n})::uuid"

PEOPLE = f"""INSERT INTO users
  (id, username, username_key, nickname, access_role, care_role, is_active, locale, timezone, font_scale, notify)
  SELECT {USER_ID.format(n="n")}, 'user' || n, 'user' || n, '用户' || n, 'USER', 'PATIENT', true,
         'zh-CN', 'Asia/Shanghai', 1, true
  FROM generate_series(0, {USERS - 1}) n"""
ROOMS = f"""INSERT INTO chat_sessions (id, kind, title, owner_id, assistant, ai_mode, last_seq, created_at, updated_at)
  SELECT {SESSION_ID.format(n="n")}, 'ASSISTANT', '会话' || n, {USER_ID.format(n=f"n % {USERS}")}, 'general', 'AUTO',
         {MESSAGES}, now(), now() - n * interval '1 second'
  FROM generate_series(0, {SESSIONS - 1}) n"""
MEMBERS = f"""INSERT INTO session_members (session_id, user_id, care_role)
  SELECT {SESSION_ID.format(n="n")}, {USER_ID.format(n=f"n % {USERS}")}, 'PATIENT'
  FROM generate_series(0, {SESSIONS - 1}) n"""
SAID = f"""INSERT INTO messages (session_id, seq, sender_id, sender_role, kind, state, content, created_at, updated_at)
  SELECT {SESSION_ID.format(n="n")}, seq, {USER_ID.format(n=f"n % {USERS}")}, 'PATIENT', 'TEXT', 'SENT',
         substr('{WORDS}', 1, 12 + (seq * 7) % 36) || seq, now() - (200 - seq) * interval '1 minute', now()
  FROM generate_series($1::int, $2::int) n, generate_series($3::int, $4::int) seq"""


async def connected(dsn: str) -> asyncpg.Connection:
    return await asyncpg.connect(dsn.replace("+asyncpg", ""))


async def make(dsn: str, *, messages: int = MESSAGES) -> None:
    """Fills a migrated, empty database. `messages` in each session."""
    connection = await connected(dsn)
    for statement in (PEOPLE, ROOMS, MEMBERS):
        await connection.execute(statement)
    await add_messages(connection, 1, messages)
    await connection.close()


async def add_messages(connection: asyncpg.Connection, first: int, last: int) -> None:
    with bar("messages", SESSIONS) as advance:
        for start in range(0, SESSIONS, BATCH):
            await connection.execute(SAID, start, start + BATCH - 1, first, last)
            advance(BATCH)
    await connection.execute("UPDATE chat_sessions SET last_seq = $1", last)
    await connection.execute("VACUUM (ANALYZE, FREEZE)")
