"""Another address for an account: proved by mail before it counts, told to the present one, taken back from there."""

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import AccountMissing, AddressTaken
from marketplace.accounts.model import Account, Session, parse_session_id
from marketplace.accounts.names import normalise_email
from marketplace.factors.elsewhere import FORMER, PENDING, Elsewhere
from marketplace.factors.errors import LinkInvalid
from marketplace.factors.keeper import FactorKeeper
from marketplace.factors.limits import FactorLimits
from marketplace.factors.links import Links
from marketplace.factors.model import EMAIL_CHANGE, FORMER_ADDRESS_KEPT, PROVE, EmailChange, FormerAddress
from marketplace.factors.ports import AddressStore
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

_NOBODY = "nobody"  # read where there is no account, so that a free address does not answer earlier


class EmailChanges:
    """From the wish to the moved address, and back."""

    def __init__(
        self,
        *,
        keeper: FactorKeeper,
        ids: Ids,
        outbox: Outbox,
        attempts: Attempts,
        addresses: AddressStore,
        elsewhere: Elsewhere,
        links: Links,
        limits: FactorLimits | None = None,
    ) -> None:
        self._keeper = keeper
        self._ids = ids
        self._outbox = outbox
        self._attempts = attempts
        self._addresses = addresses
        self._elsewhere = elsewhere
        self._links = links
        self._limits = limits or FactorLimits()

    def ask(self, caller: Principal, email: str, *, origin: Origin) -> None:
        """Remember the address and mail it a link; a taken one gets word of that instead, and the answer is the same.

        Raises: EmailInvalid; Invalid for the present address; TooManyAttempts.
        """
        keeper = self._keeper
        address = normalise_email(email)
        account, session = keeper.caller(caller)
        if address == account.email:
            raise Invalid(fields={"email": "unchanged"})
        change_id = self._ids.new(EMAIL_CHANGE, keeper.clock.now())
        sealed = self._elsewhere.seal(account.account_id, address)
        change = EmailChange(account.account_id, change_id, sealed, session.session_id)
        told = self._told(account, address, change_id)
        noted = keeper.noted(account.account_id, "email:change_asked", origin, session.session_id)
        asked = [self._addresses.put_email_change(change), told, *noted]
        self._attempts.take((self._limits.email_change_by_account, account.account_id), alongside=asked)

    def mint(self, account_id: str, _email: str) -> str:
        """Return a fresh token for the mail to the address that waits.

        Raises: AccountMissing when none does.
        """
        change = self._addresses.email_change(account_id)
        if change is None:
            raise AccountMissing
        return self._links.mint(PROVE, account_id, change.change_id)

    def confirm(self, token: str, *, origin: Origin) -> None:
        """Move the account to the address that a mailed token proves.

        Only the session that asked lives on, payouts wait, and the address before it is told and kept for thirty days.

        Raises: LinkInvalid, also when the address was taken meanwhile; FactorsChanged; TooManyAttempts.
        """
        keeper = self._keeper
        self._attempts.take((self._limits.token_by_ip, origin.ip))
        link, spent = self._links.read(token, PROVE)
        change = self._addresses.email_change(link.account_id)
        if change is None or change.change_id != link.subject:
            raise LinkInvalid
        account = keeper.account(change.account_id)
        former = self._former(account, change.change_id)
        try:
            keeper.commit(
                [
                    spent,
                    self._addresses.end_email_change(change),
                    *keeper.accounts.move_address(
                        account, self._elsewhere.open(change), displaced=self._displaced(change)
                    ),
                    *self._kept(account, change),
                    self._addresses.keep_address(former),
                    self._elsewhere.tell(
                        account.account_id, "account.email_moved_away", f"{FORMER}:{change.change_id}", change.change_id
                    ),
                    *keeper.cool(account.account_id, "email:changed"),
                    *keeper.noted(account.account_id, "email:changed", origin, change.session_id),
                ]
            )
        except AddressTaken:
            raise LinkInvalid from None

    def undo(self, account: Account, email_mark: str) -> list[Write]:
        """Return what gives the account back to the former address that was told, and drops a change that waits.

        `email_mark` is the address's entry in the blind index. Every address that came after it is forgotten: a thief
        who moved the account twice must not take it back with the notice of the address in between. An address that
        is another account's by now stays there.
        """
        waiting = self._addresses.email_change(account.account_id)
        dropped = [self._addresses.end_email_change(waiting)] if waiting else []
        formers = sorted(self._elsewhere.former(account.account_id), key=lambda each: each.expires_at, reverse=True)
        told = next((each for each in formers if self._is_of(each, email_mark)), None)
        if told is None or email_mark == account.email_mark:
            return dropped
        forgotten = [self._addresses.forget_address(each) for each in formers if each.expires_at >= told.expires_at]
        return [*self._back(account, self._elsewhere.open(told)), *forgotten, *dropped]

    def reaches(self, account: Account, email_mark: str) -> bool:
        """Tell whether an address, by its entry in the blind index, is the account's, or was until lately."""
        if email_mark in self._keeper.accounts.email_marks(account.email):
            return True
        return any(self._is_of(each, email_mark) for each in self._elsewhere.former(account.account_id))

    def _is_of(self, former: FormerAddress, email_mark: str) -> bool:
        return email_mark in self._keeper.accounts.email_marks(self._elsewhere.open(former))

    def _back(self, account: Account, email: str) -> list[Write]:
        """Return what moves an account to an address that was its own; whoever only signed up with it gives way."""
        owner_id = self._keeper.accounts.owner_of(email)
        holder = self._keeper.accounts.read(owner_id) if owner_id else None
        if holder is not None and holder.email_verified:
            return []
        return self._keeper.accounts.move_address(account, email, displaced=owner_id)

    def _told(self, account: Account, address: str, change_id: str) -> Write:
        owner_id = self._keeper.accounts.owner_of(address)
        holder = self._keeper.accounts.read(owner_id or _NOBODY)
        if holder is not None and holder.email_verified:
            now = self._keeper.clock.now()
            return self._outbox.publish(event("account.email_wanted", holder.account_id, now, once=change_id))
        to = f"{PENDING}:{change_id}"
        return self._elsewhere.tell(account.account_id, "account.email_change_proof", to, change_id)

    def _displaced(self, change: EmailChange) -> str | None:
        owner_id = self._keeper.accounts.owner_of(self._elsewhere.open(change))
        return owner_id if owner_id != change.account_id else None

    def _former(self, account: Account, change_id: str) -> FormerAddress:
        until = self._keeper.clock.now() + FORMER_ADDRESS_KEPT
        sealed = self._elsewhere.seal(account.account_id, account.email)
        return FormerAddress(account.account_id, change_id, sealed, until)

    def _kept(self, account: Account, change: EmailChange) -> list[Write]:
        secret_hash = parse_session_id(change.session_id)
        found = self._keeper.sessions.read_session(account.account_id, secret_hash) if secret_hash else None
        session: Session | None = found[1] if found else None
        if session is None or not session.opens(account):
            return []
        return [
            self._keeper.sessions.keep_session(session, epoch=account.session_epoch + 1, factor_at=session.factor_at)
        ]
