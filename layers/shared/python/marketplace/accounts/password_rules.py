"""Which passwords are good enough: long, and not what attackers try first (NIST SP 800-63B-4, 3.1.1)."""

import unicodedata
from collections.abc import Sequence

from marketplace.accounts.errors import PasswordRefused
from marketplace.accounts.ports import Blocklist

PASSWORD_LENGTH_MIN = 15  # characters, where the password is the only factor
PASSWORD_LENGTH_MIN_WITH_FACTOR = 8
PASSWORD_LENGTH_MAX = 256
DISTINCT_CHARACTERS_MIN = 5
OWN_CHARACTERS_MIN = 8  # that remain when the words anybody could know are taken out
KNOWN_WORD_LENGTH_MIN = 4
SERVICE_WORDS = ("aval",)


def normalise_password(given: str) -> str:
    """Return the form that is judged and hashed, so that every keyboard's way of typing it is the same password."""
    return unicodedata.normalize("NFKC", given)


def check_password(password: str, *, known: Sequence[str], has_factor: bool, blocklist: Blocklist) -> None:
    """Refuse a weak password; `known` are texts an attacker would start from: the e-mail, the name.

    Expects the normalised form.

    Raises: PasswordRefused with reason too_short, too_long, too_common or too_personal.
    """
    shortest = PASSWORD_LENGTH_MIN_WITH_FACTOR if has_factor else PASSWORD_LENGTH_MIN
    if len(password) < shortest:
        raise PasswordRefused("too_short")
    if len(password) > PASSWORD_LENGTH_MAX:
        raise PasswordRefused("too_long")
    folded = password.casefold()
    if len(set(folded)) < DISTINCT_CHARACTERS_MIN or any(blocklist.contains(form) for form in {password, folded}):
        raise PasswordRefused("too_common")
    if _own_length(folded, known) < OWN_CHARACTERS_MIN and len(folded) > _own_length(folded, known):
        raise PasswordRefused("too_personal")


def _own_length(folded: str, known: Sequence[str]) -> int:
    words = {text.casefold() for text in (*known, *SERVICE_WORDS)}
    words |= {part for text in words for part in text.replace("@", " ").replace(".", " ").split()}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= KNOWN_WORD_LENGTH_MIN:
            folded = folded.replace(word, "")
    return len(folded)
