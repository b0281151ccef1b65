"""Mail through SES: what was handed over, and whether a failed attempt may have left."""

import logging

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from marketplace.messaging.mail import SesMailer, ses_client
from marketplace.notifications.model import Mail
from marketplace.notifications.ports import MailNotSent, MailOutcomeUnknown, MailRefused
from tests.fakes.strict_moto import strict_moto

REGION = "eu-west-1"
SENDER = "hola@aval.example"
MAIL = Mail("lucia@example.com", "Tu pedido está en camino", "Hola, Lucía:\n\nYa llega.\n")


class Client:
    """Answers every call with one failure."""

    def __init__(self, failure):
        self.failure = failure
        self.calls = 0

    def send_email(self, **_request):
        self.calls += 1
        raise self.failure


def refusal(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendEmail")


@pytest.fixture
def ses():
    ses_client.cache_clear()
    with strict_moto(region=REGION):
        boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=SENDER)
        yield
    ses_client.cache_clear()


def test_a_mail_is_handed_over_with_its_accents_to_its_one_recipient(ses):
    SesMailer(SENDER).send(MAIL)

    [sent] = sesv2_backends[DEFAULT_ACCOUNT_ID][REGION].core_backend.sent_messages
    assert (sent.source, sent.destinations["ToAddresses"]) == (SENDER, [MAIL.to])
    assert (sent.subject, sent.body) == (MAIL.subject, MAIL.body)


def test_a_sender_that_ses_does_not_know_is_refused(ses):
    with pytest.raises(MailRefused):
        SesMailer("nobody@else.example").send(MAIL)


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (refusal("TooManyRequestsException", 429), MailNotSent),
        (refusal("LimitExceededException", 400), MailNotSent),
        (refusal("SendingPausedException", 400), MailNotSent),
        (refusal("AccountSuspendedException", 400), MailNotSent),
        (refusal("MailFromDomainNotVerifiedException", 400), MailNotSent),
        (refusal("AccessDeniedException", 403), MailNotSent),
        (refusal("MessageRejected", 400), MailRefused),
        (refusal("BadRequestException", 400), MailRefused),
        (refusal("InternalFailure", 500), MailOutcomeUnknown),
        (refusal("ServiceUnavailable", 503), MailOutcomeUnknown),
        (EndpointConnectionError(endpoint_url="https://ses"), MailNotSent),
        (ConnectTimeoutError(endpoint_url="https://ses"), MailNotSent),
        (NoCredentialsError(), MailNotSent),
        (ReadTimeoutError(endpoint_url="https://ses"), MailOutcomeUnknown),
        (ConnectionClosedError(endpoint_url="https://ses"), MailOutcomeUnknown),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:60]),
)
def test_a_failure_says_whether_the_mail_may_have_left(failure, meaning):
    client = Client(failure)

    with pytest.raises(meaning):
        SesMailer(SENDER, lambda: client).send(MAIL)

    assert client.calls == 1


def test_the_sdk_never_repeats_a_mail_by_itself():
    ses_client.cache_clear()
    with strict_moto(region=REGION):
        config = ses_client().meta.config

    ses_client.cache_clear()
    assert config.retries["total_max_attempts"] == 1
    assert config.connect_timeout + config.read_timeout < 10


def test_the_client_is_made_on_first_use_and_once():
    ses_client.cache_clear()
    with strict_moto(region=REGION):
        SesMailer(SENDER)

        assert ses_client.cache_info().currsize == 0
        assert ses_client() is ses_client()
    ses_client.cache_clear()


def test_a_mail_does_not_show_its_text_or_its_recipient(caplog):
    logging.getLogger("test").warning("%r", MAIL)

    assert MAIL.to not in caplog.text
    assert "Ya llega" not in caplog.text
