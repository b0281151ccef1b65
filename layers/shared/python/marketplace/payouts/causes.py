"""Why money waits, in words, and which facts of an account make it wait."""

from collections.abc import Mapping
from datetime import datetime

from marketplace.payments.collection_model import GRACE
from marketplace.payouts.model import Cause, Hold, PayeeFacts

# cause -> (English, Spanish): what it is, and what ends it.
EXPLANATIONS: Mapping[Cause, tuple[str, str]] = {
    Cause.COOLING: (
        "A password, a factor or a bank account was changed. Payouts wait three days: notice if it was not you.",
        "Se cambió una contraseña, un factor o una cuenta bancaria. Los pagos esperan tres días, por si no fuiste tú.",
    ),
    Cause.FACTOR_MISSING: (
        "Set up a second factor: nothing is paid out from an account that a password alone opens.",
        "Activa un segundo factor: no se paga nada desde una cuenta que se abre solo con contraseña.",
    ),
    Cause.VERIFICATION: (
        "Stripe needs something from you before it pays out. Open the onboarding page to see what.",
        "Stripe necesita algo de ti antes de pagar. Abre la página de alta para ver qué es.",
    ),
    Cause.SUSPENDED: (
        "Your account, or selling with it, is suspended. The decision says why, and how to appeal.",
        "Tu cuenta, o vender con ella, está suspendida. La decisión dice por qué y cómo recurrir.",
    ),
    Cause.LOCKED: (
        "You told us that somebody else was in your account: it is locked. Choose a new password, and payouts go on.",
        "Nos avisaste de que otra persona entró en tu cuenta y está bloqueada. Elige una contraseña nueva y sigue.",
    ),
    Cause.CHARGEBACK: (
        "A buyer's bank took back a payment that you had received already. The amount waits until the bank decides.",
        "El banco de un comprador recuperó un pago que ya habías recibido. El importe espera a que el banco decida.",
    ),
    Cause.DEBT: (
        f"You owe this after a refund or a chargeback. Later earnings pay it; after {GRACE.days} days, your balance.",
        f"Debes esto tras un reembolso o contracargo. Lo pagan tus ingresos; a los {GRACE.days} días, tu saldo.",
    ),
    Cause.RESERVE: (
        "A part of each earning waits by the published reserve rules, and is free on its date.",
        "Una parte de cada ingreso espera según las reglas de reserva publicadas y queda libre en su fecha.",
    ),
    Cause.CLEARING: (
        "The buyer's payment has not cleared at Stripe yet; it usually takes two to seven days.",
        "El pago del comprador aún no está disponible en Stripe; suele tardar de dos a siete días.",
    ),
    Cause.KILL_SWITCH: (
        (
            "Payments to sellers are stopped for a check. Nothing is lost; they go on by themselves afterwards. "
            "Where one order is checked, as much as it brought waits, also when that was paid out before."
        ),
        (
            "Los pagos a vendedores están parados por una revisión. Nada se pierde; después continúan solos. "
            "Si se revisa un solo pedido, espera tanto como trajo, aunque ya se te hubiera pagado."
        ),
    ),
    Cause.BANK_REFUSED: (
        "Your bank refused several payouts in a row. Correct your bank account at Stripe, and payouts go on.",
        "Tu banco rechazó varios pagos seguidos. Corrige tu cuenta bancaria en Stripe y los pagos continúan.",
    ),
    Cause.CURRENCY: (
        "None of your bank accounts takes this currency, and we convert nothing. Add one at Stripe, and payouts go on.",
        "Ninguna de tus cuentas bancarias admite esta moneda y no convertimos nada. Añade una en Stripe y continúan.",
    ),
    Cause.PAYOUT_UNKNOWN: (
        "It is not known yet whether your last payout left. Until it is, nothing else is sent, so nothing goes twice.",
        "Aún no se sabe si tu último pago salió. Hasta saberlo no se envía nada más, para que nada salga dos veces.",
    ),
    Cause.MINIMUM: (
        "Less than the published minimum: it waits for the next date, or for more.",
        "Menos que el mínimo publicado: espera a la próxima fecha, o a que haya más.",
    ),
    Cause.MANUAL: (
        "Somebody of our finance team holds your payouts, for the reasons given here.",
        "Una persona de finanzas retiene tus pagos por los motivos indicados aquí.",
    ),
}

