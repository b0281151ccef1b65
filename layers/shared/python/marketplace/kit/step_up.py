"""Step-up: what moves money or opens an account asks for a proof that is minutes old, not days."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from marketplace.kit.errors import Forbidden
from marketplace.kit.principal import Principal

STEP_UP_MAX_AGE = timedelta(minutes=5)
# From here on a refund is large: 500 in the currencies with cents, and about as much in yen.
LARGE_REFUND_MINOR: Mapping[str, int] = {"eur": 50_000, "usd": 50_000, "gbp": 50_000, "jpy": 80_000}


class StepUpRequired(Forbidden):
    """The session's last proof is too old for this; `how` lists what would renew it, separated by commas."""

    code = "step_up_required"
    title_en = "Prove once more that it is you: POST /sessions/step-up."
    title_es = "Demuestra otra vez que eres tú: POST /sessions/step-up."


def require_step_up(principal: Principal, now: datetime) -> None:
    """Let through whoever proved within the last five minutes that it is them.

    That is a second factor, or the password of an account that has none.

    Raises: StepUpRequired.
    """
    if not has_stepped_up(principal, now):
        raise step_up_required(principal)


def has_stepped_up(principal: Principal, now: datetime) -> bool:
    """Say whether the session proved within the last five minutes whose it is."""
    return principal.proved_at is not None and now - principal.proved_at <= STEP_UP_MAX_AGE


def step_up_required(principal: Principal) -> StepUpRequired:
    """Make the refusal that says what would renew this session's proof."""
    return StepUpRequired(how=",".join(principal.step_up_by))


def unproved_refunds_max_minor(currency: str) -> int:
    """Return what may be given back in a day without a fresh proof, minor units."""
    return max(0, LARGE_REFUND_MINOR.get(currency, 0) - 1)


def is_large_refund(amount_minor: int, currency: str) -> bool:
    """Tell whether a refund needs a step-up; one in a currency without a bound does."""
    return amount_minor >= LARGE_REFUND_MINOR.get(currency, 0)
