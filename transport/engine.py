"""One operation from its request to encoded bytes, over a graphql-core schema."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import Executor, create_source_event_stream
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from transport.budget import Budget
from transport.crowd import Crowd
from transport.documents import Documents, Plan, Rejected
from transport.encoding import encode
from transport.errors import Describer, Failure, root_of
from transport.limits import Limits
from transport.ports import NOT_MINE, Context, Finished, Operation, Ports, Refused, Shared, Withdrawn, ignore
from transport.requests import Request
from transport.sharing import payload_of

EVENTS_IN_A_ROW = 4
COST_OF_REJECTION = 100


class Caller(NamedTuple):
    context: Context
    language: str
    request_id: str


class Job(NamedTuple):
    """An operation that was admitted."""

    plan: Plan
    request: Request
    caller: Caller
    operation: Operation
    started: float


class Answer(NamedTuple):
    """`failure` is None when the operation ran; errors of its fields may say when to come again."""

    body: bytes
    failure: Failure | None
    retry_after_ms: int | None


class Rendered(NamedTuple):
    """A result as JSON; `code` is that of its first error."""

    body: bytes
    code: str | None = None
    retry_after_ms: int | None = None


class Halted(Exception):
    """A subscription that did not start or broke off."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Engine:
    """What the transports share. `executor` runs what no compiled path does; `streams`: of one payer at once."""

    def __init__(
        self,
        schema: GraphQLSchema,
        ports: Ports,
        limits: Limits | None = None,
        executor: type[Executor[Any]] = ExecutorThrowingOnIncremental,
        streams: int = 100,
        budget: Budget | None = None,
    ) -> None:
        self.ports = ports
        self._schema = schema
        self._limits = limits or Limits()
        self._executor = executor
        self._streams = Crowd(streams)
        self._documents = Documents(schema, self._limits, ports, budget or Budget())
        self.live_streams = 0

    def describer(self, language: str, request_id: str) -> Describer:
        return Describer(self.ports, language, request_id)

    def failure(self, error: Exception, caller: Caller, operation: Operation | None = None) -> Failure:
        """What to say instead of a result."""
        return self.describer(caller.language, caller.request_id).failure(error, operation)

    async def admit(self, request: Request, caller: Caller, check: Callable[[Plan], None] = ignore) -> Job:
        """Raises Refused or Rejected, what `check` raises, or what the application's `admit` raises."""
        started = perf_counter()
        try:
            plan = self._documents.plan(request, caller.context)
            cost = plan.cost(request.variables)
        except (Refused, Rejected):
            await caller.context.admit(Operation("query", None, "", COST_OF_REJECTION, caller.request_id))
            raise
        check(plan)
        operation = Operation(plan.kind, plan.name, plan.digest, cost, caller.request_id)
        await caller.context.admit(operation)
        return Job(plan, request, caller, operation, started)

    async def answer(self, job: Job) -> Answer:
        """Run a query or a mutation. Never raises."""
        code: str | None = None
        try:
            rendered = await self._run(job)
            code = rendered.code
        except Exception as error:
            failure = self.failure(error, job.caller, job.operation)
            code = failure.code
            return Answer(failed(failure), failure, failure.retry_after_ms)
        else:
            return Answer(rendered.body, None, rendered.retry_after_ms)
        finally:
            self._finish(job, code, 0)

    async def stream(self, job: Job) -> AsyncGenerator[str, None]:
        """Run a subscription: encoded results, one an event. Raises Halted."""
        code: str | None = None
        events = 0
        self.live_streams += 1
        try:
            with self._streams.place(job.caller.context.payer):
                executor = self._build(job)
                async with aclosing(await source_of(executor)) as source:
                    async for event in source:
                        payload = await self._event(job, executor, event)
                        if payload is None:
                            continue
                        yield payload
                        events += 1
                        if events % EVENTS_IN_A_ROW == 0:
                            await asyncio.sleep(0)  # nothing above need have waited: let the others have a turn
        except Exception as error:
            failure = self.failure(error, job.caller, job.operation)
            code = failure.code
            raise Halted(failure) from None
        finally:
            self.live_streams -= 1
            self._finish(job, code, events)

    def _finish(self, job: Job, code: str | None, events: int) -> None:
        milliseconds = (perf_counter() - job.started) * 1000
        self.ports.finished(Finished(job.operation, job.caller.context, milliseconds, code, events))

    async def _run(self, job: Job) -> Rendered:
        runner = job.plan.runner
        if runner:
            data = await runner(None, job.caller.context.begin(job.operation), job.request.variables)
            if data is not NOT_MINE:
                return Rendered(b'{"data":%b%b' % (encode(data), self._cost(job)))
        result = await settle(self._build(job))
        return self._result(job, result, self._cost(job))

    def _build(self, job: Job) -> Executor[Any]:
        plan, context = job.plan, job.caller.context
        executor = self._executor.build(
            self._schema,
            plan.document,
            None,
            context.begin(job.operation),
            job.request.variables,
            plan.name,
            hide_suggestions=not context.introspection,
        )
        if isinstance(executor, list):
            raise Rejected("BAD_USER_INPUT", executor)
        return executor

    async def _event(self, job: Job, executor: Executor[Any], event: Any) -> str | None:
        """None: it was withdrawn meanwhile."""
        try:
            return await self._payload(job, executor, event)
        except Withdrawn:
            return None

    async def _payload(self, job: Job, executor: Executor[Any], event: Any) -> str:
        if not isinstance(event, Shared):
            return (await self._render(job, executor, event)).body.decode()
        if not job.plan.shareable:
            return (await self._render(job, executor, event.value)).body.decode()
        return await payload_of(event, job.plan, partial(self._for_all, job, executor, event.value))

    async def _for_all(self, job: Job, executor: Executor[Any], event: Any) -> tuple[str, bool]:
        rendered = await self._render(job, executor, event)
        return rendered.body.decode(), rendered.code is None

    async def _render(self, job: Job, executor: Executor[Any], event: Any) -> Rendered:
        context = job.caller.context.begin(job.operation)
        runner = job.plan.runner
        if runner:
            data = await runner(event, context, job.request.variables)
            if data is not NOT_MINE:
                return Rendered(b'{"data":%b}' % encode(data))
        each = executor.build_per_event_executor(event)
        each.context_value = context
        result = await settle(each)
        for error in result.errors or ():
            if isinstance(root := root_of(error), Withdrawn):
                raise root
        return self._result(job, result, b"}")

    def _result(self, job: Job, result: ExecutionResult, end: bytes) -> Rendered:
        data = encode(result.data)
        if not result.errors:
            return Rendered(b'{"data":%b%b' % (data, end))
        describer = self.describer(job.caller.language, job.caller.request_id)
        errors = [describer.during(error, job.operation) for error in result.errors]
        body = b'{"data":%b,"errors":%b%b' % (data, encode(errors), end)
        waits = [error["extensions"].get("retryAfterMs", 0) for error in errors]
        return Rendered(body, errors[0]["extensions"]["code"], max(waits) or None)

    def _cost(self, job: Job) -> bytes:
        return b',"extensions":{"cost":{"requested":%d,"maximum":%d}}}' % (job.operation.cost, self._limits.cost)


async def settle(executor: Executor[Any]) -> ExecutionResult:
    result = executor.execute_operation()
    if executor.is_awaitable(result):
        result = await result
    return cast("ExecutionResult", result)


async def source_of(executor: Executor[Any]) -> Any:
    """The source of a subscription; raises the GraphQLError that kept it from starting."""
    source = create_source_event_stream(executor)
    if executor.is_awaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        raise (source.errors or [GraphQLError("The subscription did not start.")])[0]
    return aiter(cast("AsyncIterable[Any]", source))


def failed(failure: Failure) -> bytes:
    """The body that says only what went wrong."""
    return b'{"errors":%b}' % encode(failure.errors)
