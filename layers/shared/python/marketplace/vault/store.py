"""The table of keys: one item a person, never in the table of what they seal, so that no copy holds both.

pk = person id, sk = key.
"""

from datetime import datetime

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import Item, meta
from marketplace.storage.transaction import Put, Update
from marketplace.vault.model import PersonErased, PersonHasKey, PersonKey

KEY = "key"


class KeyItem(Item):
    """A person's wrapped key, or the mark that it was destroyed."""

    class Meta(meta("keys")):  # type: ignore[misc]
        """See data.yaml."""

    wrapped = BinaryAttribute(null=True, legacy_encoding=False)
    made_at = UnicodeAttribute()
    erased_at = UnicodeAttribute(null=True)


class DynamoKeyring:
    """People's keys in DynamoDB."""

    def read(self, person_id: str) -> PersonKey | None:
        item = KeyItem.read(person_id, KEY)
        if item is None:
            return None
        erased_at = from_text(item.erased_at) if item.erased_at else None
        return PersonKey(person_id, item.wrapped, from_text(item.made_at), erased_at)

    def put(self, key: PersonKey) -> Write:
        item = KeyItem(key.person_id, KEY, wrapped=key.wrapped, made_at=to_text(key.made_at))
        return Put(item, PersonHasKey(), telling=False)

    def destroy(self, person_id: str, at: datetime) -> Write:
        # The mark stays, so that nobody gives an erased person another key, and so that erasing twice is erasing.
        actions = [KeyItem.wrapped.remove(), KeyItem.erased_at.set(to_text(at))]
        return Update(KeyItem(person_id, KEY), actions, KeyItem.pk.exists(), PersonErased())
