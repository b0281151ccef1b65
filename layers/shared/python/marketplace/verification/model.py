"""One check of somebody's identity: how far it has come, and nothing of what was shown."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

ATTEMPT = "idv"
RETURN_URL_LENGTH_MAX = 500  # characters

# A check's life. Whatever comes later stands further right: a check never goes back.
OPENING, OPEN, PROCESSING, CANCELLED, REFUSED, VERIFIED = (
    "opening",
    "open",
    "processing",
    "cancelled",
    "refused",
    "verified",
)
_RANK = {OPENING: 0, OPEN: 1, PROCESSING: 2, CANCELLED: 3, REFUSED: 3, VERIFIED: 4}
LIVE = frozenset({OPENING, OPEN, PROCESSING})
DECIDED = frozenset({REFUSED, VERIFIED})

# What becomes of the documents that Stripe holds: we ask for their removal once the outcome is known.
DUE, ASKED, DONE = "due", "asked", "done"

UNKNOWN_REASON = "document_unverified_other"
# Stripe's reasons (the API's `last_error.code`), as people read them.
REASONS: dict[str, tuple[str, str]] = {
    "abandoned": ("The check was not finished.", "La verificación no se terminó."),
    "consent_declined": ("Consent to the check was not given.", "No se dio el consentimiento para la verificación."),
    "country_not_supported": (
        "Documents of this country cannot be checked.",
        "No se pueden comprobar documentos de ese país.",
    ),
    "device_not_supported": (
        "The device had no camera that could be used.",
        "El dispositivo no tenía una cámara que sirviera.",
    ),
    "document_expired": ("The document has expired.", "El documento está caducado."),
    "document_type_not_supported": (
        "This kind of document is not accepted.",
        "Ese tipo de documento no se acepta.",
    ),
    "document_unverified_other": (
        "The document could not be verified.",
        "El documento no se pudo verificar.",
    ),
    "selfie_document_missing_photo": (
        "The document has no photo to compare with.",
        "El documento no tiene una foto con la que comparar.",
    ),
    "selfie_face_mismatch": (
        "The photo on the document shows somebody else.",
        "La foto del documento muestra a otra persona.",
    ),
    "selfie_manipulated": ("The picture seems to have been changed.", "La imagen parece haber sido modificada."),
    "selfie_unverified_other": ("The picture could not be used.", "La imagen no se pudo utilizar."),
    "under_supported_age": ("The person is too young for this check.", "La persona es demasiado joven."),
}


class AlreadyVerified(Conflict):
    """There is nothing left to verify."""

    code = "already_verified"
    title_en = "Your identity is verified already."
    title_es = "Tu identidad ya está verificada."


class VerificationMissing(Missing):
    """The account never began a check."""

    code = "verification_not_found"
    title_en = "You have not begun a check of your identity."
    title_es = "No has comenzado ninguna verificación de identidad."


class VerificationMoved(Conflict):
    """The check went on while it was being looked at; raised inside a transaction, and read anew."""

    code = "verification_moved"
    title_en = "The check went on meanwhile. Look again."
    title_es = "La verificación avanzó entretanto. Vuelve a mirar."


class ReturnUrlForeign(Invalid):
    """People are sent back to the marketplace's own site and nowhere else."""

    code = "return_address_foreign"
    title_en = "The return address must be on the marketplace's own site."
    title_es = "La dirección de retorno debe estar en el propio sitio del mercado."


@dataclass(frozen=True, slots=True)
class Identity:
    """An account's latest check."""

    account_id: str
    attempt_id: str  # follows from the account and the request's key
    fingerprint: str  # of the request that began it
    status: str
    return_url: str  # part of what Stripe was asked under our key, so a repeated call needs the same
    begun_at: datetime
    revision: int = 0  # counts changes; every change is conditional on it
    identity_session_id: str | None = None  # at Stripe
    reason: str | None = None  # why it was refused: one of REASONS
    decided_at: datetime | None = None
    redaction: str | None = None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    def follows(self, status: str) -> bool:
        """Say whether that status would be a step forward."""
        return _RANK[status] > _RANK[self.status]


@dataclass(frozen=True, slots=True)
class StripeIdentity:
    """What Stripe says of a session, in our words. The names in it are ours, from when the session was made."""

    session_id: str
    status: str  # OPEN, PROCESSING, VERIFIED, REFUSED or CANCELLED
    account_id: str | None = None  # gone once the session is redacted
    attempt_id: str | None = None
    reason: str | None = None
    url: str | None = None  # where the person shows a document; good for one visit
    redacted: str | None = None  # ASKED or DONE


def reason_text(code: str | None, locale: str) -> str | None:
    """Return a reason as people read it, None where there is none."""
    if code is None:
        return None
    english, spanish = REASONS.get(code, REASONS[UNKNOWN_REASON])
    return spanish if locale == "es" else english
