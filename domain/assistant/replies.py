"""Driving one reply to its end: claim it, ask the vendor, feed its watchers, store the outcome."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

from domain.assistant.context import CONTEXT_MESSAGES, turns
from domain.assistant.dialects.words import Failure, Prompt
from domain.assistant.models import MAX_ATTEMPTS, Claim, DialogConfig, Outcome, Provider, RunStatus
from domain.assistant.ports import AssistantWork, Feed
from domain.assistant.providers import DEMO, choose
from domain.assistant.vendor import Heard, Vendor, timed_out
from domain.chat.models import Message, MessageKey
from domain.chat.ports import OpensWork
from domain.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that a claimed reply needs."""

    claim: Claim
    dialog: DialogConfig
    conversation: list[Message]
    provider: Provider


@dataclass(slots=True)
class Said:
    """What has come of the answer so far."""

    pieces: list[str] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class ReplyRunner:
    def __init__(self, work: OpensWork[AssistantWork], feed: Feed, vendor: Vendor) -> None:
        self._work = work
        self._feed = feed
        self._vendor = vendor

    async def run(self, key: MessageKey) -> None:
        """The job of one reply. A second call for a reply that is over does nothing."""
        task = await self._take(key)
        if task is None:
            return
        await self._feed.begin(key, task.claim.attempt)
        said = Said()
        failure = await self._listen(task, said)
        if await self._store(task, outcome_of(task, said, failure)):
            await self._feed.end(key, task.claim.attempt)

    async def _take(self, key: MessageKey) -> Task | None:
        async with self._work() as work:
            claim = await work.replies.claim(key)
            if claim is None:
                return None
            dialog = await work.configs.dialog(claim.assistant)
            if dialog is None or claim.attempt > MAX_ATTEMPTS:
                await work.replies.finish(claim, failed(ErrorCode.UPSTREAM_UNAVAILABLE))
                return None
            conversation = await work.replies.conversation(
                key.session_id, until=claim.question_seq, limit=CONTEXT_MESSAGES
            )
            return Task(claim, dialog, conversation, await choose(work.configs, dialog))

    async def _listen(self, task: Task, said: Said) -> Failure | None:
        """Hands every piece to the watchers the moment it comes; returns what went wrong."""
        claim = task.claim
        answer = self._vendor.ask(task.provider, prompt_of(task), said.heard)
        try:
            async with asyncio.timeout(task.provider.config.timeout_ms / 1000), aclosing(answer):
                async for text in answer:
                    said.pieces.append(text)
                    await self._feed.append(claim.key, claim.attempt, text)
        except TimeoutError:
            return timed_out("the whole answer took too long")
        return said.heard.failure

    async def _store(self, task: Task, outcome: Outcome) -> bool:
        async with self._work() as work:
            return await work.replies.finish(task.claim, outcome)


def prompt_of(task: Task) -> Prompt:
    claim = task.claim
    return Prompt(
        turns=turns(task.dialog.prompt, task.conversation),
        user=claim.asker_id.hex,
        reply_id=f"{claim.key.session_id.hex}-{claim.key.seq}-{claim.attempt}",
        model=task.dialog.model_name,
    )


def outcome_of(task: Task, said: Said, failure: Failure | None) -> Outcome:
    status = RunStatus.SUCCEEDED if failure is None else RunStatus.FAILED
    code = failure.code if failure is not None else None
    stored = task.provider.config.id if task.provider != DEMO else None
    return Outcome(status, said.text, said.heard.citations, code, stored)


def failed(code: ErrorCode, text: str = "") -> Outcome:
    return Outcome(RunStatus.FAILED, text, error_code=code)
