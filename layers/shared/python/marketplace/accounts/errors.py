"""What the accounts area refuses, and how it says so."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Limited, Missing, Unauthenticated


class EmailInvalid(Invalid):
    """The address does not have the form of an e-mail address."""

    code = "email_invalid"
    title_en = "This is not an e-mail address."
    title_es = "Esto no es una dirección de correo."

    def __init__(self) -> None:
        super().__init__(fields={"email": "not_an_address"})


class NameInvalid(Invalid):
    """A name is empty, too long, or holds characters that cannot be shown."""

    code = "name_invalid"
    title_en = "This name cannot be used."
    title_es = "Este nombre no se puede usar."


class PasswordRefused(Invalid):
    """The password is too short, too long, or among the first that an attacker would try."""

    code = "password_refused"
    title_en = "Choose another password: this one is too short, too long or too easy to guess."
    title_es = "Elige otra contraseña: esta es demasiado corta, demasiado larga o demasiado fácil de adivinar."

    def __init__(self, reason: str) -> None:
        super().__init__(fields={"password": reason})


class TokenInvalid(Invalid):
    """The link's token is unknown, spent or older than a day: the answer does not tell which."""

    code = "verification_token_invalid"
    title_en = "This link is no longer good. Ask for a new one."
    title_es = "Este enlace ya no sirve. Pide uno nuevo."

    def __init__(self) -> None:
        super().__init__(fields={"token": "not_good"})


class AddressTaken(Conflict):
    """The address has an account; raised inside a transaction and never shown to anybody."""

    code = "address_taken"


class AccountMissing(Missing):
    """No such account."""

    code = "account_not_found"
    title_en = "There is no such account."
    title_es = "No existe esa cuenta."


class AccountSuspended(Forbidden):
    """The account was suspended; told only to somebody who proved to be its owner."""

    code = "account_suspended"
    title_en = "This account is suspended: GET /account/standing says why, and how to appeal."
    title_es = "Esta cuenta está suspendida: GET /account/standing dice por qué y cómo reclamar."


class AccountLocked(Forbidden):
    """Its owner said "this was not me"; told only to somebody who proved to be its owner."""

    code = "account_locked"
    title_en = "This account is locked, because its owner reported a stranger. Ask for a new password to unlock it."
    title_es = "Esta cuenta está bloqueada porque su dueña avisó de un extraño. Pide una contraseña nueva para abrirla."


class CredentialsWrong(Unauthenticated):
    """No proved account has this e-mail and this password: the answer does not tell what is wrong."""

    code = "credentials_wrong"
    title_en = "The e-mail or the password is wrong. If you have just signed up, open the link in your mail first."
    title_es = "El correo o la contraseña no son correctos. Si acabas de registrarte, abre antes el enlace del correo."


class PasswordWrong(Unauthenticated):
    """Beside a mailed link or a session, the password is not the account's, or not any more."""

    code = "password_wrong"
    title_en = "This is not the account's password."
    title_es = "Esta no es la contraseña de la cuenta."


class SecondFactorRequired(Unauthenticated):
    """The password was right, and the account asks for a code besides."""

    code = "second_factor_required"
    title_en = "Enter the code from your authenticator app, or a recovery code."
    title_es = "Introduce el código de tu aplicación de autenticación o un código de recuperación."


class CodeWrong(Unauthenticated):
    """The code is not the present one, or the recovery code is not one of those left."""

    code = "code_wrong"
    title_en = "This code is wrong. Check your device's clock."
    title_es = "Este código no es correcto. Comprueba el reloj de tu dispositivo."


class CodeUsed(Unauthenticated):
    """The code was accepted before; each one counts once."""

    code = "code_used"
    title_en = "This code was already used. Wait for the next one."
    title_es = "Este código ya se usó. Espera al siguiente."


class TooManyAttempts(Limited):
    """The window's attempts are spent."""

    code = "too_many_attempts"
    title_en = "Too many attempts. Wait a little."
    title_es = "Demasiados intentos. Espera un poco."


