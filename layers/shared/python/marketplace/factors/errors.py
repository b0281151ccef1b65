"""What proving who one is can be refused for."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing, Unauthenticated


class CodeClockDrift(Unauthenticated):
    """The code is of another time: the device's clock is off by `drift_seconds`, fast if positive.

    Told only beside a good password or session; it counts as a failure like any other.
    """

    code = "code_clock_drift"
    title_en = "Your device's clock is wrong. Set it to automatic, then enter a new code."
    title_es = "El reloj de tu dispositivo no va bien. Ponlo en automático e introduce un código nuevo."


class ProofNotOffered(Invalid):
    """Exactly one way to prove oneself is to be sent, and one that the account has."""

    code = "proof_not_offered"
    title_en = "Send exactly one proof that your account has: see the facts for which."
    title_es = "Envía exactamente una prueba de las que tiene tu cuenta: los datos dicen cuáles."


class FactorMissing(Conflict):
    """The account has no second factor of that kind."""

    code = "factor_not_enabled"
    title_en = "Your account has no such second factor."
    title_es = "Tu cuenta no tiene ese segundo factor."


class PasswordTooShortAlone(Conflict):
    """Without a second factor a password must be of at least 15 characters, and this account's is not."""

    code = "password_too_short_alone"
    title_en = "Change your password to one of at least 15 characters first: alone it must be longer."
    title_es = "Cambia antes tu contraseña por una de 15 caracteres o más: sin segundo factor debe ser más larga."


class FactorCompulsory(Conflict):
    """Who works for the marketplace keeps a second factor always."""

    code = "factor_compulsory"
    title_en = "Your role needs a second factor. Add another one first."
    title_es = "Tu función exige un segundo factor. Añade antes otro."


class PasskeyRefused(Unauthenticated):
    """The passkey's answer proves nothing here; why is not told."""

    code = "passkey_refused"
    title_en = "This passkey could not be verified. Begin again."
    title_es = "No se ha podido verificar esta llave de acceso. Empieza de nuevo."


class PasskeyCloned(Unauthenticated):
    """The passkey's counter did not grow: there may be a copy, and it is suspended."""

    code = "passkey_cloned"
    title_en = "This passkey may have been copied and is suspended. Sign in another way and replace it."
    title_es = "Puede que esta llave de acceso esté copiada y queda suspendida. Entra de otra forma y cámbiala."


class PasskeySuspended(Unauthenticated):
    """The passkey was suspended, because there may be a copy of it."""

    code = "passkey_suspended"
    title_en = "This passkey is suspended. Sign in another way and replace it."
    title_es = "Esta llave de acceso está suspendida. Entra de otra forma y cámbiala."


class PasskeyMissing(Missing):
    """No such passkey of this account."""

    code = "passkey_not_found"
    title_en = "There is no such passkey."
    title_es = "No existe esa llave de acceso."


class PasskeyInvalid(Invalid):
    """What the browser answered makes no passkey here: stale, foreign, or without a check of its user."""

    code = "passkey_invalid"
    title_en = "This passkey could not be added. Begin again."
    title_es = "No se ha podido añadir esta llave de acceso. Empieza de nuevo."

    def __init__(self) -> None:
        super().__init__(fields={"credential": "not_good"})


class PasskeyRegistered(Conflict):
    """The credential stands in an account already."""

    code = "passkey_already_registered"
    title_en = "This passkey was added already."
    title_es = "Esta llave de acceso ya se añadió."


class TooManyPasskeys(Conflict):
    """An account has ten passkeys at most."""

    code = "too_many_passkeys"
    title_en = "You have ten passkeys, which is the most. Remove one first."
    title_es = "Tienes diez llaves de acceso, que es el máximo. Quita antes una."


class ChallengeSpent(Unauthenticated):
    """The challenge was answered already; raised inside a transaction, and shown as what it was for."""

    code = "challenge_spent"


class LinkInvalid(Invalid):
    """The link's token is unknown, spent, of another use or too old: the answer does not tell which."""

    code = "link_invalid"
    title_en = "This link is no longer good. Begin again."
    title_es = "Este enlace ya no sirve. Empieza de nuevo."

    def __init__(self) -> None:
        super().__init__(fields={"token": "not_good"})


class RecoveryNotDue(Conflict):
    """The waiting time of a recovery is not over; `due_at` says when it is."""

    code = "recovery_not_due"
    title_en = "The waiting time is not over yet."
    title_es = "El plazo de espera aún no ha terminado."


class RecoveryMoved(Conflict):
    """Another recovery or change of address began at the same moment."""

    code = "recovery_moved"
    title_en = "Something else was begun at the same moment. Look again, then repeat."
    title_es = "Se ha empezado otra cosa en el mismo momento. Vuelve a mirar y repite."


class RecoveryMissing(Missing):
    """No recovery of this account is under way."""

    code = "recovery_not_found"
    title_en = "No recovery is under way."
    title_es = "No hay ninguna recuperación en curso."


class RecoveryNeedsTwo(Forbidden):
    """Who works for the marketplace is let back in by two administrators, not by a mail and a delay."""

    code = "recovery_needs_two"
    title_en = "Staff accounts are recovered by two administrators."
    title_es = "Las cuentas del personal las recuperan dos administradores."
