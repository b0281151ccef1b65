"""Random operations, the same ones on the in-memory DynamoDB and on moto: same answers, same refusals, same end.

What is never drawn here, because moto 5.2.5 is wrong about it and the twin follows AWS (see test_dynamo_twin_exact):
a REMOVE alone on an absent item (moto creates the item); NULL in a condition (moto takes it for an absent attribute);
a flag beside a number (moto: true is 1); an order between different types (moto raises a TypeError); a number added
at a path into a scalar (moto silently does nothing); an update that cannot be applied beside a condition that does not
hold, or inside a transaction (moto refuses the whole request instead of naming the reason).
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stores.dynamo_cases import key, service

NUMBERS = st.integers(-3, 3).map(lambda n: {"N": str(n)})
TEXTS = st.sampled_from(["", "a", "ab", "b", "é"]).map(lambda s: {"S": s})
# Neither 0 nor 1, which moto takes for false and true.
OTHER_NUMBERS = st.sampled_from(["-2", "2", "3"]).map(lambda n: {"N": n})
LITERALS = OTHER_NUMBERS | TEXTS
SCALARS = NUMBERS | TEXTS | st.booleans().map(lambda b: {"BOOL": b})
LISTS = st.lists(SCALARS, max_size=3).map(lambda members: {"L": members})
MAPS = st.dictionaries(st.sampled_from(["kk", "jj"]), SCALARS, max_size=2).map(lambda members: {"M": members})
# One type for each attribute, so that orders between different types do not arise.
ATTRIBUTES = {"nn": NUMBERS, "oo": NUMBERS, "tt": TEXTS, "ll": LISTS, "mm": MAPS, "zz": st.just({"NULL": True})}
PATHS = [*ATTRIBUTES, "mm.kk", "ll[0]", "ll[1]"]
KEYS = st.sampled_from(["1", "2", "3"]).map(lambda sk: key(sk=sk))
INDEXED = {"status": st.just({"S": "open"}), "rank": NUMBERS}
ITEMS = st.builds(lambda k, rest: {**k, **rest}, KEYS, st.fixed_dictionaries({}, optional=ATTRIBUTES | INDEXED))


@dataclass(frozen=True)
class Text:
    """A piece of an expression with the values it uses; joining pieces renames the values."""

    text: str
    values: tuple[Any, ...] = ()

    def bound(self) -> tuple[str, dict[str, Any]]:
        text, values = self.text, {}
        for number, value in enumerate(self.values):
            text = text.replace("?", f":v{number}", 1)
            values[f":v{number}"] = value
        return text, values


def joined(pattern: str, *parts: Text) -> Text:
    text = pattern.format(*(part.text for part in parts))
    return Text(text, tuple(value for part in parts for value in part.values))


def build(pattern: str, *parts: st.SearchStrategy[Text]) -> st.SearchStrategy[Text]:
    return st.builds(lambda *chosen: joined(pattern, *chosen), *parts)


def literal(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Text]:
    return values.map(lambda value: Text("?", (value,)))


path = st.sampled_from(PATHS).map(Text)
numeric = st.sampled_from(["nn", "oo"]).map(Text)
text = st.just(Text("tt"))
orders = st.sampled_from(["<", "<=", ">", ">="]).map(Text)
simple = st.one_of(
    build("{} {} {}", path, st.sampled_from(["=", "<>"]).map(Text), literal(LITERALS)),
    build("{} {} {}", numeric, orders, literal(NUMBERS)),
    build("{} {} {}", text, orders, literal(TEXTS)),
    build("nn {} oo", orders),
    build("{} IN ({}, {})", path, literal(LITERALS), literal(LITERALS)),
    build("{} BETWEEN {} AND {}", numeric, literal(st.just({"N": "-1"})), literal(st.just({"N": "2"}))),
    build("attribute_exists({})", path),
    build("attribute_not_exists({})", path),
    build("attribute_type({}, {})", path, literal(st.sampled_from("SNLM").map(lambda t: {"S": t}))),
    build("begins_with(tt, {})", literal(TEXTS)),
    build("contains(tt, {})", literal(st.just({"S": "b"}))),
    build("contains(ll, {})", literal(LITERALS)),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        build("({}) AND ({})", inner, inner), build("({}) OR ({})", inner, inner), build("NOT ({})", inner)
    ),
    max_leaves=4,
)
safe_updates = st.one_of(
    *(build(f"SET {name} = {{}}", literal(values)) for name, values in ATTRIBUTES.items()),
    *(build(f"SET zz = {{}} REMOVE {name}", literal(TEXTS)) for name in ["nn", "oo", "tt", "ll", "mm"]),
    build("ADD nn {}", literal(NUMBERS)),
    build("ADD nn {} SET oo = if_not_exists(oo, {})", literal(NUMBERS), literal(NUMBERS)),
    build("SET oo = if_not_exists(nn, {}) + {}", literal(NUMBERS), literal(NUMBERS)),
    build("SET oo = {} - if_not_exists(nn, {})", literal(NUMBERS), literal(NUMBERS)),
    build("SET ll = list_append(if_not_exists(ll, {}), {})", literal(LISTS), literal(LISTS)),
    build("SET tt = {}, ll = {}", literal(TEXTS), literal(LISTS)),
)
# Refused where what they name is not there.
risky_updates = st.one_of(
    build("SET nn = oo + {}", literal(NUMBERS)),
    build("SET nn = oo, oo = nn"),
    build("SET zz = mm.kk"),
    build("SET mm.kk = {}", literal(SCALARS)),
    build("SET ll[0] = {}", literal(SCALARS)),
    build("SET ll[1] = ll[0], zz = {}", literal(TEXTS)),
    build("SET ll = list_append({}, if_not_exists(ll, {}))", literal(LISTS), literal(LISTS)),
    build("SET zz = {} REMOVE ll[0], ll[1]", literal(TEXTS)),
    build("SET zz = {} REMOVE mm.kk", literal(TEXTS)),
)


@dataclass(frozen=True)
class Operation:
    """One call: the client's method and its parameters."""

    method: str
    params: dict[str, Any]

    def run(self, client: Any) -> Any:
        try:
            answer = getattr(client, self.method)(**self.params)
        except ClientError as error:
            answer = error.response
            reasons = [reason["Code"] for reason in answer.get("CancellationReasons", [])]
            return (answer["Error"]["Code"], reasons, canonical(answer.get("Item")))
        # Equal ranks in an index have no order of their own.
        answer.get("Items", []).sort(key=lambda item: item["sk"]["S"])
        return canonical({k: v for k, v in answer.items() if k in {"Attributes", "Item", "Items", "Count"}})


def canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: sorted(v) if k in {"SS", "NS", "BS"} else canonical(v) for k, v in value.items()}
    return [canonical(member) for member in value] if isinstance(value, list) else value


def write(method: str, condition: Text | None, update: Text | None = None, **params: Any) -> Operation:
    parts = {"ConditionExpression": condition, "UpdateExpression": update}
    used = [(name, part) for name, part in parts.items() if part is not None]
    values: dict[str, Any] = {}
    for name, part in used:
        text, own = part.bound()
        prefix = f":{name[0].lower()}"
        params[name] = text.replace(":v", prefix)
        values |= {k.replace(":v", prefix): v for k, v in own.items()}
    if values:
        params["ExpressionAttributeValues"] = values
    return Operation(method, params)


def in_transaction(operation: Operation) -> dict[str, Any]:
    kind = {"put_item": "Put", "delete_item": "Delete", "update_item": "Update"}[operation.method]
    return {kind: {k: v for k, v in operation.params.items() if k != "ReturnValues"}}


def update_of(k: dict[str, Any], condition: Text | None, update: Text) -> Operation:
    return write("update_item", condition, update, TableName="things", Key=k, ReturnValues="ALL_NEW")


maybe = st.none() | conditions
puts = st.builds(
    lambda item, condition: write("put_item", condition, TableName="things", Item=item, ReturnValues="ALL_OLD"),
    ITEMS,
    maybe,
)
deletes = st.builds(
    lambda k, condition: write("delete_item", condition, TableName="things", Key=k, ReturnValues="ALL_OLD"),
    KEYS,
    maybe,
)
changes = st.builds(update_of, KEYS, maybe, safe_updates)
risky_changes = st.builds(update_of, KEYS, st.none(), risky_updates)
transactions = st.lists(puts | deletes | changes, min_size=1, max_size=3).map(
    lambda parts: Operation("transact_write_items", {"TransactItems": [in_transaction(part) for part in parts]})
)
operations = st.lists(st.one_of(puts, puts, changes, risky_changes, deletes, transactions), min_size=1, max_size=15)

ENDS = [
    Operation(
        "query",
        {
            "TableName": "things",
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "a"}},
        },
    ),
    Operation(
        "query",
        {
            "TableName": "things",
            "IndexName": "by_status",
            "KeyConditionExpression": "#s = :s AND #r > :r",
            "ExpressionAttributeNames": {"#s": "status", "#r": "rank"},
            "ExpressionAttributeValues": {":s": {"S": "open"}, ":r": {"N": "-2"}},
        },
    ),
]


def outcomes(kind: str, sequence: list[Operation]) -> list[Any]:
    with service(kind) as client:
        return [operation.run(client) for operation in [*sequence, *ENDS]]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(operations)
def test_the_same_operations_have_the_same_outcome(sequence):
    assert outcomes("twin", sequence) == outcomes("moto", sequence)
