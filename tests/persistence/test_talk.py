"""A conversation with a vendor over a real socket ..."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.demo import Demo
from domain.assistant.dialects.words import (
    ApiType,
    Cite,
    Endpoint,
    Event,
    Failure,
    Finished,
    KeepAlive,
    Opened,
    Prompt,
    Reasoning,
    Text,
    Turn,
    Usage,
)
from domain.assistant.talk import talk
from domain.errors import ErrorCode
from persistence.wire import Wire
from tests.domain.answers import failure_of, reasoning_of, text_of
from tests.examples import examples
from tests.standins.chat import ChatStandIn, Fault, Manner
from tests.standins.coze import Coze
from tests.standins.fastgpt import FastGPT
from tests.standins.openai import OpenAI
from tests.standins.stepfun import StepFun
from tests.waiting import until

ASKED = Prompt((Turn("system", "提示"), Turn("user", "头疼怎么办😀")), "u-1", "s.2")
ANSWER = "多喝水，注意休息。😀 If it hurts: see a doctor."


@pytest.fixture(scope="module")
def vendors() -> Iterator[dict[ApiType, ChatStandIn]]:
    with FastGPT() as fastgpt, OpenAI() as openai, StepFun() as stepfun, Coze() as coze:
        yield {
            ApiType.FASTGPT: fastgpt,
            ApiType.OPENAI_COMPATIBLE: openai,
            ApiType.STEP_VISION: stepfun,
            ApiType.COZE: coze,
        }


@pytest.fixture(params=[ApiType.FASTGPT, ApiType.OPENAI_COMPATIBLE, ApiType.STEP_VISION, ApiType.COZE], ids=str)
def endpoint(request: pytest.FixtureRequest, vendors: dict[ApiType, ChatStandIn]) -> Endpoint:
    kind: ApiType = request.param
    models = {ApiType.STEP_VISION: StepFun.models[0], ApiType.COZE: Coze.bots[0], ApiType.FASTGPT: None}
    return Endpoint(kind, vendors[kind].base_url, vendors[kind].key, models.get(kind, OpenAI.models[0]))


@pytest.fixture
def vendor(endpoint: Endpoint, vendors: dict[ApiType, ChatStandIn]) -> ChatStandIn:
    chosen = vendors[endpoint.type]
    chosen.requests.clear()
    chosen.script.clear()
    return chosen


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    async with Wire(connect_s=1.0) as opened:
        yield opened


async def talked(wire: Wire, endpoint: Endpoint, prompt: Prompt = ASKED, idle_s: float = 5.0) -> list[Event]:
    return [event async for event in talk(wire, DIALECTS[endpoint.type], endpoint, prompt, idle_s=idle_s)]


async def test_brings_the_answer_with_everything_beside_it(wire: Wire, endpoint: Endpoint, vendor: ChatStandIn) -> None:
    vendor.script.append(
        Manner(text=ANSWER, reasoning="先想一想", unknown_events=True, keep_alive_s=0.01, first_token_s=0.05)
    )
    events = await talked(wire, endpoint)
    assert (text_of(events), reasoning_of(events)) == (ANSWER, "先想一想")
    assert events[0] == Opened(200)
    assert events[-1] == Finished()
    assert KeepAlive() in events
    assert len([event for event in events if isinstance(event, Usage)]) == 1


async def test_brings_fastgpts_citations(wire: Wire, vendors: dict[ApiType, ChatStandIn]) -> None:
    fastgpt = vendors[ApiType.FASTGPT]
    fastgpt.script.append(Manner(text=ANSWER, quotes=({"id": "1", "q": "问", "a": "答", "sourceName": "指南.pdf"},)))
    events = await talked(wire, Endpoint(ApiType.FASTGPT, fastgpt.url, fastgpt.key))
    (cite,) = [event for event in events if isinstance(event, Cite)]
    assert [(item.index, item.title, item.snippet) for item in cite.citations] == [(1, "指南.pdf", "问\n答")]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).map(
        lambda text: f"答{text}"
    ),
    seed=st.integers(0, 2**32),
    end=st.sampled_from(["\n", "\r\n"]),
    utf16=st.booleans(),
)
async def test_is_exact_for_any_text_cut_at_any_bytes(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn, text: str, seed: int, end: str, utf16: bool
) -> None:
    vendor.script.append(Manner(text=text, cut_seed=seed, line_end=end, utf16=utf16, piece=1))
    events = await talked(wire, endpoint)
    assert text_of(events) == text
    assert events[-1] == Finished()


FAULTS = [
    (Manner(fault=Fault.STATUS, status=401), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.STATUS, status=402), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.STATUS, status=403), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.STATUS, status=404), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.STATUS, status=429, retry_after="7"), "RATE_LIMITED", False, ""),
    (Manner(fault=Fault.STATUS, status=451), "CONTENT_BLOCKED", True, ""),
    (Manner(fault=Fault.STATUS, status=500), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.STATUS, status=503), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.HTML, status=404), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.HTML, status=502), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.HTML, status=200), "UPSTREAM_UNAVAILABLE", True, ""),
    (Manner(fault=Fault.GARBAGE), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.EMPTY_BODY), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.NO_TEXT), "UPSTREAM_UNAVAILABLE", False, ""),
    (Manner(fault=Fault.HANG), "UPSTREAM_TIMEOUT", False, ""),
    (Manner(fault=Fault.STALL), "UPSTREAM_TIMEOUT", False, ANSWER[:6]),
    (Manner(fault=Fault.STALL, after=0), "UPSTREAM_TIMEOUT", False, ""),
    (Manner(fault=Fault.CUT), "UPSTREAM_UNAVAILABLE", False, ANSWER[:6]),
    (Manner(fault=Fault.RESET), "UPSTREAM_UNAVAILABLE", False, None),
    (Manner(fault=Fault.NO_END), "UPSTREAM_UNAVAILABLE", False, ANSWER),
    (Manner(fault=Fault.BROKEN_EVENT), "UPSTREAM_UNAVAILABLE", False, ANSWER[:6]),
    (Manner(fault=Fault.ERROR_EVENT, message="429 Too many requests"), "RATE_LIMITED", False, ANSWER[:6]),
]


@pytest.mark.parametrize(
    ("manner", "code", "permanent", "text"), FAULTS, ids=[f"{row[0].fault.value}-{row[0].status}" for row in FAULTS]
)
async def test_ends_every_fault_in_one_failure_and_keeps_what_was_said(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn, manner: Manner, code: str, permanent: bool, text: str | None
) -> None:
    vendor.script.append(replace(manner, text=ANSWER))
    events = await talked(wire, endpoint, idle_s=0.15 if code == "UPSTREAM_TIMEOUT" else 5.0)
    failure = failure_of(events)
    assert (failure.code, failure.permanent) == (ErrorCode(code), permanent), failure.log
    assert failure.retry_after_s == (7.0 if manner.retry_after else None)
    # A reset may overtake bytes that were sent before it.
    assert text_of(events) == text if text is not None else ANSWER.startswith(text_of(events))


async def test_says_what_a_failed_node_of_fastgpt_failed_of(wire: Wire, vendors: dict[ApiType, ChatStandIn]) -> None:
    fastgpt = vendors[ApiType.FASTGPT]
    for streams in (True, False):
        fastgpt.script.append(Manner(fault=Fault.NODE_ERROR, streams=streams))
        events = await talked(wire, Endpoint(ApiType.FASTGPT, fastgpt.base_url, fastgpt.key))
        assert failure_of(events).code is ErrorCode.RATE_LIMITED


async def test_is_told_by_each_vendor_that_the_key_is_wrong(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn
) -> None:
    failure = failure_of(await talked(wire, replace(endpoint, api_key="sk-wrong-key-1234")))
    assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, True)
    assert "wrong-key" not in repr(failure)


async def test_reads_documents_of_vendors_that_do_not_stream(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn
) -> None:
    vendor.script.append(Manner(text=ANSWER, streams=False))
    events = await talked(wire, endpoint)
    if endpoint.type is ApiType.COZE:
        assert failure_of(events).permanent is False
    else:
        assert (text_of(events), events[-1]) == (ANSWER, Finished())


async def test_fails_where_nobody_listens(wire: Wire, endpoint: Endpoint, vendor: ChatStandIn) -> None:
    vendor.refuse()
    try:
        events = await talked(wire, endpoint)
    finally:
        vendor.listen()
    assert (len(events), failure_of(events).permanent) == (1, False)


async def test_fails_without_a_call_where_the_settings_are_wrong(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn
) -> None:
    for wrong in (replace(endpoint, base_url=""), replace(endpoint, api_key="密钥")):
        failure = failure_of(await talked(wire, wrong))
        assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, True)
    assert vendor.requests == []


async def test_hangs_up_at_once_when_the_listener_leaves(wire: Wire, endpoint: Endpoint, vendor: ChatStandIn) -> None:
    vendor.script.append(Manner(text=ANSWER * 100, tokens_per_s=50))
    events = talk(wire, DIALECTS[endpoint.type], endpoint, ASKED)
    async for event in events:
        if isinstance(event, Text):
            break
    await events.aclose()
    await until(vendor.requests[0].gone.is_set, within=1)


async def test_hangs_up_on_keep_alives_for_ever_when_the_deadline_of_the_listener_passes(
    wire: Wire, endpoint: Endpoint, vendor: ChatStandIn
) -> None:
    vendor.script.append(Manner(text=ANSWER, fault=Fault.DRIP, after=0))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await talked(wire, endpoint, idle_s=0.2)
    await until(vendor.requests[0].gone.is_set, within=1)


async def test_leaves_the_connection_fit_for_the_next(wire: Wire, endpoint: Endpoint, vendor: ChatStandIn) -> None:
    for _ in range(3):
        vendor.script.append(Manner(text=ANSWER))
        assert (await talked(wire, endpoint))[-1] == Finished()
    assert len(vendor.requests) == 3
    assert len({request.client_port for request in vendor.requests}) == 1


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("data:image/png;base64,iVBORw0KGgoAAAA=", None),
        ("https://files.example/a.jpg?sign=s3cret", None),
        ("https://inner.example/a.jpg?sign=s3cret", ErrorCode.BAD_USER_INPUT),
        ("data:image/png;base64,@@@", ErrorCode.BAD_USER_INPUT),
        ("data:image/png;base64,AAAA", ErrorCode.BAD_USER_INPUT),
    ],
)
async def test_shows_pictures_to_step_vision(
    wire: Wire, vendors: dict[ApiType, ChatStandIn], image: str, code: ErrorCode | None
) -> None:
    stepfun = vendors[ApiType.STEP_VISION]
    assert isinstance(stepfun, StepFun)
    stepfun.fetchable.add("https://files.example/a.jpg?sign=s3cret")
    where = Endpoint(ApiType.STEP_VISION, stepfun.base_url, stepfun.key, StepFun.models[0])
    events = await talked(wire, where, Prompt((Turn("user", "这是什么？", (image,)),), "u", "r"))
    if code is None:
        assert "看到 1 张图片" in text_of(events)
        assert Usage(1505, len(text_of(events))) in events
    else:
        assert (failure_of(events).code, failure_of(events).permanent) == (code, True)
        assert "s3cret" not in repr(events)


async def test_needs_no_wire_for_the_demonstration(wire: Wire) -> None:
    nowhere = Endpoint(ApiType.DEMO, "", "")
    events = [event async for event in talk(wire, Demo(pause_s=0), nowhere, ASKED)]
    assert "您刚才说：“头疼怎么办😀”。" in text_of(events)
    assert events[-1] == Finished()
    assert not [event for event in events if isinstance(event, Opened | Failure | Reasoning)]
