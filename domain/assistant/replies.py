"""Driving one reply to its end: claim it, generate it, store the outcome, let the next in line begin."""

import asyncio
from contextlib import suppress

from domain.assistant.answering import Answering, Outcomes, Task
from domain.assistant.context import CONTEXT_MESSAGES
from domain.assistant.models import MAX_CLAIMS, Claim, DialogConfig, Outcome, RunStatus
from domain.assistant.ports import AssistantWork, Feed
from domain.assistant.providers import chain, seeing_chain
from domain.chat.models import Message, MessageKey, MessageKind
from domain.chat.ports import OpensWork
from domain.errors import ErrorCode


class ReplyRunner:
    def __init__(self, work: OpensWork[AssistantWork], feed: Feed, answering: Answering) -> None:
        self._work = work
        self._feed = feed
        self._answering = answering
        self._running: dict[MessageKey, asyncio.Task[None]] = {}
        self._stopping: set[MessageKey] = set()

    async def run(self, key: MessageKey) -> None:
        """The job of one reply. For one that is over it does nothing; cancelled, it leaves the reply to others."""
        task = await self._take(key)
        if task is None:
            return
        await self._feed.begin(key, task.claim.attempt)
        outcomes = Outcomes(task.claim)
        generating = asyncio.create_task(self._answering.answer(task, outcomes))
        self._running[key] = generating
        try:
            if task.claim.stop_requested:
                self.stop(key)
            stopped = await self._until_over(key, generating)
        finally:
            del self._running[key]
            self._stopping.discard(key)
        await self._store(outcomes.claim, outcomes.stopped() if stopped else outcomes.final())

    def stop(self, key: MessageKey) -> None:
        """Ends the generation, if it runs in this process; what was said stays."""
        generating = self._running.get(key)
        if generating is not None:
            self._stopping.add(key)
            generating.cancel()

    @property
    def running(self) -> frozenset[MessageKey]:
        return frozenset(self._running)

    async def _until_over(self, key: MessageKey, generating: asyncio.Task[None]) -> bool:
        """True when it was stopped. A cancellation that is no stop goes on."""
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
        async with self._work() as work:
            claim = await work.replies.claim(key)
            if claim is None:
                return None
            await work.interactions.lose(key)
            dialog = await work.configs.dialog(claim.assistant)
            if dialog is None or claim.claims > MAX_CLAIMS:
                await _finish(work, claim, await self._given_up(key))
                return None
            conversation = await work.replies.conversation(
                key.session_id, until=claim.question_seq, limit=CONTEXT_MESSAGES
            )
            return await _task(work, claim, dialog, conversation)

    async def _given_up(self, key: MessageKey) -> Outcome:
        return Outcome(RunStatus.FAILED, await self._feed.said(key), error_code=ErrorCode.UPSTREAM_UNAVAILABLE)

    async def _store(self, claim: Claim, outcome: Outcome) -> None:
        async with self._work() as work:
            stored = await _finish(work, claim, outcome)
        if stored:
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
    await begin_next(work, claim.key)
    return True


async def begin_next(work: AssistantWork, over: MessageKey) -> None:
    """In a session one reply is generated at a time."""
    following = await work.replies.next_in_line(over.session_id)
    if following is not None:
        await work.jobs.enqueue_reply(following)
