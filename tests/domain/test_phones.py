"""Phone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.phones import PhoneBook
from domain.errors import BadUserInput


@pytest.mark.parametrize(
    "text", ["13800138000", "+86 138 0013 8000", "008613800138000", "０１３８００１３８０００", "138-0013-8000"]
)
def test_are_read_as_people_write_them(text: str) -> None:
    phone = PhoneBook().read(text)
    assert (phone.e164, phone.masked) == ("+8613800138000", "138****8000")


@pytest.mark.parametrize(
    "text",
    ["", "123", "010-62345678", "12345678901", "+14155552671", "+85291234567", "phone", "1" * 1000, "\ud800", "+"],
)
def test_that_get_no_codes_are_refused(text: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        PhoneBook().read(text)
    assert caught.value.field == "phone"


@pytest.mark.parametrize(
    ("text", "masked"),
    [("+85291234567", "+852 ****4567"), ("+14155552671", "+1 41****2671"), ("13800138000", "138****8000")],
)
def test_hide_at_least_four_digits(text: str, masked: str) -> None:
    assert PhoneBook(("CN", "HK", "US")).read(text).masked == masked
    assert PhoneBook(()).proven(text).masked == masked


def test_do_not_show_in_logs() -> None:
    assert repr(PhoneBook().read("13800138000")) == "Phone(138****8000)"


@given(st.text(max_size=40))
def test_nonsense_is_none(text: str) -> None:
    phone = PhoneBook().read_or_none(text)
    assert phone is None or phone.e164.startswith("+861")
