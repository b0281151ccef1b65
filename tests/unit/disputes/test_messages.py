"""Messages in a dispute: who reads what, and what is not passed on."""

import pytest

from marketplace.disputes.errors import AudienceRefused, MessageRefused
from marketplace.disputes.model import DisputeMissing
from tests.unit.disputes.making import Case


@pytest.fixture
def case(trade):
    return Case(trade).opened()


def write(case: Case, who: str, audience: str = "both", text: str = "Please look at the photo."):
    account_id = case.people.get(who, "acc_staff")
    made = case.services.conversations.write(case.dispute_id, account_id, text, audience, operator=who == "staff")
    case.world.drain()
    return made


def read(case: Case, who: str) -> list[str]:
    thread = case.services.conversations.read(
        case.dispute_id, case.people.get(who, "acc_staff"), operator=who == "staff"
    )
    return [f"{each.by}>{each.audience}" for each in thread.messages]


def test_each_reads_what_is_for_them(case):
    write(case, "buyer")
    write(case, "seller", "seller")
    write(case, "staff", "buyer")
    write(case, "staff", "staff")

    assert read(case, "buyer") == ["buyer>both", "operator>buyer"]
    assert read(case, "seller") == ["buyer>both", "seller>seller"]
    assert len(read(case, "staff")) == 4


@pytest.mark.parametrize(("who", "audience"), [("buyer", "seller"), ("buyer", "staff"), ("seller", "buyer")])
def test_a_party_writes_to_both_or_to_the_staff_on_its_own_side(case, who, audience):
    with pytest.raises(AudienceRefused):
        write(case, who, audience)
    assert read(case, "staff") == []


def test_a_stranger_neither_reads_nor_writes(case, trade):
    stranger = trade.person("Stranger")

    with pytest.raises(DisputeMissing):
        case.services.conversations.read(case.dispute_id, stranger)
    with pytest.raises(DisputeMissing):
        case.services.conversations.write(case.dispute_id, stranger, "Hello.", "both")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to ana.diaz@example.com", "email"),
        ("ana (at) example (dot) com", "email"),
        ("Call +34 985 590 000", "phone"),
        ("llama al 612 345 678", "phone"),
        ("ES91 2100 0418 4502 0005 1332", "iban"),
        ("mejor por WhatsApp", "messenger"),
    ],
)
def test_contact_and_payment_details_are_refused_by_kind(case, text, kind):
    with pytest.raises(MessageRefused) as refused:
        write(case, "buyer", text=text)

    assert kind in refused.value.fields["text"]
    assert read(case, "staff") == []


@pytest.mark.parametrize(
    "text",
    ["It broke on 3 May 2026.", "Tracking PK43210987654ES arrived.", "I paid 1.234,56 EUR.", "Size 42, twice.",
     "Order ord_01kkn3v2w0m6r8t4x9z7c5b3b1"],
)  # fmt: skip
def test_everyday_text_passes(case, text):
    assert write(case, "buyer", text=text).text == text
    assert read(case, "seller") == ["buyer>both"]


def test_a_message_is_told_to_those_it_is_for_and_not_to_its_author(case):
    write(case, "buyer")
    write(case, "staff", "seller")
    write(case, "staff", "staff")
    told = [row for row in case.world.dynamo.rows("aval-local-outbox") if row["kind"] == "dispute.message"]

    assert sorted(
        sorted(set(str(each["data"]).replace("'", '"').split('"')) & {"buyer_id", "seller_id"}) for each in told
    ) == [
        ["seller_id"],
        ["seller_id"],
    ]
    assert "photo" not in str(told)


def test_a_read_mark_goes_forward_and_never_beyond_the_last_message(case):
    write(case, "buyer")
    write(case, "buyer")
    mark = case.services.conversations.mark_read

    assert mark(case.dispute_id, case.order.seller_id, 1).read == {"seller": 1}
    assert mark(case.dispute_id, case.order.seller_id, 99).read == {"seller": 2}
    assert mark(case.dispute_id, case.order.seller_id, 1).read == {"seller": 2}
