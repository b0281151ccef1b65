"""Every kind of entry in the security log, as one table: `subject:action`, what it says, and whether it is told.

A kind that notifies is told by inbox and mail (notifications/texts_security.py makes its notice from here unless
somebody wrote a better one); a kind whose notice can be disowned carries the link for "this was not me".
"""

from collections.abc import Mapping
from dataclasses import dataclass

# How much an owner should care.
ROUTINE, NOTABLE, ALARMING = "routine", "notable", "alarming"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry."""

    name: str  # subject:action
    en: str
    es: str
    severity: str = ROUTINE
    notifies: bool = False
    disowned: bool = True  # the notice has the link for "this was not me"
    # What a stranger can cause: written without the person's key, whose cost would tell that there is an account, and
    # so without anything personal but the network.
    strangers: bool = False

    @property
    def event(self) -> str:
        """The outbox event that a kind which notifies leaves."""
        return "account." + self.name.replace(":", "_")


def _told(name: str, en: str, es: str, severity: str = NOTABLE) -> Kind:
    return Kind(name, en, es, severity, notifies=True)


def _tried(name: str, en: str, es: str) -> Kind:
    """Make a kind that a stranger can cause."""
    return Kind(name, en, es, NOTABLE, strangers=True)


def _stated(name: str, en: str, es: str, severity: str = NOTABLE) -> Kind:
    """Make a kind that is told and that its owner cannot have done, so that there is nothing to disown."""
    return Kind(name, en, es, severity, notifies=True, disowned=False)


_SIGNING_IN = (
    Kind("sign_in:succeeded", "Signed in", "Inicio de sesión"),
    _tried("sign_in:failed", "A sign-in failed", "Un inicio de sesión falló"),
    _tried("sign_in:limited", "Too many sign-ins failed", "Fallaron demasiados inicios de sesión"),
    Kind("sign_in:doubted", "A sign-in had to prove more", "Un inicio de sesión tuvo que probar más", NOTABLE),
    Kind("sign_in:code_mailed", "A sign-in code was mailed", "Se envió un código de inicio de sesión", NOTABLE),
    Kind("sign_in:code_failed", "A mailed code was wrong", "Un código enviado por correo no era correcto", NOTABLE),
    _told("sign_in:new_device", "A new device signed in", "Ha iniciado sesión un dispositivo nuevo"),
    _told("sign_in:new_place", "Signed in from a new country", "Inicio de sesión desde otro país"),
    Kind(
        "sign_in:closed",
        "Signing in with the password is closed on new devices",
        "El inicio de sesión con contraseña está cerrado en dispositivos nuevos",
        ALARMING,
        notifies=True,
        disowned=False,
        strangers=True,
    ),
    Kind("session:revoked", "A session was ended", "Se cerró una sesión"),
    _told("sessions:revoked", "All sessions were ended", "Se cerraron todas las sesiones"),
    Kind("device:remembered", "A device is remembered", "Se recuerda un dispositivo"),
    Kind("device:forgotten", "A device was forgotten", "Se olvidó un dispositivo"),
    Kind("step_up:succeeded", "Identity proved again", "Identidad probada de nuevo"),
    Kind("step_up:failed", "Proving identity again failed", "Falló probar la identidad de nuevo", NOTABLE),
)
_ACCOUNT = (
    Kind("account:opened", "The account was opened", "Se abrió la cuenta"),
    Kind("account:renamed", "The name or language was changed", "Se cambió el nombre o el idioma"),
    _stated("account:locked", "The account was locked", "Se ha bloqueado la cuenta", ALARMING),
    _stated("account:unlocked", "The account was unlocked", "Se ha desbloqueado la cuenta"),
    _stated("account:suspended", "The account was suspended", "Se ha suspendido la cuenta", ALARMING),
    _stated("account:reinstated", "The suspension was lifted", "Se ha levantado la suspensión"),
    _told("account:exported", "The account's data was exported", "Se exportaron los datos de la cuenta"),
    _told("account:erasure_asked", "Erasing the account was asked for", "Se pidió borrar la cuenta", ALARMING),
    _stated("account:erasure_cancelled", "Erasing the account was called off", "Se anuló el borrado de la cuenta"),
    Kind("email:verified", "The address was confirmed", "Se confirmó la dirección de correo"),
    _told("email:change_asked", "A change of address was asked for", "Se pidió cambiar la dirección", ALARMING),
    _told("email:changed", "The address was changed", "Se ha cambiado la dirección de correo", ALARMING),
    _stated("email:change_cancelled", "The change of address was called off", "Se anuló el cambio de dirección"),
)
_PASSWORD = (
    _told("password:changed", "The password was changed", "Se ha cambiado la contraseña", ALARMING),
    _tried("password:reset_asked", "A new password was asked for", "Se pidió una contraseña nueva"),
    _told("password:reset", "The password was set anew by mail", "La contraseña se fijó de nuevo por correo", ALARMING),
    Kind("password:check_failed", "The password was asked for and wrong", "Se pidió la contraseña y falló", NOTABLE),
)
_FACTORS = (
    Kind("totp:enrolled", "An authenticator app was begun", "Se empezó una aplicación de autenticación"),
    _told("totp:enabled", "The second factor was turned on", "Se ha activado el segundo factor"),
    _told("totp:disabled", "The second factor was turned off", "Se ha desactivado el segundo factor", ALARMING),
    Kind("totp:used", "A code from the app was used", "Se usó un código de la aplicación"),
    Kind("totp:failed", "A code from the app was wrong", "Un código de la aplicación no era correcto", NOTABLE),
    _told("passkey:added", "A passkey was added", "Se ha añadido una llave de acceso"),
    _told("passkey:removed", "A passkey was removed", "Se ha quitado una llave de acceso", ALARMING),
    Kind("passkey:renamed", "A passkey was renamed", "Se renombró una llave de acceso"),
    Kind("passkey:used", "A passkey was used", "Se usó una llave de acceso"),
    Kind("passkey:failed", "A passkey was refused", "Se rechazó una llave de acceso", NOTABLE),
    _stated("passkey:cloned", "A passkey may have been copied", "Una llave de acceso puede estar copiada", ALARMING),
    _told("recovery_code:used", "A recovery code was used", "Se ha usado un código de recuperación", ALARMING),
    Kind("recovery_code:failed", "A recovery code was wrong", "Un código de recuperación no era correcto", NOTABLE),
    _told("recovery_codes:renewed", "New recovery codes were made", "Se crearon códigos de recuperación nuevos"),
    _stated("recovery_codes:few", "Few recovery codes are left", "Quedan pocos códigos de recuperación"),
    _told("recovery:started", "Recovery without factors was begun", "Se inició la recuperación sin factores", ALARMING),
    _stated("recovery:cancelled", "The recovery was called off", "Se anuló la recuperación"),
    _told("recovery:completed", "The account was recovered", "Se ha recuperado la cuenta", ALARMING),
)
_MONEY = (
    # Told by payout.bank_changed, which says what follows, and carries the link for "this was not me" as well.
    Kind("payout_account:changed", "The payout account was changed", "Se cambió la cuenta de cobro", ALARMING),
    Kind("payouts:cooling", "Payouts wait after a change", "Los cobros esperan tras un cambio", NOTABLE),
    _told("refund:large", "A large refund was made", "Se hizo un reembolso grande"),
    _stated("identity:verified", "Your identity was verified", "Se ha verificado tu identidad"),
    Kind("identity:started", "A check of identity was begun", "Se inició una verificación de identidad"),
    _stated("identity:failed", "Your identity could not be verified", "No se ha podido verificar tu identidad"),
)
_OTHERS = (
    _stated("role:granted", "A role was granted", "Se concedió una función", ALARMING),
    _stated("role:removed", "A role was removed", "Se retiró una función"),
    _stated("support:viewed", "Support looked at your account", "Soporte ha consultado tu cuenta"),
    Kind("support:left", "Support ended its look at your account", "Soporte terminó de consultar tu cuenta"),
    _stated("selling:suspended", "Your selling was suspended", "Se han suspendido tus ventas", ALARMING),
    _stated("appeal:received", "Your appeal was received", "Hemos recibido tu reclamación"),
    _stated("appeal:rejected", "Your appeal was rejected", "Tu reclamación ha sido rechazada", ALARMING),
    _told("team:member_added", "Somebody joined your team", "Alguien se ha unido a tu equipo"),
    _told("team:member_removed", "Somebody left your team", "Alguien ha dejado tu equipo"),
    _told("team:role_changed", "A role in your team was changed", "Se cambió una función en tu equipo"),
    _told("team:joined", "You joined a team", "Te uniste a un equipo"),
    _stated("team:left", "You no longer belong to a team", "Ya no perteneces a un equipo"),
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (*_SIGNING_IN, *_ACCOUNT, *_PASSWORD, *_FACTORS, *_MONEY, *_OTHERS)
}
