"""What a name, a password and a birth date must look like."""

import unicodedata
from datetime import date

from domain.errors import BadUserInput

USERNAME_LENGTH = range(3, 33)
PASSWORD_LENGTH = range(8, 129)
LONGEST_NAME = 50
LONGEST_AGE = 150
EMOJI_JOINER = "\u200d"


def username_key(username: str) -> str:
    """What makes two usernames the same: neither case nor width of letters counts."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def checked_username(username: str) -> str:
    """Letters of any script, digits and `_.-`, with a letter among them so that it is never a phone number."""
    name = unicodedata.normalize("NFKC", username).strip()
    if not is_username(name):
        raise BadUserInput(
            "用户名须为 3 到 32 个文字、字母、数字或 _ . -，并且至少含一个文字或字母",
            "A username has 3 to 32 letters, digits or _ . - and at least one letter.",
            field="username",
        )
    return name


def is_username(name: str) -> bool:
    known = all(char.isalnum() or char in "_.-" for char in name)
    return known and len(name) in USERNAME_LENGTH and any(char.isalpha() for char in name)


def checked_password(password: str, *, field: str = "password") -> str:
    if len(password) not in PASSWORD_LENGTH or not is_text(password):
        raise BadUserInput("密码长度须为 8 到 128 个字符", "A password has 8 to 128 characters.", field=field)
    return password


def checked_name(name: str | None, *, field: str) -> str | None:
    """A name for people to read, or None when nothing is left of it."""
    if name is None:
        return None
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not name.replace(EMOJI_JOINER, "").isprintable():
        raise BadUserInput(f"最多 {LONGEST_NAME} 个字", f"At most {LONGEST_NAME} characters.", field=field)
    return name or None


def checked_birth_date(born: date, today: date) -> date:
    if not 0 <= age_on(today, born) <= LONGEST_AGE or born > today:
        raise BadUserInput("出生日期不正确", "This is not a possible birth date.", field="birthDate")
    return born


def born_about(age: int, today: date) -> date:
    """The birth date of somebody who turns `age` today: an approximation that grows older with them."""
    if not 0 <= age <= LONGEST_AGE:
        raise BadUserInput("年龄不正确", "This is not a possible age.", field="age")
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year - age, today.month, day)


def age_on(today: date, born: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_text(text: str) -> bool:
    """False for a lone surrogate, which no encoding can carry."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
