"""What is mailed to prove who reads a mailbox: links with a token, and short codes. Only hashes are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.model import Account, digest

RESET, NOT_ME = "reset", "not-me"  # purposes; a token for one is none for the other
RESET_KEPT_SECONDS = 20 * 60
NOT_ME_KEPT_SECONDS = 7 * 86_400
MAIL_CODE_KEPT_SECONDS = 10 * 60
MAIL_CODE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class MailedToken:
    """Whose link it is, and what the account looked like when it was mailed."""

    account_id: str
    email_mark: str  # the address that it was mailed to, as the blind index has it
    expires_at: datetime
    password_mark: str = ""  # of the password then: a later password spends every link that sets one


@dataclass(frozen=True, slots=True)
class MailCode:
    """The one sign-in that an account's mailbox is asked about, and its code; a new one takes the place of the last."""

    account_id: str
    request_hash: str  # of what the asking sign-in was given: the code is good for it alone
    expires_at: datetime
    code_hash: str | None = None  # None until the mail is written


def password_mark(account: Account) -> str:
    """Return what changes with the password and tells nothing of it."""
    return digest(f"password#{account.password_hash}")


def mail_code(secret: str) -> str:
    """Spell random text as digits that people can copy from a mail."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest()[:16], "big") % 10**MAIL_CODE_DIGITS
    return f"{number:0{MAIL_CODE_DIGITS}d}"


def mail_code_hash(account_id: str, code: str) -> str:
    """Hash a code for its account: it lives ten minutes, within which counted guesses find nothing."""
    return digest(f"{account_id}#{code}")