# Stripe's failure codes -> (English, Spanish). Source: Stripe, "Payout failures".
REFUSALS: Mapping[str, tuple[str, str]] = {
    "account_closed": ("The bank account was closed.", "La cuenta bancaria está cerrada."),
    "account_frozen": ("The bank account is frozen.", "La cuenta bancaria está bloqueada."),
    "bank_account_restricted": (
        "The bank account takes no payments of this kind.",
        "La cuenta bancaria no admite este tipo de pagos.",
    ),
    "bank_ownership_changed": ("The bank account changed owner.", "La cuenta bancaria cambió de titular."),
    "could_not_process": ("The bank could not process the payment.", "El banco no pudo tramitar el pago."),
    "debit_not_authorized": ("The bank does not allow this.", "El banco no permite esta operación."),
    "declined": ("The bank declined the payment.", "El banco rechazó el pago."),
    "incorrect_account_holder_address": (
        "The address of the account holder is not right.",
        "La dirección del titular no es correcta.",
    ),
    "incorrect_account_holder_name": (
        "The name of the account holder is not right.",
        "El nombre del titular no es correcto.",
    ),
    "invalid_account_number": ("The account number is not valid.", "El número de cuenta no es válido."),
    "invalid_currency": (
        "The bank account does not take this currency.",
        "La cuenta bancaria no admite esta moneda.",
    ),
    "no_account": ("The bank knows no such account.", "El banco no conoce esa cuenta."),
    "unsupported_card": ("The card takes no payouts.", "La tarjeta no admite pagos."),
    "insufficient_funds": ("Stripe's own bank account was short.", "La cuenta bancaria de Stripe no tenía fondos."),
    "balance_insufficient": (
        "The money had not arrived in your Stripe balance yet.",
        "El dinero aún no había llegado a tu saldo de Stripe.",
    ),
    "payouts_not_allowed": (
        "Stripe does not pay out this account at the moment; it may need something from you.",
        "Stripe no paga esta cuenta por ahora; quizá necesite algo de ti.",
    ),
    "account_invalid": (
        "Your Stripe account is not connected to this marketplace any more; connect it again.",
        "Tu cuenta de Stripe ya no está conectada a este marketplace; vuelve a conectarla.",
    ),
    "currency_waits": (
        "None of your bank accounts takes this currency.",
        "Ninguna de tus cuentas bancarias admite esta moneda.",
    ),
    "returned_by_hand": ("The payout never left our side.", "El pago nunca salió de nuestro lado."),
    "held_since": (
        "A hold came before the payout left. It is divided anew; what is not held goes on.",
        "Llegó una retención antes de que saliera el pago. Se calcula de nuevo y lo no retenido continúa.",
    ),
    "canceled": ("The payout was cancelled before it left.", "El pago se canceló antes de salir."),
}
_OTHER = ("The bank did not take the payment.", "El banco no aceptó el pago.")


def in_words(reason: str | None, locale: str) -> str | None:
    """Say in plain words why a bank refused; None when it did not."""
    return REFUSALS.get(reason, _OTHER)[locale == "es"] if reason else None


def explained(cause: Cause, locale: str) -> str:
    """Say what a hold is, and what ends it."""
    return EXPLANATIONS[cause][locale == "es"]


def cause_in_words(cause: str, locale: str) -> str:
    """Say what a hold is, from an event that may be older than the table."""
    known = next((each for each in Cause if each.value == cause), None)
    return explained(known, locale) if known else ("El importe espera." if locale == "es" else "The amount waits.")


def of_account(facts: PayeeFacts | None, now: datetime) -> list[Hold]:
    """Return the holds that follow from an account as it stands."""
    if facts is None:
        return [Hold(Cause.VERIFICATION, "account")]
    found = []
    if facts.suspended:
        found.append(Hold(Cause.SUSPENDED, "account"))
    if facts.locked:
        found.append(Hold(Cause.LOCKED, "account"))
    if facts.cooling_until is not None and now < facts.cooling_until:
        found.append(Hold(Cause.COOLING, "account", until=facts.cooling_until))
    if not facts.has_factor:
        found.append(Hold(Cause.FACTOR_MISSING, "account"))
    if not facts.active or facts.stripe_account_id is None:
        found.append(Hold(Cause.VERIFICATION, "account"))
    return found
