"""An upload bucket in memory: forms that a test fills in itself, and what lies there then."""

import hashlib
from dataclasses import dataclass, field

from marketplace.catalog.ports import UploadForm
from marketplace.kit.files import Download, StoredFile


@dataclass
class FakeBucket:
    """Uploads and stored files in one; `put` is what a browser does with the form."""

    stored: dict[str, StoredFile] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        self.forms.append(key)
        return UploadForm("https://uploads.example", {"key": key, "Content-Type": content_type}, 600)

    def put(self, key: str, content: bytes, content_type: str = "image/png") -> None:
        self.stored[key] = StoredFile(len(content), hashlib.sha256(content).hexdigest(), content_type)

    def stat(self, key: str) -> StoredFile | None:
        return self.stored.get(key)

    def link(self, key: str, *, file_name: str, content_type: str) -> Download:
        return Download(f"https://uploads.example/{key}?signed", 300)
