"""What somebody will look at in what is read for them."""

from typing import TypeAlias

Needs: TypeAlias = frozenset[str]
"""Names of attributes: what is read may lack all others, and is then asked for them in vain (AttributeError)."""
