"""A route for this machine …"""

import pytest

from transport.guarded import is_here


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1"])
def test_is_open_to_it(client: str) -> None:
    assert is_here(client)


@pytest.mark.parametrize("client", ["", "10.0.0.1", "8.8.8.8", "2001:db8::1", "localhost", "unix"])
def test_is_closed_to_others(client: str) -> None:
    assert not is_here(client)
