"""Events through SQS: what is sent can be read again, exactly."""

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Unavailable
from marketplace.messaging.queues import SqsQueues, message_of, sqs_client
from marketplace.outbox.model import Event
from marketplace.web.consumers import event_of_message
from tests.fakes.strict_moto import strict_moto
from tests.unit.notifications.making import NOW, order_event

REGION = "eu-west-1"
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.fixture
def sqs():
    sqs_client.cache_clear()
    with strict_moto(region=REGION):
        yield boto3.client("sqs", region_name=REGION)
    sqs_client.cache_clear()


def test_an_event_arrives_on_the_queue_it_was_sent_to(sqs):
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("fraud", "notifications")}

    SqsQueues(urls).send("fraud", order_event())

    [message] = sqs.receive_message(QueueUrl=urls["fraud"])["Messages"]
    assert event_of_message({"body": message["Body"]}) == order_event()
    assert "Messages" not in sqs.receive_message(QueueUrl=urls["notifications"])


@given(st.builds(Event, TEXT, TEXT, TEXT, st.just(NOW), st.dictionaries(TEXT, TEXT | st.integers())))
def test_every_event_reads_back_as_it_was_written(event):
    assert event_of_message({"body": message_of(event)}) == event


def test_a_queue_that_is_not_there_is_unavailable(sqs):
    queues = SqsQueues({"fraud": f"https://sqs.{REGION}.amazonaws.com/123456789012/gone"})

    with pytest.raises(Unavailable):
        queues.send("fraud", order_event())


@pytest.mark.parametrize(
    "failure",
    [
        ReadTimeoutError(endpoint_url="https://sqs"),
        ClientError({"Error": {"Code": "Throttling"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "SendMessage"),
    ],
)
def test_a_queue_that_does_not_take_it_is_unavailable(failure):
    class Client:
        def send_message(self, **_request):
            raise failure

    with pytest.raises(Unavailable):
        SqsQueues({"fraud": "https://q"}, Client).send("fraud", order_event())


def test_a_queue_this_function_was_not_given_is_our_own_mistake():
    with pytest.raises(KeyError):
        SqsQueues({}).send("fraud", order_event())


def test_the_client_is_made_on_first_use_with_short_timeouts():
    sqs_client.cache_clear()
    with strict_moto(region=REGION):
        SqsQueues({})

        assert sqs_client.cache_info().currsize == 0
        config = sqs_client().meta.config
    sqs_client.cache_clear()
    assert config.retries["total_max_attempts"] == 3
    assert config.connect_timeout + config.read_timeout < 5