class SignInClosed(Limited):
    """A hundred passwords in succession were wrong: on this device only a reset by mail or a passkey goes on."""

    code = "sign_in_closed"
    title_en = "Too many wrong passwords. Ask for a new password by mail, or use a passkey or a device you know."
    title_es = (
        "Demasiadas contraseñas erróneas. Pide una nueva por correo, o usa una llave de acceso u otro dispositivo."
    )


class MailCodeRequired(Unauthenticated):
    """The password was right and the sign-in unusual: a code was mailed to the address."""

    code = "mail_code_required"
    title_en = "This sign-in is unusual. Enter the code that we have mailed to you."
    title_es = "Este inicio de sesión es inusual. Introduce el código que te hemos enviado por correo."


class ResetLinkInvalid(Invalid):
    """The link's token is unknown, spent or older than 20 minutes: the answer does not tell which."""

    code = "reset_link_invalid"
    title_en = "This link is no longer good. Ask for a new one."
    title_es = "Este enlace ya no sirve. Pide uno nuevo."

    def __init__(self) -> None:
        super().__init__(fields={"token": "not_good"})


class HistoryMoved(Conflict):
    """Another sign-in of the account came first; raised inside a transaction and never shown to anybody."""

    code = "history_moved"


class SessionMissing(Missing):
    """No such session of this account."""

    code = "session_not_found"
    title_en = "There is no such session."
    title_es = "No existe esa sesión."


class DeviceMissing(Missing):
    """No such device is known to this account."""

    code = "device_not_found"
    title_en = "There is no such device."
    title_es = "No existe ese dispositivo."


class FactorNotStarted(Conflict):
    """There is no second factor to confirm or to use."""

    code = "totp_not_started"
    title_en = "Start with a new authenticator secret first."
    title_es = "Empieza primero con un nuevo secreto de autenticación."


class SellerMissing(Missing):
    """No such seller, or one that never came to sell."""

    code = "seller_not_found"
    title_en = "There is no such seller."
    title_es = "No existe ese vendedor."


class SellerExists(Conflict):
    """The account has applied already; an account is one seller at most."""

    code = "seller_already_applied"
    title_en = "You have already applied as a seller."
    title_es = "Ya has solicitado ser vendedor."


class SellerMoved(Conflict):
    """The seller's standing changed meanwhile; raised inside a transaction and never shown to anybody."""

    code = "seller_moved"


class CountryNotServed(Invalid):
    """Payments cannot reach sellers in this country."""

    code = "country_not_served"
    title_en = "Sellers in this country cannot be paid yet."
    title_es = "Todavía no podemos pagar a vendedores de ese país."

    def __init__(self) -> None:
        super().__init__(fields={"country": "not_served"})


class ReturnAddressForeign(Invalid):
    """After onboarding a seller returns to our own site and to no other."""

    code = "return_address_foreign"
    title_en = "The address to return to must be on this marketplace's site."
    title_es = "La dirección de retorno debe estar en el sitio de este mercado."


class PayeeMoved(Conflict):
    """The account was suspended, or began to cool, since it was read."""

    code = "payee_moved"


class AppointeeUnready(Conflict):
    """A role without a second factor would be worth a stolen password."""

    code = "appointee_unready"
    title_en = "The account needs a confirmed address and a second factor first."
    title_es = "La cuenta necesita antes una dirección confirmada y un segundo factor."


class RoleHeld(Conflict):
    """There is nothing to grant."""

    code = "role_held"
    title_en = "The account has this role."
    title_es = "La cuenta ya tiene esta función."


class RoleNotHeld(Conflict):
    """There is nothing to remove."""

    code = "role_not_held"
    title_en = "The account does not have this role."
    title_es = "La cuenta no tiene esta función."


class StaffStands(Conflict):
    """Whoever has a role loses it first, by the rules for that."""

    code = "staff_not_suspended"
    title_en = "Remove the account's roles first."
    title_es = "Retira antes las funciones de la cuenta."


class FactorsChanged(Conflict):
    """The account's factors or sessions changed at the same moment."""

    code = "factors_changed"
    title_en = "Your account's security changed meanwhile. Look again, then repeat."
    title_es = "La seguridad de tu cuenta ha cambiado entretanto. Vuelve a mirar y repite."
