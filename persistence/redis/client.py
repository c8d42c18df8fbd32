"""The way to Redis. It fails soon rather than hangs: whoever asks has something else to go by."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

AWAY = (RedisError, OSError)
PATIENCE_S = 2.0
CONNECTIONS = 20


def open_redis(url: str) -> Redis:
    """Connects when first used; one command never takes longer than some seconds. Answers are bytes."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    return Redis.from_pool(pool)
