"""Ten codes on paper, for the day when the app or the passkey is lost: each counts once, and only hashes are kept."""

from marketplace.accounts.model import base32_secret, digest
from marketplace.accounts.ports import Accounts
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Write

RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 15  # 120 bits, 24 characters: enough for a plain hash (OWASP ASVS 5.0, 6.5.2)
RECOVERY_GROUP = 4  # characters between hyphens
FEW_LEFT = 3  # from here on each use is told with a word of warning


class RecoveryCodes:
    """Makes, counts and spends them."""

    def __init__(self, *, ids: Ids, accounts: Accounts) -> None:
        self._ids = ids
        self._accounts = accounts

    def make(self, account_id: str) -> tuple[list[str], list[Write]]:
        """Return ten new codes as they are shown, and the writes that put them in place of all earlier ones."""
        old = self.clear(account_id)
        bare = [
            base32_secret(self._ids.secret(RECOVERY_CODE_BYTES), RECOVERY_CODE_BYTES).lower()
            for _ in range(RECOVERY_CODES)
        ]
        stored = [self._accounts.put_recovery(account_id, digest(code)) for code in bare]
        return [_grouped(code) for code in bare], [*old, *stored]

    def clear(self, account_id: str) -> list[Write]:
        """Return the writes that remove what is left; refused when one of them is spent at the same moment."""
        return [self._accounts.spend_recovery(account_id, left) for left in self.hashes(account_id)]

    def hashes(self, account_id: str) -> list[str]:
        """Return what those that still open something are stored under; one read."""
        return self._accounts.recovery_hashes(account_id)

    def spend(self, account_id: str, typed: str) -> Write:
        """Return the write that spends one, however it was typed; refused with CodeWrong."""
        return self._accounts.spend_recovery(account_id, name_of(typed))


def name_of(typed: str) -> str:
    """Return the hash that a code is stored under."""
    return digest("".join(character for character in typed.lower() if character.isalnum()))


def _grouped(code: str) -> str:
    return "-".join(code[start : start + RECOVERY_GROUP] for start in range(0, len(code), RECOVERY_GROUP))
