"""Secrets at rest …"""

import pytest
from cryptography.fernet import InvalidToken

from domain.secrets import SecretBox

OLD, NEW, OTHER = "an old key of enough length", "a new key of enough length", "somebody else's key"


def test_sealed_under_an_old_key_still_open() -> None:
    sealed = SecretBox([OLD]).seal("fastgpt-密钥")
    assert SecretBox([NEW, OLD]).open(sealed) == "fastgpt-密钥"
    assert "fastgpt" not in sealed


def test_are_sealed_under_the_newest_key() -> None:
    sealed = SecretBox([NEW, OLD]).seal("x")
    assert SecretBox([NEW]).open(sealed) == "x"
    with pytest.raises(InvalidToken):
        SecretBox([OLD]).open(sealed)


def test_of_somebody_else_do_not_open() -> None:
    with pytest.raises(InvalidToken):
        SecretBox([OTHER]).open(SecretBox([NEW]).seal("x"))


def test_are_found_again_under_any_key() -> None:
    stored = SecretBox([OLD]).lookup_hash("+8613800000000")
    assert stored in SecretBox([NEW, OLD]).lookup_hashes("+8613800000000")
    assert stored not in SecretBox([OTHER]).lookup_hashes("+8613800000000")
