"""Files that are sold: uploaded by the seller, made available when they really lie there, downloaded by the buyer.

The key of a file follows from its order and its content, so that what was made available can be no other file later.
"""

import re
from dataclasses import dataclass

from marketplace.catalog.ports import UploadForm, Uploads
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Invalid, Missing
from marketplace.kit.files import Download, StoredFiles
from marketplace.kit.writes import Transactions
from marketplace.orders.model import DIGITAL, PLATFORM, SELLER, Move, Order, OrderMissing, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders

FILE_BYTES_MAX = 200 * 1024 * 1024
FILE_NAME_LENGTH_MAX = 120  # characters
FILE_TYPES = (
    "application/epub+zip",
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "audio/mpeg",
    "image/jpeg",
    "image/png",
    "text/plain",
    "video/mp4",
)
AVAILABLE = "make_available"
GONE_IN = frozenset({"refunded", "cancelled"})  # the buyer has the money back
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class FileRefused(Invalid):
    """Not a file that can be sold here; `fields` says why."""

    code = "file_refused"
    title_en = "This file cannot be taken."
    title_es = "No se puede aceptar este archivo."


class FileNotUploaded(Conflict):
    """What was announced does not lie there, or something else does."""

    code = "file_not_uploaded"
    title_en = "That file has not been uploaded, or is not the one that was announced."
    title_es = "Ese archivo no se ha subido, o no es el anunciado."


class FileMissing(Missing):
    """Nothing was made available, or the money went back."""

    code = "file_not_found"
    title_en = "There is no file to download."
    title_es = "No hay ningún archivo que descargar."


@dataclass(frozen=True, slots=True)
class SoldFile:
    """A file as its seller announces it."""

    name: str
    content_type: str
    size_bytes: int
    sha256: str  # 64 hexadecimal digits

    def problems(self) -> dict[str, str]:
        """Name what cannot be taken, by field."""
        found = {
            "name": None if 1 <= len(self.name) <= FILE_NAME_LENGTH_MAX else f"1_to_{FILE_NAME_LENGTH_MAX}",
            "content_type": None if self.content_type in FILE_TYPES else "not_a_choice",
            "size_bytes": None if 1 <= self.size_bytes <= FILE_BYTES_MAX else f"1_to_{FILE_BYTES_MAX}",
        }
        return {name: problem for name, problem in found.items() if problem}

    def key(self, order_id: str) -> str:
        return f"digital/{order_id}/{self.sha256}"


class DigitalGoods:
    """Takes files from sellers and gives them to buyers."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: Orders,
        mover: Mover,
        uploads: Uploads,
        stored: StoredFiles,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._mover = mover
        self._uploads = uploads
        self._stored = stored

    def announce(self, order_id: str, seller_id: str, file: SoldFile) -> UploadForm:
        """Return the form with which the seller uploads exactly this file; repeatable until it is made available.

        Raises: OrderMissing, TransitionRefused, FileRefused.
        """
        order = self._to_fill(order_id, seller_id, file)
        return self._uploads.form(
            file.key(order.order_id),
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )

    def make_available(self, order_id: str, seller_id: str, file: SoldFile, *, by: str = "") -> None:
        """Give the buyer the file, once the storage itself says that it lies there whole.

        Raises: OrderMissing, TransitionRefused, FileRefused, FileNotUploaded; Unavailable.
        """
        order = self._to_fill(order_id, seller_id, file)
        lies = self._stored.stat(file.key(order_id))
        if lies is None or (lies.size_bytes, lies.sha256) != (file.size_bytes, file.sha256):
            raise FileNotUploaded
        facts: dict[str, str | int] = {
            "file_name": _UNSAFE.sub("_", file.name),
            "content_type": file.content_type,
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        told = facts | ({"member_id": by} if by else {})
        now = self._clock.now()
        step = self._mover.plan(order, AVAILABLE, SELLER, facts=told, delivered_at=now, delivered_by=PLATFORM)
        self._tx.commit(step.writes)

    def download(self, order_id: str, account_id: str) -> Download:
        """Return an address from which a party downloads the file.

        Raises: OrderMissing; FileMissing, also once the buyer has the money back.
        """
        order = self._orders.read(order_id)
        if order is None or order.party(account_id) is None:
            raise OrderMissing
        made = next((move for move in self._orders.moves(order_id) if move.name == AVAILABLE), None)
        if made is None or order.state in GONE_IN:
            raise FileMissing
        file = sold_file(made)
        return self._stored.link(file.key(order_id), file_name=file.name, content_type=file.content_type)

    def _to_fill(self, order_id: str, seller_id: str, file: SoldFile) -> Order:
        order = self._orders.read(order_id)
        if order is None or order.seller_id != seller_id:
            raise OrderMissing
        if order.fulfilment != DIGITAL or order.state != "paid":
            raise TransitionRefused(state=order.state, transition=AVAILABLE)
        problems = file.problems()
        if problems:
            raise FileRefused(fields=problems)
        return order


def sold_file(made: Move) -> SoldFile:
    """Read the file back from the move that made it available."""
    facts = made.facts
    return SoldFile(str(facts["file_name"]), str(facts["content_type"]), int(facts["size_bytes"]), str(facts["sha256"]))
