"""Getting an answer from somebody: provider after provider inside the deadlines, each attempt written down."""

import asyncio
from collections import defaultdict
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from domain.assistant.attempts import Attempt
from domain.assistant.breaker import is_providers_fault
from domain.assistant.context import Shown, turns
from domain.assistant.deadlines import TooSlow, in_time, patience_with
from domain.assistant.dialects.failures import BUSY, UNAVAILABLE
from domain.assistant.dialects.words import Failure, Prompt
from domain.assistant.fairness import FairGate
from domain.assistant.gallery import Gallery, Pictures, Unshowable
from domain.assistant.models import Claim, DialogConfig, Outcome, Provider, RunStatus
from domain.assistant.noting import Notebook
from domain.assistant.pacing import Pace
from domain.assistant.ports import AssistantWork, Feed
from domain.assistant.providers import ProviderHealth
from domain.assistant.storing import stored
from domain.assistant.vendor import Vendor
from domain.chat.models import Message
from domain.chat.ports import OpensWork
from domain.clock import Clock
from domain.errors import DomainError
from domain.metering import Meter, Unmetered

TRIES = 2
BACKOFF_S = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    """All that a claimed reply needs. `providers`: in the order of trying; `seeing`: who can look at pictures."""

    claim: Claim
    dialog: DialogConfig
    conversation: list[Message]
    providers: list[Provider]
    pictures: Pictures = field(default_factory=dict)
    seeing: frozenset[UUID] = frozenset()

    def pictures_for(self, provider: Provider) -> Pictures:
        return self.pictures if provider.config.id in self.seeing else {}

    def prompt(self, claim: Claim, shown: Shown) -> Prompt:
        return Prompt(
            turns=turns(self.dialog.prompt, self.conversation, shown),
            user=claim.asker_id.hex,
            reply_id=f"{claim.key.session_id.hex}-{claim.key.seq}-{claim.attempt}",
            model=self.dialog.model_name,
        )


