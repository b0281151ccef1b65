"""S3: what was uploaded, and signed addresses to read it."""

import base64
from functools import cached_property
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.aws import session
from marketplace.kit.errors import Unavailable
from marketplace.kit.files import Download, StoredFile

DOWNLOAD_EXPIRES_SECONDS = 5 * 60
CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 3.0
# Without the right to list a bucket, S3 answers 403 for a key that is not there.
_ABSENT = {"403", "404", "NoSuchKey", "NotFound"}


class S3StoredFiles:
    """Looks at objects and signs reads; signing is local."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def stat(self, key: str) -> StoredFile | None:
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise Unavailable from error
        except BotoCoreError as error:
            raise Unavailable from error
        digest = found.get("ChecksumSHA256")
        sha256 = base64.b64decode(digest).hex() if digest else None
        return StoredFile(found["ContentLength"], sha256, found.get("ContentType", ""))

    def link(self, key: str, *, file_name: str, content_type: str) -> Download:
        wanted = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentType": content_type,
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        }
        url = self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=DOWNLOAD_EXPIRES_SECONDS)
        return Download(url, DOWNLOAD_EXPIRES_SECONDS)

    @cached_property
    def _client(self) -> Any:
        """Make the client on first use: most requests never need it."""
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "virtual"},
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
        )
        return session().create_client("s3", config=config)
