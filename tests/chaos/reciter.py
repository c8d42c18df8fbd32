"""A vendor of whom it is known what he says: something else each time he is asked, so that no mixture looks right."""

from collections import defaultdict
from dataclasses import replace

from tests.standins.chat import Manner
from tests.standins.fastgpt import FastGPT


class Reciter(FastGPT):
    """`recitals`: what was said to each question, by attempt, whole. `sentences`: how many in one recital."""

    name = "Reciter"

    def __init__(self, sentences: int, tokens_per_s: float, piece: int = 4) -> None:
        super().__init__()
        self.manner = Manner(piece=piece, tokens_per_s=tokens_per_s)
        self.sentences = sentences
        self.recitals: defaultdict[str, list[str]] = defaultdict(list)

    def next_manner(self, asked: str) -> Manner:
        told = self.recitals[asked]
        told.append("".join(f"{asked}:{len(told)}.{number}😀" for number in range(self.sentences)))
        return replace(super().next_manner(asked), text=told[-1])
