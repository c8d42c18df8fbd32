"""Where somebody calls from."""

import pytest

from domain.limits import CROWD, Allowance, Networks, network_of, networks_from

BEHIND_A_PROXY = Networks(proxies=networks_from("10.0.0.0/8, 192.0.2.1, ::1"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("192.0.2.1", "2001:db8::7", "2001:db8::7"),
        ("::1", "198.51.100.7", "198.51.100.7"),
        ("::ffff:10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.7, nonsense", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3, 10.0.0.4", "10.0.0.3"),
        ("198.51.100.9", "6.6.6.6", "198.51.100.9"),
        ("", "6.6.6.6", ""),
    ],
)
def test_a_forwarded_address_is_believed_from_our_proxies_only(
    peer: str, forwarded_for: str | None, client: str
) -> None:
    assert BEHIND_A_PROXY.client(peer, forwarded_for) == client


def test_without_proxies_the_header_means_nothing() -> None:
    assert Networks().client("10.0.0.2", "198.51.100.7") == "10.0.0.2"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("/run/socket", "/run/socket"),
    ],
)
def test_what_counts_as_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_crowd_behind_one_address_shares_more() -> None:
    allowance = Allowance("tries", 10, 60)
    networks = Networks(shared=networks_from("198.51.100.0/24"))
    assert networks.share(allowance, "198.51.100.7").times == 10 * CROWD
    assert networks.share(allowance, "203.0.113.7") == allowance


@pytest.mark.parametrize("text", ["nonsense", "10.0.0.0/99", "1.2.3.4 5.6.7.8"])
def test_a_setting_that_names_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        networks_from(text)
