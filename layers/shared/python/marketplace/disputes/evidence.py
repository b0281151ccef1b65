"""Evidence: announced, uploaded straight to the storage, confirmed there, and read by parties and staff only."""

from dataclasses import dataclass, replace

from marketplace.catalog.ports import UploadForm
from marketplace.disputes.desk import Desk, may_appeal
from marketplace.disputes.errors import AppealEvidenceFull, EvidenceMissing, EvidenceNotUploaded, EvidenceTooLate
from marketplace.disputes.model import (
    EVIDENCE_BYTES_MAX,
    EVIDENCE_FOR_APPEAL_MAX,
    EVIDENCE_MAX,
    EVIDENCE_TYPES,
    Dispute,
    DisputeDecided,
    DisputeExists,
    DisputeMissing,
    Evidence,
    EvidenceFull,
    EvidenceRefused,
)
from marketplace.kit.files import Download
from marketplace.kit.ids import derived_id
from marketplace.orders.model import BUYER, OPERATOR, Order, OrderMissing
from marketplace.orders.process import Kind
from marketplace.orders.rules import process_of

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class File:
    """What somebody says that they are about to upload."""

    content_type: str
    size_bytes: int
    sha256: str
    description: str
    kind: str = "other"


class Evidences(Desk):
    """What both sides show."""

    def announce_evidence(
        self,
        dispute_id: str,
        account_id: str,
        *,
        content_type: str,
        size_bytes: int,
        sha256: str,
        description: str,
        kind: str = "other",
        by: str = "",
    ) -> tuple[Evidence, UploadForm]:
        """Note a file of one side's, and return the form that uploads exactly it; `by` acts for the seller.

        Raises: DisputeMissing, DisputeDecided, EvidenceTooLate, EvidenceFull, EvidenceRefused.
        """
        file = File(content_type, size_bytes, sha256, description, kind)
        _check(file)
        dispute, role = self.case(dispute_id, account_id, by=by)
        self._check_time(dispute, self.order_of(dispute), role)
        _check_room(dispute, role)
        evidence = replace(self._noted(file, role), member_id=by)
        after = replace(dispute, evidence=(*dispute.evidence, evidence), revision=dispute.revision + 1)
        self._tx.commit([self._disputes.change(dispute, after)])
        return evidence, self._form(dispute_id, evidence)

    def announce_before(self, order_id: str, buyer_id: str, file: File) -> tuple[Evidence, UploadForm]:
        """Note a file that the buyer uploads before opening a dispute; opening takes it along.

        Raises: OrderMissing, DisputeExists, EvidenceFull, EvidenceRefused.
        """
        _check(file)
        dispute_id = self._not_opened(order_id, buyer_id)
        known, earlier = self._disputes.before(dispute_id)
        if len(earlier) >= EVIDENCE_MAX:
            raise EvidenceFull
        evidence = self._noted(file, BUYER)
        self._tx.commit([self._disputes.keep_before(dispute_id, buyer_id, known, (*earlier, evidence))])
        return evidence, self._form(dispute_id, evidence)

    def confirm_before(self, order_id: str, buyer_id: str, evidence_id: str) -> Evidence:
        """Note that a file announced before opening was really uploaded.

        Raises: OrderMissing, DisputeExists, EvidenceMissing, EvidenceNotUploaded.
        """
        dispute_id = self._not_opened(order_id, buyer_id)
        known, earlier = self._disputes.before(dispute_id)
        found = _named(earlier, evidence_id)
        if found.uploaded_at:
            return found
        seen = self._seen(dispute_id, found)
        kept = tuple(seen if each.evidence_id == evidence_id else each for each in earlier)
        self._tx.commit([self._disputes.keep_before(dispute_id, buyer_id, known, kept)])
        return seen

    def confirm_evidence(self, dispute_id: str, account_id: str, evidence_id: str, *, by: str = "") -> Evidence:
        """Look whether the announced file was uploaded as announced; from then on it counts. Repeating it is safe.

        Raises: DisputeMissing, EvidenceMissing, EvidenceNotUploaded, DisputeDecided, EvidenceTooLate.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        found = _named((each for each in dispute.evidence if each.by == role), evidence_id)
        if found.uploaded_at:
            return found
        order = self.order_of(dispute)
        self._check_time(dispute, order, role)
        seen = self._seen(dispute_id, found)
        evidence = tuple(seen if each.evidence_id == evidence_id else each for each in dispute.evidence)
        after = replace(dispute, evidence=evidence, revision=dispute.revision + 1)
        other = self.tell(dispute, "evidence_shown", order, once=evidence_id, only=_other(role))
        self._tx.commit([self._disputes.change(dispute, after), other])
        return seen

    def read_evidence(
        self, dispute_id: str, account_id: str, evidence_id: str, *, operator: bool = False, by: str = ""
    ) -> tuple[Evidence, Download]:
        """Return where a party or a moderator reads a file for some minutes.

        Raises: DisputeMissing, EvidenceMissing.
        """
        dispute, role = self.case(dispute_id, account_id, operator=operator, by=by)
        found = _named(dispute.evidence, evidence_id)
        if not found.uploaded_at or role not in {*("buyer", "seller"), OPERATOR}:
            raise EvidenceMissing
        name = f"{evidence_id}.{_ENDINGS[found.content_type]}"
        return found, self._files.link(_key(dispute_id, found), file_name=name, content_type=found.content_type)

    def shown_before(self, order_id: str) -> tuple[str, ...]:
        """Name the files that the buyer of an order uploaded while there was no dispute: a claim shows them too."""
        found = self._disputes.before(derived_id("dsp", order_id))[1]
        return tuple(each.evidence_id for each in found if each.uploaded_at)

    def read_before(self, order_id: str, evidence_id: str) -> Download:
        """Return where such a file is read for some minutes; whoever asks has checked who may.

        Raises: EvidenceMissing.
        """
        dispute_id = derived_id("dsp", order_id)
        found = _named(self._disputes.before(dispute_id)[1], evidence_id)
        if not found.uploaded_at:
            raise EvidenceMissing
        name = f"{evidence_id}.{_ENDINGS[found.content_type]}"
        return self._files.link(_key(dispute_id, found), file_name=name, content_type=found.content_type)

    def _check_time(self, dispute: Dispute, order: Order, role: str) -> None:
        """Before the decision both sides show; after it whoever may appeal, and both while an appeal is open.

        Raises: DisputeDecided, EvidenceTooLate.
        """
        ended = process_of(order).states[order.state].kind is not Kind.WAITING
        if dispute.decision is None:
            if ended:
                raise EvidenceTooLate
            return
        if dispute.appeal and dispute.appeal.is_open:
            return
        if may_appeal(dispute, order, role, self._clock.now()):
            return
        raise DisputeDecided if ended or dispute.appeal else EvidenceTooLate

    def _noted(self, file: File, role: str) -> Evidence:
        now = self._clock.now()
        facts = (file.content_type, file.size_bytes, file.sha256, file.description, now)
        return Evidence(self._ids.new("evd", now), role, *facts, kind=file.kind)

    def _seen(self, dispute_id: str, found: Evidence) -> Evidence:
        """Return the file as uploaded. The form let nothing else through; the storage's own word is looked at too."""
        there = self._files.stat(_key(dispute_id, found))
        if there is None or there.size_bytes != found.size_bytes or there.sha256 not in {None, found.sha256}:
            raise EvidenceNotUploaded
        return replace(found, uploaded_at=self._clock.now())

    def _form(self, dispute_id: str, evidence: Evidence) -> UploadForm:
        facts = {"content_type": evidence.content_type, "size_bytes": evidence.size_bytes, "sha256": evidence.sha256}
        return self._uploads.form(_key(dispute_id, evidence), **facts)  # type: ignore[arg-type]

    def _not_opened(self, order_id: str, buyer_id: str) -> str:
        order = self._orders.read(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise OrderMissing
        dispute_id = derived_id("dsp", order_id)
        if self._disputes.read(dispute_id):
            raise DisputeExists
        return dispute_id


def _check(file: File) -> None:
    if file.content_type not in EVIDENCE_TYPES:
        raise EvidenceRefused(fields={"content_type": "one_of:" + ",".join(EVIDENCE_TYPES)})
    if not 0 < file.size_bytes <= EVIDENCE_BYTES_MAX:
        raise EvidenceRefused(fields={"size_bytes": f"at_most_{EVIDENCE_BYTES_MAX}"})


def _check_room(dispute: Dispute, role: str) -> None:
    decided_at = dispute.decision.at if dispute.decision else None
    own = [each for each in dispute.evidence if each.by == role]
    if decided_at is None:
        if len(own) >= EVIDENCE_MAX:
            raise EvidenceFull
    elif sum(each.at >= decided_at for each in own) >= EVIDENCE_FOR_APPEAL_MAX:
        raise AppealEvidenceFull


def _named(among: object, evidence_id: str) -> Evidence:
    found: Evidence | None = next((each for each in among if each.evidence_id == evidence_id), None)  # type: ignore[attr-defined]
    if found is None:
        raise EvidenceMissing
    return found


def _key(dispute_id: str, evidence: Evidence) -> str:
    return f"evidence/{dispute_id}/{evidence.evidence_id}"


def _other(role: str) -> str:
    return "seller" if role == BUYER else "buyer"


__all__ = ["DisputeMissing", "Evidences", "File"]
