"""What became of conversations, and whether that was right."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.chaos.phones import Heard
from tests.chaos.reciter import Reciter


@dataclass(frozen=True, slots=True)
class Verdict:
    """`line`: the figures of a scenario, for people. `wrong`: what was not as it should be."""

    name: str
    line: str
    wrong: list[str]

    def __str__(self) -> str:
        shown = "".join(f"\n    {complaint}" for complaint in self.wrong[:10])
        return f"{'FAILED' if self.wrong else 'ok':6}  {self.name}: {self.line}{shown}"


def wrongs(heard: Iterable[Heard], vendor: Reciter) -> list[str]:
    """Complaints about whatever is neither whole nor given up with what was said kept."""
    return [f"{each.asked}: {complaint}" for each in heard if (complaint := _wrong(each, vendor))]


def _wrong(heard: Heard, vendor: Reciter) -> str:
    if heard.mistake:
        return heard.mistake
    if heard.history != [(1, heard.asked), (2, heard.text)]:
        return f"stored is {_short(heard.history)}, heard was {_short(heard.text)}"
    recitals = vendor.recitals[heard.asked]
    if heard.state == "FAILED":
        return "" if any(recital.startswith(heard.text) for recital in recitals) else f"kept {_short(heard.text)}"
    if heard.state != "COMPLETE" or heard.text not in recitals:
        return f"{heard.state} with {_short(heard.text)}"
    return ""


def _short(what: object) -> str:
    text = str(what)
    return text if len(text) <= 160 else f"{text[:80]} … {text[-80:]}"


def counted(heard: list[Heard], refusals: Counter[str]) -> str:
    """Ends, ways in, and what stood in the way."""
    ends = Counter("given up" if each.state == "FAILED" else each.state.lower() for each in heard)
    entries, resets = sum(each.entries for each in heard), sum(each.resets for each in heard)
    broken = ", ".join(f"{name} {number}" for name, number in refusals.most_common(4))
    shown = ", ".join(f"{number} {end}" for end, number in ends.most_common())
    first, silence = (max(getattr(each, name) for each in heard) for name in ("first_word_s", "longest_silence_s"))
    return (
        f"{len(heard)} replies ({shown}), {entries} ways in, {resets} begun anew, at most {first:.1f} s to the"
        f" first word and {silence:.1f} s of silence;"
        f" in the way: {broken or 'nothing'}"
    )
