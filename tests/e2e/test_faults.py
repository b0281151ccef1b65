"""What only a deployed system can show.

Refused roles, forged webhooks, a crowd at one article, a falsified ledger, a dying emulator.
"""

import hashlib
import hmac
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.aws import ROOT_KEY
from infra.local.cloud import ADMIN_EMAIL, Cloud
from infra.local.journeys.cast import Cast
from infra.local.journeys.collect import Tables, view_of
from infra.local.journeys.exchange import as_json
from infra.local.journeys.offers import JACKET, LENS
from infra.local.journeys.schedules import Schedules
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import Story
from infra.local.journeys.trading import buy, check_out, confirm, new_key, offer_for_sale, ship
from infra.local.journeys.vault import EmulatorVault
from marketplace.audit.invariants import check
from tests.e2e.running import Run

BUYERS = 20
SIGN_UPS_AT_ONCE = 3
NOBODY = {"pk": {"S": "nobody"}, "sk": {"S": "nothing"}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A deployed marketplace without journeys."""
    with Run(tmp_path_factory.mktemp("faults") / "local", NO_JOURNEYS="1") as run:
        api_url = run.until(r"^API: (\S+)$")[1]
        stripe_url = run.until(r"^Stripe: (\S+)$")[1]
        run.until("Up until Ctrl-C")
        yield Cloud(api_url, stripe_url, api_url.partition("/_aws")[0], ADMIN_EMAIL, timers="")


@pytest.fixture(scope="module")
def stage(cloud):
    made = Stage(cloud)
    yield made
    made.end()


@pytest.fixture(scope="module")
def cast(cloud, stage):
    return Cast(stage, EmulatorVault(cloud.emulator_url))


@pytest.fixture(scope="module")
def seller(cast):
    return cast.seller("Aitana Prieto", "es", kind="private", country="ES")


OWNER = (ROOT_KEY, ROOT_KEY, None)


def _client(cloud, service, keys=OWNER):
    return boto3.Session(*keys, region_name=cloud.region).client(service, endpoint_url=cloud.emulator_url)


@pytest.fixture(scope="module")
def roles(cloud):
    """The functions' roles by logical name."""
    pages = _client(cloud, "cloudformation").get_paginator("list_stack_resources").paginate(StackName="aval-local")
    found = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in found
        if resource["ResourceType"] == "AWS::IAM::Role"
    }


@pytest.fixture(scope="module")
def tables_as(cloud, roles):
    """DynamoDB with a role's own keys."""

    def as_role(name):
        arn = f"arn:aws:iam::000000000000:role/{roles[name]}"
        keys = _client(cloud, "sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
        return _client(cloud, "dynamodb", (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]))

    return as_role


def test_a_role_may_do_what_its_function_does(tables_as):
    found = tables_as("OrdersRole").get_item(TableName="aval-local-orders", Key=NOBODY)

    assert "Item" not in found


@pytest.mark.parametrize(
    ("role", "operation", "table"),
    [
        ("NotificationsRole", "get_item", "ledger"),
        ("StripeWebhookRole", "get_item", "accounts"),
        ("ContractRole", "get_item", "catalog"),
        ("CheckoutRole", "delete_item", "orders"),
        ("EscrowRole", "delete_item", "ledger"),
        ("SweepRole", "delete_item", "ledger"),
        ("PaymentEventsRole", "delete_item", "ledger"),
    ],
)
def test_a_role_is_refused_what_its_function_never_does(tables_as, role, operation, table):
    with pytest.raises(ClientError) as refused:
        getattr(tables_as(role), operation)(TableName=f"aval-local-{table}", Key=NOBODY)

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_no_role_may_change_what_is_in_the_ledger(roles, tables_as):
    change = {"UpdateExpression": "SET kind = :other", "ExpressionAttributeValues": {":other": {"S": "other"}}}

    assert [
        role
        for role in roles
        if _allowed(tables_as(role).update_item, TableName="aval-local-ledger", Key=NOBODY, **change)
    ] == []


def test_no_role_may_read_a_whole_table(roles, tables_as):
    assert [role for role in roles if _allowed(tables_as(role).scan, TableName="aval-local-orders")] == []


def _allowed(call, **params):
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return False
        raise
    return True


def _signed(secret, at, body):
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={mark}"}


@pytest.fixture(scope="module")
def unpaid(cast, seller):
    """A buyer with a checkout that nobody has paid."""
    buyer = cast.buyer("Iker Salas", "es")
    return buyer, check_out(buyer, offer_for_sale(seller, JACKET))


