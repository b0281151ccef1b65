"""Identity: verification sessions. Who the person is comes from the control interface, never from the API."""

from __future__ import annotations

from infra.local.stripe.copying import copied
from infra.local.stripe.errors import InvalidRequest, Json, ParameterError
from infra.local.stripe.lists import page
from infra.local.stripe.params import Choice, Flag, Hash, ListOf, Metadata, Span, Text
from infra.local.stripe.resources.fields import assign, new_metadata
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import Record
from infra.local.stripe.world import DAY, World

KIND = "identity.verification_session"
STATUSES = ("canceled", "processing", "requires_input", "verified")
#: What Stripe may find wrong, as far as a document check goes.
REFUSALS = (
    "abandoned", "consent_declined", "country_not_supported", "device_not_supported",
    "document_expired", "document_type_not_supported", "document_unverified_other",
    "selfie_document_missing_photo", "selfie_face_mismatch", "selfie_manipulated",
    "selfie_unverified_other", "under_supported_age",
)  # fmt: skip
_REDACTED = "[redacted]"
#: Stripe says up to four days; this one takes half a day.
_REDACTION_SECONDS = DAY // 2

_DOCUMENT = Hash(
    fields={
        "allowed_types": ListOf(of=Choice(options=("driving_license", "id_card", "passport"))),
        "require_id_number": Flag(),
        "require_live_capture": Flag(),
        "require_matching_selfie": Flag(),
    },
    unset=True,
)
_CHANGEABLE = {
    "metadata": Metadata(),
    "options": Hash(fields={"document": _DOCUMENT}),
    "provided_details": Hash(fields={"email": Text(), "phone": Text()}),
    "type": Choice(options=("document", "id_number")),
}


@operation(
    "POST",
    "/v1/identity/verification_sessions",
    {
        **_CHANGEABLE,
        "client_reference_id": Text(),
        "related_customer": Text(),
        "return_url": Text(),
    },
)
def create_session(call: Call) -> Json:
    """Begin a check: the person is sent to `url`."""
    world, params = call.world, call.params
    if "type" not in params:
        raise ParameterError("You must provide one of: type, verification_flow.", param="type")
    if "related_customer" in params:
        world.refer("customer", params["related_customer"], call.owner, "related_customer")
    session = _blank(call)
    hidden = {"return_url": params.get("return_url"), "outputs": None, "token": world.store.new_id("tok")}
    session["url"] = f"{world.base_url}/_local/identity/{session['id']}?token={hidden['token']}"
    world.add(KIND, session, owner=call.owner, hidden=hidden)
    _tell(world, "created", session, call.owner)
    return session


@operation("GET", "/v1/identity/verification_sessions/{session}")
def retrieve_session(call: Call) -> Json:
    """Return a session; what was verified shows only when it is expanded."""
    return call.record(KIND, "session").data


@operation("POST", "/v1/identity/verification_sessions/{session}", _CHANGEABLE)
def update_session(call: Call) -> Json:
    """Change a session that still waits for the person."""
    session = call.editable(KIND, "session")
    _must_wait(session, "updated")
    assign(session, call.params, ("provided_details", "type"))
    if "options" in call.params:
        session["options"] = _options(call.params)
    return session


@listing(
    "/v1/identity/verification_sessions",
    {
        "client_reference_id": Text(),
        "created": Span(),
        "related_customer": Text(),
        "status": Choice(options=STATUSES),
    },
)
def list_sessions(call: Call) -> Json:
    """List sessions."""
    return page(call, KIND, ["client_reference_id", "related_customer", "status"])


@operation("POST", "/v1/identity/verification_sessions/{session}/cancel")
def cancel_session(call: Call) -> Json:
    """Give a check up, as long as the person has not gone through with it."""
    session = call.editable(KIND, "session")
    _must_wait(session, "canceled")
    _cancel(call.world, session, call.owner)
    return session


@operation("POST", "/v1/identity/verification_sessions/{session}/redact")
def redact_session(call: Call) -> Json:
    """Have everything that was collected removed; this takes a while and cannot be undone."""
    world, record = call.world, call.record(KIND, "session")
    session = world.edit(record.id)
    if session["redaction"] is not None:
        raise _refused(session, "redacted: it is redacted already")
    if session["status"] == "requires_input":
        _cancel(world, session, call.owner)
    elif session["status"] != "verified":
        raise _refused(session, f"redacted in the status {session['status']}")
    _clear(world, record)
    session["redaction"] = {"status": "processing"}
    world.at(world.now() + _REDACTION_SECONDS, "redact", record.id)
    return session


