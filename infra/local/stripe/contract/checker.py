"""The check itself: one object that a core asks about everything that passes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from infra.local.stripe.contract import overlay, source
from infra.local.stripe.contract.schema import Forms, query, strict
from infra.local.stripe.errors import Json

_OK = 200


class ContractBroken(AssertionError):
    """Something passed that Stripe's own description does not allow."""


class Description:
    """Stripe's description of the modelled operations, ready to compare with."""

    def __init__(self, described: Json) -> None:
        self._paths = described["paths"]
        self._forms = Forms(strict(described["components"]))
        self._requests: dict[tuple[str, str], Json] = {}
        self._validators: dict[str, Draft202012Validator] = {}
        #: The operations compared so far, as "METHOD template" with the status.
        self.seen: set[tuple[str, int]] = set()

    def operation(self, method: str, template: str) -> Json:
        """Return what the description says of an operation."""
        try:
            found: Json = self._paths[template][method.lower()]
        except KeyError:
            raise ContractBroken(f"Stripe has no {method} {template}") from None
        return found

    def parameters(self, method: str, template: str) -> Json:
        """Return the schema of what an operation takes."""
        return self._request_schema(method, template)

    def request(self, method: str, template: str, params: Json) -> None:
        """Refuse an accepted request that the API would not take."""
        schema = self._request_schema(method, template)
        typed = self._forms.typed(params, schema)
        self._compare(f"request {method} {template}", lambda: schema, typed)

    def response(self, method: str, template: str, status: int, body: Json) -> None:
        """Refuse an answer the API would not give."""
        answers = self.operation(method, template)["responses"]
        name = str(status) if status == _OK else "default"
        content = answers[name]["content"]["application/json"]
        self.seen.add((f"{method} {template}", status))
        where = f"{name} answer of {method} {template}"
        self._compare(where, lambda: strict(content["schema"]), body)

    def event(self, event: Json) -> None:
        """Refuse an event, or the snapshot in it, that the API would not send."""
        self.object("event", event)
        subject = event["data"]["object"]
        self.object(subject["object"], subject)

    def object(self, kind: str, value: Json) -> None:
        """Refuse an object that is not what the API calls ``kind``."""
        reference = {"$ref": f"#/components/schemas/{kind}"}
        self._compare(f"object {kind}", lambda: reference, value)

    def _request_schema(self, method: str, template: str) -> Json:
        schema = self._requests.get((method, template))
        if schema is None:
            described = self.operation(method, template)
            raw = query(described) if method == "GET" else overlay.form(described)
            schema = self._requests[method, template] = strict(raw)
        return schema

    def _compare(self, where: str, schema: Callable[[], Json], value: Any) -> None:
        """Compare a value; converting the schema is the slow part, so done once."""
        validator = self._validators.get(where)
        if validator is None:
            validator = self._validators[where] = self._forms.validator(schema())
        if validator.is_valid(value):
            return
        error = best_match(validator.iter_errors(value))
        place = "/".join(map(str, error.absolute_path)) if error else ""
        message = error.message if error else "not valid"
        raise ContractBroken(f"{where}: {place or '(whole)'}: {message}")


@cache
def official_description() -> Description:
    """Return the description, read once per process."""
    return Description(overlay.apply(source.load()))
