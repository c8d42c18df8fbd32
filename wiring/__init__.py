"""The composition root: the only place where every ring is seen."""
