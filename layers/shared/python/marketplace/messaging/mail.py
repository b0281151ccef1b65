"""SES: plain-text mail, one attempt per call, and an exact answer to "did it leave?"."""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
)

from marketplace.aws import session
from marketplace.notifications.model import Mail
from marketplace.notifications.ports import MailNotSent, MailOutcomeUnknown, MailRefused

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 5.0
# SES takes no idempotency token: an SDK retry after a timeout would send a mail twice. The queue retries instead,
# and only what surely did not leave.
ATTEMPTS_MAX = 1
_CHARSET = "UTF-8"
_HTTP_SERVER_ERROR = 500
_NEVER_CONNECTED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
# About this message or its address; every other refusal is about us or about now, and may pass.
_HOPELESS = frozenset({"MessageRejected", "BadRequestException"})


@cache
def ses_client() -> Any:
    """Make the process's one SES client."""
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
    )
    return session().create_client("sesv2", config=config)


class SesMailer:
    """Sends mail from one address."""

    def __init__(self, mail_from: str, client_factory: Callable[[], Any] = ses_client) -> None:
        self._mail_from = mail_from
        self._client_factory = client_factory

    def send(self, mail: Mail) -> None:
        message = {"Subject": _text(mail.subject), "Body": {"Text": _text(mail.body)}}
        try:
            self._client_factory().send_email(
                FromEmailAddress=self._mail_from,
                Destination={"ToAddresses": [mail.to]},
                Content={"Simple": message},
            )
        except ClientError as error:
            raise _refusal(error) from error
        except _NEVER_CONNECTED as error:
            raise MailNotSent from error
        except HTTPClientError as error:
            raise MailOutcomeUnknown from error
        except BotoCoreError as error:  # before the request left: credentials, region, parameters
            raise MailNotSent from error


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": _CHARSET}


def _refusal(error: ClientError) -> Exception:
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _HTTP_SERVER_ERROR:
        return MailOutcomeUnknown()
    return MailRefused() if error.response["Error"]["Code"] in _HOPELESS else MailNotSent()
