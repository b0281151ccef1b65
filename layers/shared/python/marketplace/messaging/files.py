"""S3: signed forms with which a client uploads straight to the bucket."""

import base64
from functools import cached_property
from typing import Any

from botocore.config import Config

from marketplace.aws import session
from marketplace.catalog.ports import UploadForm

UPLOAD_EXPIRES_SECONDS = 10 * 60
CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 3.0


class S3Uploads:
    """Signs POST policies; signing is local, so nothing here goes over the network."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        fields = {
            "Content-Type": content_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
        }
        exactly: list[Any] = [{name: value} for name, value in fields.items()]
        signed = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=fields,
            Conditions=[*exactly, ["content-length-range", 1, size_bytes]],
            ExpiresIn=UPLOAD_EXPIRES_SECONDS,
        )
        return UploadForm(signed["url"], signed["fields"], UPLOAD_EXPIRES_SECONDS)

    @cached_property
    def _client(self) -> Any:
        """Make the client on first use: most requests to /listings never need it."""
        config = Config(
            signature_version="s3v4",
            # The bucket's regional name: the global one redirects a POST for as long as a new bucket's name spreads.
            s3={"addressing_style": "virtual"},
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
        )
        return session().create_client("s3", config=config)
