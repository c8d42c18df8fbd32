"""Phone numbers, as people write them and as we keep them."""

from collections.abc import Collection
from dataclasses import dataclass

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    national_significant_number,
    number_type,
    parse,
    region_code_for_number,
)

from domain.errors import BadUserInput

HOME = "CN"
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
LONGEST = 32


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` is never shown, logged, or stored unsealed."""

    e164: str
    masked: str

    def __repr__(self) -> str:
        return f"Phone({self.masked})"


@dataclass(frozen=True, slots=True)
class PhoneBook:
    """Reads mobile numbers of some regions (ISO 3166 codes): a foreign one may cost a lot to write to."""

    regions: Collection[str] = (HOME,)

    def read(self, text: str, *, field: str = "phone") -> Phone:
        """Raises BadUserInput for what is no mobile number of these regions."""
        number = _parsed(text)
        if number is None or region_code_for_number(number) not in self.regions:
            raise BadUserInput("手机号不正确", "This is not a mobile number we can write to.", field=field)
        return Phone(format_number(number, PhoneNumberFormat.E164), _masked(number))

    def proven(self, text: str) -> Phone:
        """A number that somebody else verified and that we never write to: any region will do."""
        number = _parsed(text)
        if number is None:
            raise BadUserInput("手机号不正确", "This is not a mobile number.", field="phone")
        return Phone(format_number(number, PhoneNumberFormat.E164), _masked(number))

    def read_or_none(self, text: str) -> Phone | None:
        try:
            return self.read(text)
        except BadUserInput:
            return None


def _parsed(text: str) -> PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        number = parse(text, HOME)
    except NumberParseException:
        return None
    return number if is_valid_number(number) and number_type(number) in MOBILE else None


def _masked(number: PhoneNumber) -> str:
    """138****0000: the last four digits, and of the others as many as leave four hidden, three at most."""
    digits = national_significant_number(number)
    shown = max(0, min(3, len(digits) - 8))
    prefix = "" if region_code_for_number(number) == HOME else f"+{number.country_code} "
    return f"{prefix}{digits[:shown]}****{digits[-4:]}"