class Outcomes:
    """What has come of a reply so far: its newest attempt, and what an earlier one said."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.attempt: Attempt | None = None
        self.failure: Failure | None = UNAVAILABLE.failure("no provider could be asked")
        self._said_before = ""

    def begin(self, attempt: Attempt) -> None:
        self._said_before = self.text
        self.attempt = attempt

    @property
    def text(self) -> str:
        return (self.attempt.text if self.attempt is not None else "") or self._said_before

    def final(self) -> Outcome:
        status = RunStatus.SUCCEEDED if self.failure is None else RunStatus.FAILED
        return self._outcome(status, self.failure)

    def stopped(self) -> Outcome:
        return self._outcome(RunStatus.STOPPED, None)

    def _outcome(self, status: RunStatus, failure: Failure | None) -> Outcome:
        code = failure.code if failure is not None else None
        if self.attempt is None:
            return Outcome(status, self.text, error_code=code)
        return Outcome(
            status,
            self.text,
            self.attempt.heard.citations,
            code,
            self.attempt.provider_id,
            self.attempt.record(self.claim, status, failure),
        )


@dataclass(frozen=True, slots=True)
class Outside:
    """What answering reaches: providers, the pictures to show them, the time, and whoever counts.

    `pace`: shared with those who watch here, as a piece costs as much for each of them.
    """

    vendor: Vendor
    gallery: Gallery
    clock: Clock
    meter: Meter = field(default_factory=Unmetered)
    pace: Pace = field(default_factory=Pace)


class Answering:
    """`first_word_s`: from the question to the first word over all providers, until somebody has begun to speak.

    `places`: how many questions one provider gets at once from this process. `notes`: whether what is being said is
    also written down, where nobody else remembers it.
    """

    def __init__(
        self,
        work: OpensWork[AssistantWork],
        feed: Feed,
        outside: Outside,
        *,
        first_word_s: float = 30.0,
        places: int = 32,
        notes: bool = False,
    ) -> None:
        self._work = work
        self._feed = feed
        self._vendor = outside.vendor
        self._gallery = outside.gallery
        self._clock = outside.clock
        self._meter = outside.meter
        self._first_word_s = first_word_s
        self._notebook = Notebook(work) if notes else None
        self._pace = outside.pace
        self._health = ProviderHealth(work, outside.clock)
        self._gates: dict[UUID, FairGate] = defaultdict(lambda: FairGate(places))

    async def answer(self, task: Task, outcomes: Outcomes) -> None:
        """Fills `outcomes`; whoever cancels finds there what was said until then."""
        first_word_by = monotonic() + self._first_word_s
        for provider in task.providers:
            if not await self._health.may_be_asked(provider):
                continue
            if outcomes.text:
                first_word_by = monotonic() + self._first_word_s
            await self._ask_in_turn(task, provider, outcomes, first_word_by)
            if outcomes.failure is None or not is_providers_fault(outcomes.failure.code):
                return

    async def _ask_in_turn(self, task: Task, provider: Provider, outcomes: Outcomes, first_word_by: float) -> None:
        gate = self._gates[provider.config.id]
        try:
            async with asyncio.timeout(max(first_word_by - monotonic(), 0)) as waiting:
                async with gate.turn(task.claim.asker_id):
                    waiting.reschedule(None)
                    await self._ask(task, provider, outcomes, first_word_by)
        except TimeoutError:
            outcomes.failure = BUSY.failure("no place became free in time")

    async def _ask(self, task: Task, provider: Provider, outcomes: Outcomes, first_word_by: float) -> None:
        """Again only before the first word, after a pause, while there is time."""
        shown = await self._shown(task, provider, outcomes)
        if shown is None:
            return
        for number in range(1, TRIES + 1):
            attempt = Attempt(provider, task.prompt(outcomes.claim, shown), self._clock)
            if not await self._begin(attempt, outcomes):
                return
            outcomes.failure = await self._metered(attempt, outcomes.claim, first_word_by)
            await self._health.note(provider, outcomes.failure)
            pause = pause_before_retry(outcomes.failure, number)
            if attempt.text or pause is None or monotonic() + pause >= first_word_by:
                return
            await asyncio.sleep(pause)

    async def _shown(self, task: Task, provider: Provider, outcomes: Outcomes) -> Shown | None:
        """None when the pictures cannot be shown; `outcomes` says why."""
        try:
            return await self._gallery.shown(task.pictures_for(provider), provider.config)
        except Unshowable as error:
            outcomes.failure = error.failure
        except DomainError as error:
            outcomes.failure = UNAVAILABLE.failure(f"the pictures cannot be read: {error.code.value}")
        return None

    async def _begin(self, attempt: Attempt, outcomes: Outcomes) -> bool:
        """Writes down what became of the attempt before. What was said already is withdrawn. False: no longer ours."""
        claim = await stored(self._work, lambda work: self._turn_to(work, attempt, outcomes))
        if claim is None:
            return False
        outcomes.claim = claim
        if outcomes.text:
            await self._feed.begin(claim.key, claim.attempt)
        outcomes.begin(attempt)
        return True

    async def _turn_to(self, work: AssistantWork, attempt: Attempt, outcomes: Outcomes) -> Claim | None:
        earlier, claim = outcomes.attempt, outcomes.claim
        held: Claim | None = claim if await work.replies.holds(claim) else None
        if held is not None and earlier is not None:
            await work.interactions.write(earlier.record(claim, RunStatus.FAILED, outcomes.failure))
            held = await work.replies.take_over(claim) if earlier.text else claim
        if held is not None:
            await work.interactions.write(attempt.record(held, RunStatus.RUNNING, None))
        return held

    async def _metered(self, attempt: Attempt, claim: Claim, first_word_by: float) -> Failure | None:
        outcome = RunStatus.STOPPED.value  # unless it comes to its end
        try:
            with self._notebook.keeping(attempt) if self._notebook is not None else nullcontext():
                failure = await self._listen(attempt, claim, first_word_by)
            outcome = failure.code.value if failure is not None else RunStatus.SUCCEEDED.value
            return failure
        finally:
            self._meter.answered(attempt.provider.config.name, outcome, attempt.age_s, attempt.first_word_s)

    async def _listen(self, attempt: Attempt, claim: Claim, first_word_by: float) -> Failure | None:
        """Hands every piece to the watchers, the first the moment it comes; returns what went wrong."""
        answer = in_time(
            self._vendor.ask(attempt.provider, attempt.prompt, attempt.heard),
            patience_with(attempt.provider.config),
            first_word_by=first_word_by,
        )
        try:
            async with aclosing(answer):
                with self._pace.joined():
                    async for text in answer:
                        attempt.hear(text)
                        await self._feed.append(claim.key, claim.attempt, text)
                        await self._pace.rest()
        except TooSlow as slow:
            return slow.failure
        return attempt.heard.failure


def pause_before_retry(failure: Failure | None, tried: int) -> float | None:
    """Seconds to wait; None when trying again makes no sense."""
    if failure is None or failure.permanent or tried >= TRIES or not is_providers_fault(failure.code):
        return None
    return max(BACKOFF_S * (1 << (tried - 1)), failure.retry_after_s or 0)
