"""Who may call a route: one value per answer, checked before anything of the request is read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from marketplace.kit.errors import DomainError, Forbidden, Unauthenticated
from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, STAFF_ROLES, SUPPORT, Principal
from marketplace.kit.step_up import StepUpRequired

IGNORED, OPTIONAL, REQUIRED = "ignored", "optional", "required"


class EmailNotVerified(Forbidden):
    """Nothing is bought or sold before the e-mail address is known to be the account's."""

    code = "email_not_verified"
    title_en = "Confirm your e-mail address first."
    title_es = "Confirma primero tu dirección de correo."


class SellerInactive(Forbidden):
    """The account may not sell yet, or no more."""

    code = "seller_inactive"
    title_en = "Your seller account is not active."
    title_es = "Tu cuenta de vendedor no está activa."


class NotASeller(Forbidden):
    """The account has never applied to sell."""

    code = "not_a_seller"
    title_en = "Apply as a seller first."
    title_es = "Solicita primero una cuenta de vendedor."


class SecondFactorRequired(StepUpRequired):  # not the 401 of signing in, which asks for a code
    """The session was opened without a second factor, and this needs one."""

    title_en = "Sign in with your second factor to do this."
    title_es = "Inicia sesión con tu segundo factor para hacer esto."


class VisitorMayNot(Forbidden):
    """Support looks through somebody's eyes: it reads, and neither touches nor opens letters."""

    code = "visitor_may_not"
    title_en = "A visit only looks: it changes nothing, and reads no messages and no secrets."
    title_es = "Una visita solo mira: no cambia nada y no lee mensajes ni secretos."


Check = Callable[[Principal], None]


@dataclass(frozen=True, slots=True)
class Access:
    """A named condition on the caller.

    `session` says what a route does with a session token: IGNORED, OPTIONAL (verified when sent) or REQUIRED.
    """

    name: str
    summary: str
    session: str
    checks: tuple[Check, ...] = ()
    refusals: tuple[type[DomainError], ...] = ()

    def check(self, principal: Principal | None) -> None:
        """Let the caller through, or raise.

        Raises: Unauthenticated; the `refusals`.
        """
        if principal is None:
            if self.session == REQUIRED:
                raise Unauthenticated
            return
        for check in self.checks:
            check(principal)


def _email_verified(principal: Principal) -> None:
    if not principal.email_verified:
        raise EmailNotVerified


def _has_applied(principal: Principal) -> None:
    if not (principal.has_applied or principal.seller_active):
        raise NotASeller


def _seller_active(principal: Principal) -> None:
    if not principal.seller_active:
        raise SellerInactive


def _holds(*roles: str) -> Check:
    """Make the check that the caller has one of these roles."""

    def check(principal: Principal) -> None:
        # 403 and not 404: staff's routes stand in the published contract, so there is nothing to hide about them.
        # What is hidden (404) is somebody else's object.
        if not principal.roles & set(roles):
            raise Forbidden

    return check


def _second_factor(principal: Principal) -> None:
    if principal.factor_at is None:
        raise SecondFactorRequired


# A token sent to a public route is not looked at: a stale one must not lock anybody out of signing in.
Public = Access("Public", "Anybody; a session token is ignored.", IGNORED)
MaybeSignedIn = Access("MaybeSignedIn", "Anybody; a session token, when sent, must be good.", OPTIONAL)
SignedIn = Access("SignedIn", "Any signed-in account.", REQUIRED, (), (Unauthenticated,))
EvenSuspended = replace(SignedIn, name="EvenSuspended", summary="Any signed-in account, a suspended one too.")
Verified = Access(
    "Verified",
    "An account with a confirmed e-mail address.",
    REQUIRED,
    (_email_verified,),
    (Unauthenticated, EmailNotVerified),
)
Buyer = replace(Verified, name="Buyer", summary="Whoever may buy: an account with a confirmed e-mail address.")
SellerApplicant = Access(
    "SellerApplicant",
    "An account that has applied as a seller, active or not.",
    REQUIRED,
    (_email_verified, _has_applied),
    (Unauthenticated, EmailNotVerified, NotASeller),
)
Seller = Access(
    "Seller",
    "A seller whose account is active.",
    REQUIRED,
    (_email_verified, _seller_active),
    (Unauthenticated, EmailNotVerified, SellerInactive),
)


def _staff(name: str, who: str, *roles: str) -> Access:
    summary = f"{who} whose session showed a second factor."
    refusals = (Unauthenticated, Forbidden, SecondFactorRequired)
    return Access(name, summary, REQUIRED, (_holds(*roles), _second_factor), refusals)


# Nothing is implied: an admin who is to decide disputes is made a moderator, by another admin.
Staff = _staff("Staff", "Anybody of the staff", *sorted(STAFF_ROLES))
Support = _staff("Support", "Somebody of support", SUPPORT)
Moderator = _staff("Moderator", "A moderator", MODERATOR)
Finance = _staff("Finance", "Somebody of finance", FINANCE)
Admin = _staff("Admin", "An administrator", ADMIN)
CaseStaff = _staff("CaseStaff", "Somebody of finance or a moderator", FINANCE, MODERATOR)
MoneyStaff = _staff("MoneyStaff", "Somebody of finance or an administrator", FINANCE, ADMIN)


class Touching(Protocol):
    """What a route says of itself, as far as a visit must know."""

    @property
    def method(self) -> str: ...
    @property
    def private(self) -> bool: ...
    @property
    def step_up(self) -> bool: ...


def is_closed_to_visits(route: Touching) -> bool:
    """Tell whether a route does more than show its owner what is theirs."""
    return route.method != "GET" or route.private or route.step_up
