"""The shape of a template: one kind of event, told to one party, in two languages."""

from dataclasses import dataclass

from marketplace.notifications.model import INBOX, MAIL

BOTH, ONLY_INBOX, ONLY_MAIL = (INBOX, MAIL), (INBOX,), (MAIL,)

ORDER_PATH = "/orders/{order}"
DISPUTE_PATH = "/disputes/{dispute}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and text in one language.

    Placeholders, all of them always available: {order} {total} {refund} {deadline} {dispute} {receipt} {decision}
    {why} {amount} {reason} {hold} {until} {received} {reference} {month}.
    {deadline} reads as an adverb ("by 3 May 2026 ...", "antes del 3 de mayo de 2026 ...").
    """

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """What one party is told about one kind of event, and where.

    `path` is where the frontend shows more. `verifies` marks the mail that carries a verification link in its place,
    `mints` names another kind of token that the link carries (with an empty path it is a code, shown by itself), and
    `disowns` marks the mail that ends with a link for "this was not me".
    """

    kind: str
    party: str
    channels: tuple[str, ...]
    en: Wording
    es: Wording
    path: str = ORDER_PATH
    verifies: bool = False
    mints: str = ""
    disowns: bool = False

    def wording(self, locale: str) -> Wording:
        """Return the Spanish wording for "es", the English one for anything else."""
        return self.es if locale == "es" else self.en