def submit(world: World, record: Record) -> None:
    """Let the person hand in documents: Stripe looks at them."""
    session = world.edit(record.id)
    _must_wait(session, "submitted")
    session |= {"status": "processing", "client_secret": None, "url": None, "last_error": None}
    _tell(world, "processing", session, record.owner)


def decide(world: World, record: Record, error: str | None) -> None:
    """Let Stripe find the person verified, or find an error: then they may try again."""
    if error is not None and error not in REFUSALS:
        raise ParameterError(f"Invalid error: must be one of {', '.join(REFUSALS)}", param="error")
    if record.data["status"] == "requires_input":
        submit(world, record)
    session = world.edit(record.id)
    if session["status"] != "processing":
        raise _refused(session, f"decided in the status {session['status']}")
    session["last_verification_report"] = world.store.new_id("vr")
    if error is None:
        session["status"] = "verified"
        record.hidden["outputs"] = _outputs()
        _tell(world, "verified", session, record.owner)
        return
    session |= {"status": "requires_input", "client_secret": _secret(session["id"]), "url": _url(world, record)}
    session["last_error"] = {"code": error, "reason": f"The check ended with {error.replace('_', ' ')}."}
    _tell(world, "requires_input", session, record.owner)


def finish_redaction(world: World, identifier: str) -> None:
    """Say that nothing is left of what was collected."""
    if world.store.any(identifier) is None:
        return
    record = world.store.edit(identifier)
    record.data["redaction"] = {"status": "redacted"}
    _tell(world, "redacted", record.data, record.owner)


def _blank(call: Call) -> Json:
    params, number = call.params, call.world.store.new_id("vs")
    absent = ("last_error", "last_verification_report", "redaction", "related_customer_account", "url")
    return {
        "id": number,
        "object": KIND,
        **dict.fromkeys(absent),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": _secret(number),
        "created": call.world.now(),
        "livemode": False,
        "metadata": new_metadata(params),
        "options": _options(params),
        "provided_details": params.get("provided_details"),
        "related_customer": params.get("related_customer"),
        "status": "requires_input",
        "type": params["type"],
    }


def _options(params: Json) -> Json:
    document = params.get("options", {}).get("document") or {}
    return {"document": document} if params.get("type", "document") == "document" else {"id_number": {}}


def _secret(number: str) -> str:
    return f"{number}_secret_test_{number[-12:]}"


def _url(world: World, record: Record) -> str:
    return f"{world.base_url}/_local/identity/{record.id}?token={record.hidden['token']}"


def _outputs() -> Json:
    """Return a person who is nobody."""
    absent = dict.fromkeys(("email", "phone", "id_number", "id_number_type", "sex"))
    address = {"city": "Bilbao", "country": "ES", "line1": "Calle Mayor 1", "postal_code": "48001"}
    return {
        **absent,
        "address": {**address, "line2": None, "state": None},
        "dob": {"day": 1, "month": 1, "year": 1990},
        "first_name": "Jenny",
        "last_name": "Rosen",
        "unparsed_place_of_birth": None,
        "unparsed_sex": None,
    }


def _cancel(world: World, session: Json, owner: str) -> None:
    session |= {"status": "canceled", "client_secret": None, "url": None}
    _tell(world, "canceled", session, owner)


def _clear(world: World, record: Record) -> None:
    """Blank what the session and its events hold of the person, and the metadata with it."""
    kept = [event for event in world.store.owned("event") if event.data["data"]["object"].get("id") == record.id]
    held = [world.edit(event.id)["data"]["object"] for event in kept]
    for each in (record.data, *held):
        each["metadata"] = {}
        if each["provided_details"]:
            each["provided_details"] = dict.fromkeys(each["provided_details"], _REDACTED)
    if record.hidden["outputs"]:
        record.hidden["outputs"] = {"first_name": _REDACTED, "last_name": _REDACTED, "address": None, "dob": None}


def _must_wait(session: Json, doing: str) -> None:
    if session["redaction"] is not None or session["status"] != "requires_input":
        raise _refused(session, f"{doing} in the status {session['status']}")


def _refused(session: Json, why: str) -> InvalidRequest:
    return InvalidRequest(f"The verification session {session['id']} cannot be {why}.")


def _tell(world: World, what: str, session: Json, owner: str) -> None:
    """Emit with what opens the person's page left out: events are stored by whoever listens."""
    seen = {**copied(session), "client_secret": None, "url": None}
    world.emit(f"{KIND}.{what}", seen, owner=owner)
