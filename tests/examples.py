"""How many examples hypothesis tries: on every day a fifth of those of the whole suite."""

from hypothesis import settings

settings.register_profile("everyday", max_examples=20)
WHOLE = 100
FEWEST = 5


def examples(count: int) -> int:
    """`count` in the whole suite, fewer with `--hypothesis-profile everyday`."""
    return max(count * settings().max_examples // WHOLE, FEWEST)
