"""Keys of people as values, and what can be wrong with something sealed."""

from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Conflict, Missing

PURPOSE = "personal-fields"  # in the encryption context, beside the person


class PersonErased(Missing):
    """The person's key was destroyed: what was sealed under it cannot be read by anybody, for good."""

    code = "person_erased"
    title_en = "This person's data was erased."
    title_es = "Los datos de esta persona se borraron."


class PersonHasKey(Conflict):
    """Somebody else gave the person a key meanwhile; raised inside a transaction and never shown to anybody."""

    code = "person_has_key"


class SealBroken(Exception):
    """A sealed text was changed, cut, or moved to another person, row or field.

    Not a refusal that a client can cause or understand: it fails loudly, so that somebody looks.
    """


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key in both its forms: as it encrypts, and as only the key service can open it."""

    plain: bytes = field(repr=False)
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class PersonKey:
    """What is stored of a person's key; without `wrapped` it was destroyed."""

    person_id: str
    wrapped: bytes | None
    made_at: datetime
    erased_at: datetime | None = None
