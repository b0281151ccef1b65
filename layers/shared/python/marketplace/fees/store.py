"""The fees table: one item of terms a seller, and the history of agreements beside it. pk is the seller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from marketplace.fees.model import Rule, Terms, TermsMoved
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put, Update

TERMS, AGREEMENT_PREFIX = "terms", "agreement#"


class FeesItem(Item):
    """Terms, or an entry of their history."""

    class Meta(meta("fees")):  # type: ignore[misc]
        """See data.yaml."""

    paid_out_orders = IntegerAttribute(null=True)
    agreement = JSONAttribute(null=True)
    agreed_at = UnicodeAttribute(null=True)
    vat_number = UnicodeAttribute(null=True)
    vat_checked_at = UnicodeAttribute(null=True)


class DynamoFees:
    """Sellers' terms in DynamoDB."""

    def terms(self, seller_id: str) -> Terms:
        item = FeesItem.read(seller_id, TERMS)
        return _terms(item) if item else Terms(seller_id)

    def terms_of(self, seller_ids: set[str]) -> Mapping[str, Terms]:
        found = {item.pk: _terms(item) for item in FeesItem.read_many([(each, TERMS) for each in sorted(seller_ids)])}
        return {seller_id: found.get(seller_id, Terms(seller_id)) for seller_id in seller_ids}

    def agree(self, terms: Terms, rule: Rule | None, at: datetime, agreement_id: str) -> list[Write]:
        told = _stored(rule)
        entry = FeesItem(terms.seller_id, AGREEMENT_PREFIX + agreement_id, agreement=told, agreed_at=to_text(at))
        agreed: Any = FeesItem.agreement.set(told) if told else FeesItem.agreement.remove()
        actions = [agreed, FeesItem.agreed_at.set(to_text(at))]
        same = _same(FeesItem.agreed_at, terms.agreed_at)
        return [
            Update(FeesItem(terms.seller_id, TERMS), actions, same, TermsMoved()),
            Put(entry, TermsMoved(), telling=False),
        ]

    def record_vat_number(self, terms: Terms, vat_number: str | None, at: datetime) -> Write:
        kept: Any = FeesItem.vat_number.set(vat_number) if vat_number else FeesItem.vat_number.remove()
        actions = [kept, FeesItem.vat_checked_at.set(to_text(at))]
        same = _same(FeesItem.vat_checked_at, terms.vat_checked_at)
        return Update(FeesItem(terms.seller_id, TERMS), actions, same, TermsMoved())

    def count_paid_out(self, seller_id: str) -> Write:
        # ADD commutes, and the move that ends the order is what keeps it from being counted twice.
        always = FeesItem.pk.exists() | FeesItem.pk.does_not_exist()
        return Update(FeesItem(seller_id, TERMS), [FeesItem.paid_out_orders.add(1)], always, TermsMoved())


def _same(attribute: Any, seen: datetime | None) -> Condition:
    condition: Condition = attribute == to_text(seen) if seen else attribute.does_not_exist()
    return condition


def _stored(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    names = ("rule_id", "percent_bps", "seller_id", "category", "tier", "kind", "fixed_minor", "min_minor", "max_minor")
    return {name: value for name in names if (value := getattr(rule, name)) not in (None, {})}


def _terms(item: FeesItem) -> Terms:
    return Terms(
        item.pk,
        item.paid_out_orders or 0,
        Rule(**item.agreement) if item.agreement else None,
        from_text(item.agreed_at) if item.agreed_at else None,
        item.vat_number,
        from_text(item.vat_checked_at) if item.vat_checked_at else None,
    )
