"""Clients for the emulator: explicit address and key, so that nothing ever reaches a real account."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-west-1"
ACCOUNT = "000000000000"
# MiniStack takes this key for the account's root; functions get their role's own, which IAM then limits.
ROOT_KEY = "test"
_PATIENCE = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 2})


@cache
def client(endpoint: str, service: str) -> Any:
    """Return the account owner's client for `service` at `endpoint`."""
    session = boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION)
    return session.client(service, endpoint_url=endpoint, config=_PATIENCE)
