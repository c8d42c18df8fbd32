"""Events that a process keeps for those who come back …"""

from dataclasses import replace

from domain.chat.events import EventKind, Mark, SessionEvent
from domain.chat.models import MessageState
from persistence.recent_events import RecentEvents
from tests.domain.conversation import SESSION, message


def event(number: int) -> SessionEvent:
    return SessionEvent(Mark(1, number, number), SESSION, EventKind.MESSAGE_ADDED, message(), None, None)


def kept(most: int, *events: SessionEvent) -> RecentEvents:
    recent = RecentEvents(most)
    recent.begin(Mark(1, 0, 0))
    for one in events:
        recent.add(one)
    return recent


def test_are_those_after_a_mark() -> None:
    recent = kept(10, event(1), event(2), event(3))
    assert [one.mark.number for one in recent.after(Mark(1, 1, 1))] == [2, 3]


def test_say_how_far_back_they_go() -> None:
    recent = kept(2, event(1), event(2), event(3))
    covered = [recent.covers(Mark(1, number, number)) for number in range(4)]
    assert covered == [False, True, True, True]
    assert not recent.covers(Mark(2, 3, 3)), "another life of the database"
    recent.begin(Mark(1, 9, 9))
    assert (recent.covers(Mark(1, 8, 8)), list(recent.after(Mark(1, 0, 0)))) == (False, [])


def test_hold_no_word_of_a_recalled_message() -> None:
    said = event(1)
    assert said.message is not None
    gone = said.message._replace(state=MessageState.RECALLED, content="")
    recent = kept(10, said, replace(said, mark=Mark(1, 2, 2), kind=EventKind.MESSAGE_UPDATED, message=gone))
    assert [one.message and one.message.content for one in recent.after(Mark(1, 0, 0))] == ["", ""]
