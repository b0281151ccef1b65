"""E-mail addresses and names in one agreed form, so that look-alikes of a taken one are the taken one."""

import re
import unicodedata

from marketplace.accounts.errors import EmailInvalid, NameInvalid

EMAIL_LENGTH_MAX = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
LOCAL_PART_LENGTH_MAX = 64  # RFC 5321, 4.5.3.1.1
NAME_LENGTH_MAX = 80
LEGAL_NAME_LENGTH_MAX = 120

# Deliberately simple: whether an address works is proved by the mail that it receives.
_LOCAL = re.compile(r"[^\s@.\"(),:;<>\[\]\\]+(\.[^\s@.\"(),:;<>\[\]\\]+)*")
_DOMAIN = re.compile(r"([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_]([\w-]{0,61}[^\W_])?")


def normalise_email(given: str) -> str:
    """Return the address in the form in which it is stored, compared and written to.

    Compatibility forms, case and surrounding space do not make another address (NFKC, full case folding).

    Raises: EmailInvalid.
    """
    if len(given) > EMAIL_LENGTH_MAX:
        raise EmailInvalid
    email = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", given).casefold()).strip()
    local, _, domain = email.rpartition("@")
    sane = len(email) <= EMAIL_LENGTH_MAX and len(local) <= LOCAL_PART_LENGTH_MAX and _is_visible(email)
    if not sane or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise EmailInvalid
    return email


def normalise_name(given: str, field: str, *, length_max: int = NAME_LENGTH_MAX) -> str:
    """Return a person's or firm's name with single spaces and composed characters.

    Raises: NameInvalid when nothing is left, when it is longer than `length_max`, or when it holds
    invisible or direction-changing characters, with which a name could pose as another.
    """
    name = " ".join(unicodedata.normalize("NFC", given).split())
    if not 0 < len(name) <= length_max or not _is_visible(name):
        raise NameInvalid(fields={field: "not_a_name"})
    return name


def _is_visible(text: str) -> bool:
    return all(unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in text)
