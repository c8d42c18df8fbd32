"""A loader for one operation: collects keys, reads each once, hands out values.

It has the two methods of aiodataloader's DataLoader that fields use, and differs where both executors need it: a batch
costs one future a caller instead of one a key, and a caller that is cancelled takes nothing away from the others.
(graphql-core cancels the siblings of a failed field; with a future shared by a cache that ends the whole operation.)
"""

from asyncio import CancelledError, Future, Task, get_running_loop
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class _Batch(Generic[Key]):
    """Keys read together, and those who wait for them."""

    __slots__ = ("_waiting", "keys", "task")

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.task: Task[None] | None = None
        self._waiting: list[Future[None]] = []

    def done(self) -> Future[None]:
        """A future of the caller's own."""
        future: Future[None] = get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def finish(self) -> None:
        """Wake all who wait."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)


class Loader(Generic[Key, Value]):
    """`read` takes distinct keys and gives one value a key, or an exception in its place."""

    def __init__(self, read: Callable[[list[Key]], Awaitable[Sequence[Value | Exception]]]) -> None:
        self._read = read
        self._known: dict[Key, Value | Exception] = {}
        self._under_way: dict[Key, _Batch[Key]] = {}
        self._open: _Batch[Key] | None = None

    async def load(self, key: Key) -> Value:
        """The value of one key; raises what its read raised."""
        if key not in self._known:
            await self._batch_of(key).done()
        return self._value(key)

    async def load_many(self, keys: Sequence[Key]) -> list[Value]:
        """The values of the keys, in their order; raises the first exception among them."""
        batches = {id(batch): batch for batch in (self._batch_of(key) for key in keys if key not in self._known)}
        for done in [batch.done() for batch in batches.values()]:
            await done
        return [self._value(key) for key in keys]

    def _value(self, key: Key) -> Value:
        value = self._known[key]
        if isinstance(value, Exception):
            raise value
        return value

    def _batch_of(self, key: Key) -> _Batch[Key]:
        batch = self._under_way.get(key)
        if batch is None:
            batch = self._under_way[key] = self._open_batch()
            batch.keys.append(key)
        return batch

    def _open_batch(self) -> _Batch[Key]:
        if self._open is None:
            self._open = _Batch()
            get_running_loop().call_soon(self._start, self._open)
        return self._open

    def _start(self, batch: _Batch[Key]) -> None:
        # The task closes the batch when it runs, one turn of the loop later: fields that resolve in this turn join it.
        batch.task = get_running_loop().create_task(self._run(batch))

    async def _run(self, batch: _Batch[Key]) -> None:
        self._open = None
        try:
            self._known.update(zip(batch.keys, await self._values(batch.keys), strict=True))
        except CancelledError:
            self._known.update(dict.fromkeys(batch.keys, RuntimeError("the read was cancelled")))
            raise
        finally:
            batch.finish()

    async def _values(self, keys: list[Key]) -> Sequence[Value | Exception]:
        try:
            values = await self._read(keys)
        except Exception as error:
            return [error] * len(keys)
        if len(values) != len(keys):
            return [ValueError(f"{len(values)} values for {len(keys)} keys")] * len(keys)
        return values
