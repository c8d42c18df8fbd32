"""The trace of an exception …"""

import json

import pytest

from domain.errors import BadUserInput
from domain.outbound import OutboundError, Trouble
from domain.traces import kind_of, summary_of, trace_of

SECRET = "患者的话"


class Tell(Exception):
    pass


def raised(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET),
        json.JSONDecodeError(SECRET, SECRET, 0),
        OSError(SECRET, SECRET),
        FileNotFoundError(2, SECRET, SECRET),
        Tell(SECRET, SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET), ExceptionGroup(SECRET, [KeyError(SECRET)])]),
    ],
    ids=kind_of,
)
def test_quotes_nobody(error: BaseException) -> None:
    error.add_note(SECRET)
    lines = "\n".join(trace_of(raised(error)))
    assert SECRET not in lines
    assert lines.startswith(kind_of(error))


def test_names_places_and_causes() -> None:
    def fail() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise Tell(SECRET) from error

    with pytest.raises(Tell) as caught:
        fail()
    lines = trace_of(caught.value)
    assert [line for line in lines if not line.startswith(" ")] == [f"{__name__}.Tell", "KeyError"]
    assert lines[2].startswith(f"  {__name__}:")
    assert lines[2].endswith("test_names_places_and_causes.<locals>.fail")


def test_of_a_long_way_down_is_cut() -> None:
    def dig(depth: int) -> None:
        if not depth:
            raise Tell
        dig(depth - 1)

    with pytest.raises(Tell) as caught:
        dig(200)
    assert len(trace_of(caught.value)) == 21


def test_of_a_circle_ends() -> None:
    first, second = Tell(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert trace_of(first) == [f"{__name__}.Tell", "KeyError"]


def test_says_what_we_have_written_ourselves() -> None:
    ours = OutboundError(Trouble.CUT, "fastgpt.example: the connection broke (ReadError)")
    assert summary_of(ours) == "domain.outbound.OutboundError (fastgpt.example: the connection broke (ReadError))"
    assert summary_of(BadUserInput("太长", "Too long.")) == "domain.errors.BadUserInput (Too long.)"
    assert summary_of(ConnectionRefusedError(111, SECRET)) == "ConnectionRefusedError (Connection refused)"
