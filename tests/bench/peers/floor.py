"""The floor: bare Starlette, asyncpg, JSON made by PostgreSQL. Nobody signs in, nothing is checked."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HISTORY = """SELECT json_build_object('data', json_build_object('session', json_build_object('messages',
  json_build_object('nodes', coalesce(json_agg(json_build_object('id', id, 'seq', seq, 'senderRole', sender_role,
  'kind', kind, 'content', content, 'createdAt', created_at)), '[]')))))::text
  FROM (SELECT session_id || '.' || seq AS id, seq, sender_role, kind, content, created_at FROM messages
    WHERE session_id = $1 ORDER BY seq DESC LIMIT 20) m"""
OVERVIEW = """SELECT json_build_object('data', json_build_object('me', json_build_object('nickname', u.nickname,
  'sessions', json_build_object('nodes', (SELECT json_agg(json_build_object('id', s.id, 'title', s.title,
    'lastSeq', s.last_seq, 'messages', json_build_object('nodes', (SELECT json_agg(json_build_object(
      'id', m.session_id || '.' || m.seq, 'content', m.content, 'createdAt', m.created_at,
      'sender', json_build_object('id', w.id, 'nickname', w.nickname)))
      FROM (SELECT * FROM messages WHERE session_id = s.id ORDER BY seq DESC LIMIT 3) m
      JOIN users w ON w.id = m.sender_id))))
    FROM (SELECT c.* FROM session_members b JOIN chat_sessions c ON c.id = b.session_id
      WHERE b.user_id = u.id ORDER BY c.updated_at DESC LIMIT 20) s)))))::text FROM users u WHERE u.id = $1"""


async def trivial(_request: Request) -> Response:
    return Response(b'{"data":{"__typename":"Query"}}', media_type="application/json")


async def history(request: Request) -> Response:
    return Response(
        await request.app.state.pool.fetchval(HISTORY, request.path_params["id"]), media_type="application/json"
    )


async def overview(request: Request) -> Response:
    found = await request.app.state.pool.fetchval(OVERVIEW, request.path_params["id"])
    return Response(found, media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DSN"], min_size=10, max_size=10) as pool:
        app.state.pool = pool
        yield


app = Starlette(
    routes=[Route("/trivial", trivial), Route("/history/{id}", history), Route("/overview/{id}", overview)],
    lifespan=lifespan,
)
