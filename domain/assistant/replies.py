"""Driving one reply to its end: claim it, generate it, store the outcome, let the next in line begin."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from domain.assistant.answering import Answering, Outcomes, Task
from domain.assistant.context import CONTEXT_MESSAGES, worth_keeping
from domain.assistant.models import MAX_CLAIMS, Claim, DialogConfig, Outcome, RunStatus
from domain.assistant.ports import AssistantWork, Feed, Histories
from domain.assistant.providers import chain, seeing_chain
from domain.assistant.storing import stored, unhurried
from domain.chat.models import Message, MessageKey, MessageKind
from domain.chat.ports import OpensWork
from domain.errors import ErrorCode, StorageAway

LAST_WORDS_S = 3.0


class ReplyRunner:
    def __init__(self, work: OpensWork[AssistantWork], feed: Feed, histories: Histories, answering: Answering) -> None:
        self._work = work
        self._feed = feed
        self._histories = histories
        self._answering = answering
        self._running: dict[MessageKey, asyncio.Task[None] | None] = {}
        self._stopping: set[MessageKey] = set()

    async def run(self, key: MessageKey) -> None:
        """The job of one reply. For one that is over, or runs here, it does nothing; cancelled, it hands it over."""
        if key in self._running:
            return
        self._running[key] = None
        try:
            await self._drive(key)
        finally:
            del self._running[key]
            self._stopping.discard(key)
            await self._feed.release(key)

    def stop(self, key: MessageKey) -> None:
        """Ends the generation, if it runs in this process; what was said stays."""
        if key in self._running:
            self._stopping.add(key)
            generating = self._running[key]
            if generating is not None:
                generating.cancel()

    async def _drive(self, key: MessageKey) -> None:
        task = await self._take(key)
        if task is None:
            return
        await self._feed.begin(key, task.claim.attempt)
        outcomes = Outcomes(task.claim)
        try:
            stopped = await self._generate(task, outcomes)
        except asyncio.CancelledError:
            await unhurried(self._hand_over(outcomes.claim))
            raise
        await unhurried(self._store(outcomes.claim, outcomes.stopped() if stopped else outcomes.final()))

    async def _generate(self, task: Task, outcomes: Outcomes) -> bool:
        """True when it was stopped. A cancellation that is no stop goes on."""
        key = task.claim.key
        generating = self._running[key] = asyncio.create_task(self._answering.answer(task, outcomes))
        if key in self._stopping:
            generating.cancel()
        try:
            await generating
        except asyncio.CancelledError:
            if key not in self._stopping or not generating.cancelled():
                generating.cancel()
                with suppress(asyncio.CancelledError):
                    await generating
                raise
            return True
        return False

    async def _take(self, key: MessageKey) -> Task | None:
        """None when there is nothing to generate."""
        known = await self._histories.known(key.session_id)
        claim, task, outcome = await stored(self._work, lambda work: self._claim(work, key, known))
        if claim is not None and outcome is not None:
            await self._tell(claim, outcome)
        if task is not None:
            await self._histories.keep(key.session_id, worth_keeping(task.conversation))
        return task

    async def _claim(
        self, work: AssistantWork, key: MessageKey, known: Sequence[Message]
    ) -> tuple[Claim | None, Task | None, Outcome | None]:
        """What was claimed, and either what to do or how it ended."""
        claim = await work.replies.claim(key)
        if claim is None:
            return None, None, None
        dialog = await work.configs.dialog(claim.assistant)
        if dialog is None or claim.stop_requested or claim.claims > MAX_CLAIMS:
            outcome = await self._ended_before(work, claim)
            await _finish(work, claim, outcome)
            return claim, None, outcome
        conversation = await work.replies.conversation(
            key.session_id, until=claim.question_seq, limit=CONTEXT_MESSAGES, known=known
        )
        return claim, await _task(work, claim, dialog, conversation), None

    async def _ended_before(self, work: AssistantWork, claim: Claim) -> Outcome:
        """Stopped while nobody generated it, or given up. What was said stays."""
        said = await self._feed.said(claim.key) or await work.interactions.said(claim.key)
        if claim.stop_requested:
            return Outcome(RunStatus.STOPPED, said)
        return Outcome(RunStatus.FAILED, said, error_code=ErrorCode.UPSTREAM_UNAVAILABLE)

    async def _tell(self, claim: Claim, outcome: Outcome) -> None:
        await self._feed.begin(claim.key, claim.attempt)
        await self._feed.append(claim.key, claim.attempt, outcome.text)
        await self._feed.end(claim.key, claim.attempt)

    async def _hand_over(self, claim: Claim) -> None:
        """Somebody else begins it anew, at once; should that fail, the sweep finds it."""
        with suppress(StorageAway, TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S), self._work() as work:
                if await work.replies.release(claim):
                    await work.jobs.hand_over_reply(claim.key)

    async def _store(self, claim: Claim, outcome: Outcome) -> None:
        if await stored(self._work, lambda work: _finish(work, claim, outcome)):
            await self._feed.end(claim.key, claim.attempt)


async def _task(work: AssistantWork, claim: Claim, dialog: DialogConfig, conversation: list[Message]) -> Task:
    """Pictures go to whoever is there for them; a text about earlier ones to whoever answers texts."""
    shown = [message.seq for message in conversation if message.kind is MessageKind.IMAGE]
    if not shown:
        return Task(claim, dialog, conversation, await chain(work.configs, dialog))
    seeing = await seeing_chain(work.configs, dialog)
    asked = seeing if claim.question_seq in shown else await chain(work.configs, dialog)
    pictures = await work.message_files.of_messages(claim.key.session_id, shown)
    return Task(claim, dialog, conversation, asked, pictures, frozenset(provider.config.id for provider in seeing))


async def _finish(work: AssistantWork, claim: Claim, outcome: Outcome) -> bool:
    """Nothing at all is stored when another attempt has taken over."""
    if not await work.replies.finish(claim, outcome):
        return False
    if outcome.interaction is not None:
        await work.interactions.write(outcome.interaction)
    await work.jobs.enqueue_next(claim.key.session_id)  # one is generated at a time
    return True
