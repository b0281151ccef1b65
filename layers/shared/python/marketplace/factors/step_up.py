"""Prove once more, inside a session, that it is its owner's; the session gets a new token, and the old one dies."""

from dataclasses import dataclass, replace

from marketplace.accounts.admission import SignedIn
from marketplace.accounts.errors import PasswordWrong, SessionMissing
from marketplace.accounts.model import SECRET_BYTES, Account, Session, digest, session_token
from marketplace.accounts.password_check import PasswordCheck
from marketplace.factors.errors import ChallengeSpent, PasskeyRefused, ProofNotOffered
from marketplace.factors.keeper import FactorKeeper
from marketplace.factors.model import STEP_UP, Assertion, Proof
from marketplace.factors.passkey_proofs import PasskeyProofs
from marketplace.factors.ports import Log
from marketplace.factors.proofs import Proofs
from marketplace.kit.errors import Forbidden, Unauthenticated
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows: exactly one of them."""

    code: str | None = None
    recovery_code: str | None = None
    password: str | None = None
    passkey: Assertion | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """Name what was sent."""
        return tuple(name for name in ("code", "recovery_code", "password", "passkey") if getattr(self, name))


class StepUp:
    """Renews a session's proof."""

    def __init__(
        self,
        *,
        keeper: FactorKeeper,
        ids: Ids,
        proofs: Proofs,
        passkey_proofs: PasskeyProofs,
        password_check: PasswordCheck,
        log: Log,
    ) -> None:
        self._keeper = keeper
        self._ids = ids
        self._proofs = proofs
        self._passkey_proofs = passkey_proofs
        self._password_check = password_check
        self._log = log

    def prove(self, caller: Principal, shown: Shown, *, origin: Origin) -> SignedIn:
        """Check what is shown, and put a fresh session in the asking one's place: its end and device stay.

        The password counts only for an account without a second factor.

        Raises: ProofNotOffered; CodeWrong; CodeUsed; CodeClockDrift; PasswordWrong; PasskeyRefused; PasskeyCloned;
        PasskeySuspended; TooManyAttempts; Unauthenticated when the session ends at the same moment.
        """
        if caller.visitor is not None:
            raise Forbidden
        account, session = self._keeper.caller(caller)
        if len(shown.ways) != 1 or shown.ways[0] not in account.step_up_by:
            raise ProofNotOffered(how=",".join(account.step_up_by))
        proof = self._check(account, session, shown, origin)
        token, fresh = self._renewed(account, session)
        store = self._keeper.sessions
        facts = {"how": shown.ways[0]}
        try:
            self._keeper.transactions.commit(
                [
                    store.end_session(account.account_id, session.secret_hash),
                    store.open_session(fresh),
                    *self._keeper.accounts.spend(account, step=proof.step, password_hash=None),
                    *proof.writes,
                    *self._log.note(
                        account.account_id, "step_up:succeeded", origin=origin, session_id=fresh.session_id, facts=facts
                    ),
                ]
            )
        except SessionMissing:
            raise Unauthenticated from None
        except ChallengeSpent:
            raise PasskeyRefused from None
        return SignedIn(token, fresh)

    def _check(self, account: Account, session: Session, shown: Shown, origin: Origin) -> Proof:
        if shown.password is not None:
            return Proof(writes=self._check_password(account, shown.password, origin))
        if shown.passkey is not None:
            asked_of = (account.account_id, session.session_id)
            verified = self._passkey_proofs.verify(shown.passkey, STEP_UP, *asked_of, origin=origin)
            return Proof(writes=verified.writes)
        return self._proofs.prove_anew(account, code=shown.code, recovery_code=shown.recovery_code, origin=origin)

    def _check_password(self, account: Account, typed: str, origin: Origin) -> list[Write]:
        try:
            return self._password_check.check(account, typed)
        except PasswordWrong:
            self._proofs.note_failure(account.account_id, "step_up:failed", origin)
            raise

    def _renewed(self, account: Account, session: Session) -> tuple[str, Session]:
        now = self._keeper.clock.now()
        secret = self._ids.secret(SECRET_BYTES)
        factor_at = now if account.has_factor else session.factor_at
        fresh = replace(session, secret_hash=digest(secret), last_used_at=now, proved_at=now, factor_at=factor_at)
        return session_token(account.account_id, secret), fresh
