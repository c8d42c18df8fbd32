"""The stand-ins are as the vendors are on the wire ..."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from domain.outbound import Call, Response, json_call
from persistence.wire import Wire
from tests.standins.chat import Manner, cut, js_json
from tests.standins.fastgpt import ACCOUNT_KEY_WORDS, FastGPT

QUESTION = [{"role": "user", "content": "你好"}]


@pytest.fixture(scope="module")
def fastgpt() -> Iterator[FastGPT]:
    with FastGPT() as vendor:
        vendor.manner = Manner(text="好的。")
        yield vendor


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as opened:
        yield opened


async def asked(wire: Wire, vendor: FastGPT, path: str = "/v1/chat/completions", **body: Any) -> Response:
    return await wire.send(json_call(vendor.base_url + path, body, {"Authorization": f"Bearer {vendor.key}"}))


async def test_fastgpt_names_its_events_only_in_detail(wire: Wire, fastgpt: FastGPT) -> None:
    plain = await asked(wire, fastgpt, stream=True, messages=QUESTION)
    assert plain.headers["content-type"] == "text/event-stream;charset=utf-8"
    assert b"event:" not in plain.body
    assert plain.body.endswith(b"data: [DONE]\n\n")
    detailed = (await asked(wire, fastgpt, stream=True, detail=True, messages=QUESTION)).body.decode()
    events = [block.split("\n")[0] for block in detailed.split("\n\n")[:-1]]
    assert events[0] == "event: flowNodeStatus"
    assert events[-3:] == ["event: answer", "event: answer", "event: flowResponses"]
    assert detailed.split("\n\n")[-3] == "event: answer\ndata: [DONE]"


@pytest.mark.parametrize(
    ("key", "messages", "code", "words"),
    [
        ("", QUESTION, 514, "Api Key 不合法"),
        ("unknown", QUESTION, 514, "Api Key 不合法"),
        (FastGPT.account_key, QUESTION, 500, ACCOUNT_KEY_WORDS),
        (FastGPT.key, [], 500, "messages is empty"),
    ],
)
async def test_fastgpt_refuses_by_an_event_of_a_200_or_by_a_document_of_a_500(
    wire: Wire, fastgpt: FastGPT, key: str, messages: list[object], code: int, words: str
) -> None:
    address = f"{fastgpt.base_url}/v1/chat/completions"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    streamed = await wire.send(json_call(address, {"stream": True, "messages": messages}, headers))
    whole = await wire.send(json_call(address, {"messages": messages}, headers))
    assert (streamed.status, whole.status) == (200, 500)
    assert "content-type" not in streamed.headers
    name, data = streamed.body.decode().split("\n", 1)
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: ")) == whole.json()
    assert (whole.json()["code"], whole.json()["message"]) == (code, words)


async def test_fastgpt_remembers_by_chat_id_and_only_by_it(wire: Wire, fastgpt: FastGPT) -> None:
    fastgpt.script.extend([Manner(text=None)] * 3)
    answers = [await asked(wire, fastgpt, messages=QUESTION, chatId=chat_id) for chat_id in ("c1", "c1", "")]
    counts = [answer.json()["choices"][0]["message"]["content"].split("一共收到 ")[1][0] for answer in answers]
    assert counts == ["1", "3", "1"]
    assert answers[0].json()["usage"] == {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 1}


async def test_fastgpt_wraps_its_records_in_an_envelope(wire: Wire, fastgpt: FastGPT) -> None:
    await asked(wire, fastgpt, messages=QUESTION, chatId="c2")
    listed = (await asked(wire, fastgpt, "/core/chat/getHistories", appId="a")).json()
    assert listed["code"] == 200
    assert {"chatId": "c2"} in listed["data"]["list"]
    records = (await asked(wire, fastgpt, "/core/chat/getPaginationRecords", appId="a", chatId="c2")).json()
    assert [item["obj"] for item in records["data"]["list"]] == ["Human", "AI"]
    feedback = {"appId": "a", "chatId": "c2", "dataId": "d", "userGoodFeedback": "yes"}
    await asked(wire, fastgpt, "/core/chat/feedback/updateUserFeedback", **feedback)
    assert fastgpt.feedback == [feedback]
    await wire.send(Call("DELETE", f"{fastgpt.base_url}/core/chat/delHistory?appId=a&chatId=c2"))
    assert "c2" not in fastgpt.histories


async def test_fastgpt_answers_a_wrong_address_with_a_web_page(wire: Wire, fastgpt: FastGPT) -> None:
    response = await wire.send(json_call(f"{fastgpt.url}/v1/chat/completions", {}))
    assert (response.status, response.body[:15]) == (404, b"<!DOCTYPE html>")


def test_deltas_of_utf16_units_may_be_half_an_emoji() -> None:
    assert cut("a😀", 1, utf16=True) == ["a", "\ud83d", "\ude00"]
    assert js_json({"content": "好\ud83d"}) == '{"content":"好\\ud83d"}'
