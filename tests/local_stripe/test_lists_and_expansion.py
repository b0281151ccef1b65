import pytest
import stripe


@pytest.fixture
def customers(shop):
    """Five customers, newest first."""
    made = []
    for number in range(5):
        made.append(shop.api.customers.create({"email": f"b{number % 2}@example.com"}).id)
        shop.clock.move(seconds=1)
    return made[::-1]


def ids(page):
    return [item.id for item in page.data]


def test_a_list_is_newest_first_and_says_whether_there_is_more(shop, customers):
    page = shop.api.customers.list({"limit": 2})

    assert (ids(page), page.has_more, page.url) == (customers[:2], True, "/v1/customers")


def test_a_cursor_goes_forward_and_back(shop, customers):
    onward = shop.api.customers.list({"limit": 2, "starting_after": customers[1]})
    assert (ids(onward), onward.has_more) == (customers[2:4], True)
    last = shop.api.customers.list({"limit": 2, "starting_after": customers[3]})
    assert (ids(last), last.has_more) == (customers[4:], False)

    back = shop.api.customers.list({"limit": 2, "ending_before": customers[4]})
    assert (ids(back), back.has_more) == (customers[2:4], True)


def test_the_clients_own_paging_sees_everything_once(shop, customers):
    pages = shop.api.customers.list({"limit": 2}).auto_paging_iter()

    assert [customer.id for customer in pages] == customers


def test_lists_are_filtered_by_field_and_by_time(shop, customers):
    assert len(shop.api.customers.list({"email": "b0@example.com"}).data) == 3
    moment = shop.api.customers.retrieve(customers[2]).created
    assert ids(shop.api.customers.list({"created": {"gt": moment}})) == customers[:2]
    assert ids(shop.api.customers.list({"created": moment})) == [customers[2]]


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_has_one_to_a_hundred_items(shop, limit):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.customers.list({"limit": limit})
    assert refused.value.param == "limit"


def test_a_cursor_must_name_something_in_the_list(shop, customers):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.customers.list({"starting_after": "cus_none"})
    assert refused.value.param == "starting_after"
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.api.customers.list({"starting_after": customers[0], "ending_before": customers[1]})


def test_expansion_goes_four_levels_deep_and_no_further(shop):
    charge = shop.charge()
    transfer = shop.transfer(shop.seller(), 100, source_transaction=charge.id)
    path = "source_transaction.payment_intent.latest_charge.balance_transaction"

    shown = shop.api.transfers.retrieve(transfer.id, {"expand": [path, "destination"]})

    assert shown.source_transaction.payment_intent.latest_charge.balance_transaction.net == 9_825
    assert shown.destination.object == "account"
    with pytest.raises(stripe.InvalidRequestError, match="more than 4"):
        shop.api.transfers.retrieve(transfer.id, {"expand": [f"{path}.source"]})


def test_lists_expand_their_items(shop):
    shop.pay()

    page = shop.api.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})

    assert page.data[0].latest_charge.balance_transaction.fee == 175


@pytest.mark.parametrize("path", ["amount", "nothing", "latest_charge.amount"])
def test_what_is_not_a_reference_cannot_be_expanded(shop, path):
    intent = shop.pay()

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.api.payment_intents.retrieve(intent.id, {"expand": [path]})


def test_expansion_of_something_absent_leaves_it_absent(shop):
    intent = shop.intent()

    assert shop.api.payment_intents.retrieve(intent.id, {"expand": ["customer"]}).customer is None


def test_a_failed_expansion_undoes_the_work(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.pay(expand=["nothing"])
    assert shop.core.events() == []
    assert shop.api.payment_intents.list().data == []


def test_a_list_is_expanded_through_data_only(shop):
    shop.pay()

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.api.payment_intents.list({"expand": ["latest_charge"]})


def test_the_refunds_of_a_charge_expand_further(shop):
    charge = shop.charge()
    shop.api.refunds.create({"charge": charge.id, "amount": 100})

    shown = shop.api.charges.retrieve(charge.id, {"expand": ["refunds.data.balance_transaction"]})

    assert shown.refunds.data[0].balance_transaction.net == -100
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.api.charges.retrieve(charge.id, {"expand": ["refunds.url"]})
