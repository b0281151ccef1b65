"""Zip files whose bytes depend only on what is inside, named by their own hash."""

import hashlib
import io
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = ("__pycache__", ".mypy_cache", ".ruff_cache", ".DS_Store")
_READABLE = 0o644 << 16


def zip_folder(folder: Path, *, prefix: str = "", keep_bytecode: bool = False) -> bytes:
    """Return `folder` zipped below `prefix`; the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_dir() or (not keep_bytecode and any(part in _LEFT_OUT for part in parts)):
                continue
            entry = zipfile.ZipInfo(prefix + "/".join(parts), _EPOCH)
            entry.external_attr = _READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def digest(*contents: bytes) -> str:
    """Return a short name for `contents`."""
    total = hashlib.sha256()
    for content in contents:
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:16]