@pytest.mark.parametrize("forgery", ["unsigned", "another_secret", "an_hour_old", "other_bytes"])
def test_a_forged_webhook_is_refused_and_pays_nothing(cloud, stage, unpaid, forgery):
    buyer, checkout = unpaid
    kept = _client(cloud, "secretsmanager").get_secret_value(SecretId="aval/local/stripe")["SecretString"]
    secret = kept.partition('"webhook_secret": "')[2].partition('"')[0]
    now = int(time.time())
    intent = {"id": checkout["payment_intent_id"], "object": "payment_intent", "status": "succeeded"}
    body = as_json(
        {"id": "evt_forged", "object": "event", "type": "payment_intent.succeeded", "livemode": False}
        | {"data": {"object": intent}}
    )
    signature = {
        "unsigned": {},
        "another_secret": _signed("whsec_somebody_else", now, body),
        "an_hour_old": _signed(secret, now - 3_600, body),
        "other_bytes": _signed(secret, now, body + b" "),
    }[forgery]

    reply = stage.sender().send(
        "POST", f"{cloud.api_url}/webhooks/stripe", {"Content-Type": "application/json", **signature}, body
    )

    assert (reply.status, reply.json["code"]) == (422, "bad_signature")
    assert buyer.post(f"/checkouts/{checkout['checkout_id']}/complete")["status"] == "awaiting"
    assert buyer.get(f"/orders/{checkout['orders'][0]['order_id']}")["state"] == "awaiting_payment"


def test_of_twenty_buyers_who_take_the_last_article_at_once_exactly_one_gets_it(cloud, stage, cast, seller):
    listing_id = offer_for_sale(seller, LENS)
    with ThreadPoolExecutor(SIGN_UPS_AT_ONCE) as door:
        buyers = list(door.map(lambda number: cast.buyer(f"Buyer {number}", "en"), range(BUYERS)))
    start = threading.Barrier(BUYERS)

    def take(buyer):
        start.wait()
        return buyer.ask("POST", "/checkouts", {"lines": [{"listing_id": listing_id, "quantity": 1}]}, key=new_key())

    with ThreadPoolExecutor(BUYERS) as crowd:
        replies = list(crowd.map(take, buyers))

    assert sorted(reply.status for reply in replies) == [201] + [409] * (BUYERS - 1)
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"out_of_stock"}
    assert seller.get(f"/listings/{listing_id}")["stock"] == 0
    view = view_of(stage, Tables(cloud.emulator_url, cloud.table_prefix))
    assert [order.buyer_id for order in view.orders if order.lines[0].listing_id == listing_id] == [
        buyer.account_id for buyer, reply in zip(buyers, replies, strict=True) if reply.ok
    ]
    assert check(view) == []


def _sold(buyer, seller, tracking_number):
    """Return an order that was paid, shipped, confirmed and released."""
    story = Story("", lambda _line: None)
    (order_id,) = buy(story, buyer, offer_for_sale(seller, JACKET))
    ship(story, seller, order_id, "Correos", tracking_number)
    return confirm(story, buyer, order_id)["order_id"]


def test_a_falsified_row_of_the_ledger_is_found_and_stops_payments_of_its_order_alone(cloud, stage, cast, seller):
    buyer = cast.buyer("Nadia Prats", "es")
    falsified = _sold(buyer, seller, "PQ 3381 7700 ES")
    tables, schedules = _client(cloud, "dynamodb"), Schedules(stage)
    admin, second = cast.admins()
    row = {"pk": {"S": falsified}, "sk": {"S": "transfer"}}
    as_booked = tables.get_item(TableName="aval-local-ledger", Key=row)["Item"]
    account, minor = json.loads(as_booked["postings"]["S"])[0]
    a_euro_more = json.dumps([[account, minor + 100], ["stripe", -minor - 100]])
    tables.put_item(TableName="aval-local-ledger", Item=as_booked | {"postings": {"S": a_euro_more}})
    day = {"day": datetime.now(UTC).date().isoformat()}

    by_promises = schedules.run("audit_run", day)
    by_stripe = schedules.run("reconcile", day)

    assert [(each["rule"], each["scope"], each["done"]) for each in by_promises["found"]] == [
        ("M10", f"order:{falsified}", "stopped")
    ]
    assert [(each["kind"], each["orders"]) for each in by_stripe["differences"]] == [("amount_differs", [falsified])]
    assert _stopped(admin, falsified) == [True]
    assert _stopped(admin, _sold(buyer, seller, "PQ 3381 7701 ES")) == []

    tables.put_item(TableName="aval-local-ledger", Item=as_booked)
    said = {"scope": f"order:{falsified}", "reasons": "The row was changed by hand; it is as it was booked again."}
    asked = admin.post("/operator/switches/resume", said)
    second.post(f"/operator/proposals/{asked['proposal_id']}/approve", {"reasons": "I compared it with Stripe's."})

    assert _stopped(admin, falsified) == [False, True]
    assert schedules.run("audit_run", {"order_id": falsified})["found"] == []
    assert schedules.run("reconcile", day)["differences"] == []


def _stopped(admin, order_id):
    """Return the history of an order's switch, the newest first."""
    return [each["stopped"] for each in admin.get(f"/operator/switches/order:{order_id}")["items"]]


def test_an_emulator_that_is_killed_in_the_middle_of_a_journey_ends_the_run_with_a_plain_sentence(tmp_path):
    with Run(tmp_path / "local", ONCE="1") as run:
        run.until(r"^  Mateo Ferrer \(seller\)")

        os.kill(run.emulator(), signal.SIGKILL)

        assert run.ends() == 1
    assert "Stopped: The emulator was killed by signal 9 while it was needed." in run.text
    assert "Traceback" not in run.text
    assert run.left_over() == []
    assert not (run.folder / "tmp").exists()
