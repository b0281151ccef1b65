import pytest
import stripe


def test_a_new_account_owes_information_and_can_do_nothing(shop):
    account = shop.api.accounts.retrieve(shop.seller(ready=False))

    assert account.capabilities.transfers == "inactive"
    assert not account.details_submitted
    assert not account.payouts_enabled
    assert "external_account" in account.requirements.currently_due


def test_finishing_onboarding_activates_what_was_asked_for(shop):
    account = shop.api.accounts.retrieve(shop.seller())

    assert account.capabilities.transfers == "active"
    assert account.details_submitted
    assert account.payouts_enabled
    assert account.requirements.currently_due == []
    assert account.requirements.disabled_reason is None


def test_an_account_may_submit_its_details_and_still_owe_something(shop):
    seller = shop.seller(ready=False)

    shop.core.finish_onboarding(seller, currently_due=["individual.verification.document"])

    account = shop.api.accounts.retrieve(seller)
    assert account.details_submitted
    assert account.capabilities.transfers == "inactive"
    assert account.requirements.currently_due == ["individual.verification.document"]


def test_an_active_account_can_fall_back_when_stripe_asks_for_more(shop):
    seller = shop.seller()

    shop.core.finish_onboarding(seller, currently_due=["individual.id_number"])

    assert shop.api.accounts.retrieve(seller).capabilities.transfers == "inactive"
    assert shop.happened(seller).count("capability.updated") == 2


def test_onboarding_is_told_to_connect_listeners_with_the_account_named(shop):
    seller = shop.seller()

    events = shop.core.events(seller)

    assert [event["type"] for event in events] == ["capability.updated", "account.updated"]
    assert {event["account"] for event in events} == {seller}
    assert events[1]["data"]["previous_attributes"]["details_submitted"] is False
    assert shop.happened() == []


def test_controller_properties_replace_the_old_account_type(shop):
    account = shop.api.accounts.create(
        {
            "country": "FR",
            "email": "seller@example.com",
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
        }
    )

    assert account.type == "none"
    assert account.controller.stripe_dashboard.type == "express"
    assert account.controller.fees.payer == "application"


def test_type_and_controller_together_are_refused(shop):
    with pytest.raises(stripe.InvalidRequestError, match="Give either"):
        shop.api.accounts.create({"type": "express", "controller": {"losses": {"payments": "stripe"}}})


def test_a_capability_asked_for_later_is_granted_to_an_onboarded_account(shop):
    seller = shop.seller()

    capability = shop.api.accounts.capabilities.update(seller, "card_payments", {"requested": True})

    assert capability.status == "active"
    assert shop.api.accounts.retrieve(seller).charges_enabled
    names = [c.id for c in shop.api.accounts.capabilities.list(seller).data]
    assert names == ["transfers", "card_payments"]


def test_a_capability_that_is_not_modelled_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.accounts.create({"type": "express", "capabilities": {"treasury": {"requested": True}}})
    assert refused.value.param == "capabilities[treasury]"


def test_updating_an_account_merges_metadata_and_keeps_the_rest(shop):
    seller = shop.seller()
    shop.api.accounts.update(seller, {"metadata": {"a": "1", "b": "2"}})

    account = shop.api.accounts.update(
        seller,
        {"metadata": {"b": "", "c": "3"}, "settings": {"payouts": {"schedule": {"interval": "manual"}}}},
    )

    assert account.metadata.to_dict() == {"a": "1", "c": "3"}
    assert account.settings.payouts.schedule.interval == "manual"
    assert account.capabilities.transfers == "active"


def test_an_account_link_lives_five_minutes_and_points_at_the_local_page(shop):
    seller = shop.seller(ready=False)
    link = shop.api.account_links.create(
        {
            "account": seller,
            "type": "account_onboarding",
            "refresh_url": "http://shop.test/again",
            "return_url": "http://shop.test/back",
        }
    )

    assert link.expires_at == link.created + 300
    assert f"/_local/onboarding/{seller}?token=" in link.url


@pytest.mark.parametrize("left_out", ["refresh_url", "return_url"])
def test_an_account_link_needs_both_of_its_urls(shop, left_out):
    given = {
        "account": shop.seller(ready=False),
        "type": "account_onboarding",
        "refresh_url": "http://shop.test/again",
        "return_url": "http://shop.test/back",
    }
    del given[left_out]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.account_links.create(given)
    assert refused.value.param == left_out


def test_a_login_link_needs_an_onboarded_account(shop):
    with pytest.raises(stripe.InvalidRequestError, match="onboarding"):
        shop.api.accounts.login_links.create(shop.seller(ready=False))

    seller = shop.seller()
    assert seller in shop.api.accounts.login_links.create(seller).url


def test_accounts_are_listed_newest_first(shop):
    sellers = [shop.seller(ready=False) for _ in range(3)]

    assert [a.id for a in shop.api.accounts.list().data] == sellers[::-1]


def test_a_capability_can_be_given_up(shop):
    seller = shop.seller()

    shown = shop.api.accounts.capabilities.update(seller, "transfers", {"requested": False})

    assert (shown.status, shown.requested) == ("unrequested", False)
    assert not shop.api.accounts.retrieve(seller).payouts_enabled


def test_an_express_account_has_no_update_links(shop):
    urls = {"refresh_url": "http://shop.test/a", "return_url": "http://shop.test/b"}

    with pytest.raises(stripe.InvalidRequestError, match="requirement_collection"):
        shop.api.account_links.create({"account": shop.seller(), "type": "account_update", **urls})
