"""Mailed tokens of recoveries and changes of address: each for one use, once; only hashes are kept."""

from marketplace.accounts.model import SECRET_BYTES, digest
from marketplace.factors.errors import LinkInvalid
from marketplace.factors.model import LINK_KEPT, Link
from marketplace.factors.ports import LinkStore
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions, Write


class Links:
    """Mints and reads them."""

    def __init__(self, *, clock: Clock, ids: Ids, transactions: Transactions, links: LinkStore) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._links = links

    def mint(self, purpose: str, account_id: str, subject: str, email_mark: str = "") -> str:
        """Return a fresh token, good for a day; with an `email_mark` only while that is the account's address."""
        token = self._ids.secret(SECRET_BYTES)
        link = Link(purpose, account_id, self._clock.now() + LINK_KEPT, subject, email_mark)
        self._transactions.commit([self._links.put_link(digest(token), link)])
        return token

    def read(self, token: str, purpose: str) -> tuple[Link, Write]:
        """Return what a token is about, and the write that spends it.

        Raises: LinkInvalid.
        """
        token_hash = digest(token)
        link = self._links.link(token_hash)
        if link is None or link.purpose != purpose or link.expires_at <= self._clock.now():
            raise LinkInvalid
        return link, self._links.spend_link(token_hash)
