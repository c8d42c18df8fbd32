"""A loader for one operation: collects keys, reads each once, hands out values.

It has the two methods of aiodataloader's DataLoader that fields use, and differs where both executors need it: a batch
costs one future a caller instead of one a key, and a caller that is cancelled takes nothing away from the others.
(graphql-core cancels the siblings of a failed field; with a future shared by a cache that ends the whole operation.)
"""

from asyncio import CancelledError, Future, Task, get_running_loop
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Read: TypeAlias = Callable[[list[Key]], Awaitable[Sequence[Value | Exception]]]


class _Slot(Generic[Value]):
    """Where a value will be; `batch` is the one that brings it, None once it is there."""

    __slots__ = ("batch", "value")

    def __init__(self, batch: "_Batch[Value]") -> None:
        self.batch: _Batch[Value] | None = batch
        self.value: Value | Exception

    def fill(self, value: Value | Exception) -> None:
        self.value = value
        self.batch = None


class _Batch(Generic[Value]):
    """Keys read together, the slots for their values, and those who wait."""

    __slots__ = ("_waiting", "keys", "slots", "task")

    def __init__(self) -> None:
        self.keys: list[Any] = []
        self.slots: list[_Slot[Value]] = []
        self.task: Task[None] | None = None
        self._waiting: list[Future[None]] = []

    def done(self) -> Future[None]:
        """A future of the caller's own."""
        future: Future[None] = get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def finish(self, values: Iterable[Value | Exception]) -> None:
        """Fill the slots and wake all who wait."""
        for slot, value in zip(self.slots, values, strict=True):
            slot.fill(value)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)


class Loader(Generic[Key, Value]):
    """`read` takes distinct keys and gives one value a key, or an exception in its place.

    `narrow` gives such a read for somebody who looks only at some attributes of the values: whatever else they are
    asked for must be an AttributeError.
    """

    def __init__(
        self, read: Read[Key, Value], narrow: Callable[[frozenset[str]], Read[Key, Value]] | None = None
    ) -> None:
        self._read = read
        self._narrow = narrow
        self._narrowed: dict[frozenset[str], Loader[Key, Value]] = {}
        self._slots: dict[Key, _Slot[Value]] = {}
        self._open: _Batch[Value] | None = None

    def narrowed(self, needs: frozenset[str]) -> "Loader[Key, Value]":
        """A loader, one for each set of needs, of values that may lack what is not needed; itself if it knows none."""
        if self._narrow is None:
            return self
        if needs not in self._narrowed:
            self._narrowed[needs] = Loader(self._narrow(needs))
        return self._narrowed[needs]

    async def load(self, key: Key) -> Value:
        """The value of one key, read with what else is asked for in this turn of the loop; raises what the read did."""
        return (await self.load_many((key,)))[0]

    async def load_many(self, keys: Sequence[Key]) -> list[Value]:
        """The values of the keys, read with what else is asked for in this turn; raises their first exception."""
        distinct = list(dict.fromkeys(keys))
        batch = self._open or _Batch()
        slots = [self._slot(key, batch) for key in distinct]
        if batch.keys and self._open is None:
            self._open = batch
            get_running_loop().call_soon(self._start, batch)
        return laid_out(keys, distinct, await _values_of(slots))

    async def load_now(self, keys: Sequence[Key]) -> list[Value]:
        """As `load_many`, for the one who asks this loader only once and alone: nothing is kept."""
        distinct = list(dict.fromkeys(keys))
        found = fitting(await self._read(distinct), distinct) if distinct else []
        return laid_out(keys, distinct, _values_among(found))

    def _slot(self, key: Key, batch: _Batch[Value]) -> _Slot[Value]:
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot(batch)
            batch.keys.append(key)
            batch.slots.append(slot)
        return slot

    def _start(self, batch: _Batch[Value]) -> None:
        # The task closes the batch when it runs, one turn of the loop later: fields that resolve in this turn join it.
        batch.task = get_running_loop().create_task(self._close(batch))

    async def _close(self, batch: _Batch[Value]) -> None:
        self._open = None
        await self._run(batch)

    async def _run(self, batch: _Batch[Value]) -> None:
        try:
            values = fitting(await self._read(batch.keys), batch.keys)
        except Exception as error:
            batch.finish([error] * len(batch.keys))
        except CancelledError:
            batch.finish([RuntimeError("the read was cancelled")] * len(batch.keys))
            raise
        else:
            batch.finish(values)


def fitting(values: Sequence[Value], keys: Sequence[Any]) -> Sequence[Value]:
    if len(values) != len(keys):
        raise ValueError(f"{len(values)} values for {len(keys)} keys")
    return values


async def _values_of(slots: Sequence[_Slot[Value]]) -> list[Value]:
    for done in [batch.done() for batch in {slot.batch for slot in slots} if batch is not None]:
        await done
    return _values_among([slot.value for slot in slots])


def laid_out(keys: Sequence[Key], distinct: Sequence[Key], values: Sequence[Value]) -> list[Value]:
    """A value a key, of values of the distinct keys in their order."""
    if len(distinct) == len(keys):
        return list(values)
    by_key = dict(zip(distinct, values, strict=True))
    return [by_key[key] for key in keys]


def _values_among(found: Sequence[Value | Exception]) -> list[Value]:
    """All of them; raises the first that is an exception."""
    if any(issubclass(kind, Exception) for kind in set(map(type, found))):
        raise next(value for value in found if isinstance(value, Exception))
    return cast("list[Value]", found)
