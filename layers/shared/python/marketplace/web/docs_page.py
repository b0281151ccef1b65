"""The contract as a page for people: no script, no font, nothing fetched from elsewhere."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from marketplace.web.docs_style import STYLE

DEPTH_MAX = 4  # nested objects shown in a table of fields
_EMPTY = '""'  # an empty text among choices
Json = Mapping[str, Any]
Row = tuple[str, ...]  # one cell a column, already escaped


def style_policy() -> str:
    """Return the Content-Security-Policy that lets this page's own style in, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def render(document: Json) -> str:
    """Render an OpenAPI document as one HTML page."""
    info = document["info"]
    tags = document["tags"]
    links = "".join(f'<li><a href="#{_anchor(tag["name"])}">{_word(tag["name"])}</a></li>' for tag in tags)
    sections = "".join(_section(tag, document) for tag in tags)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head><body>"
        '<a class="skip" href="#content">Skip to the endpoints</a><div class="frame">'
        f'<header><h1>{escape(info["title"])}</h1><p class="soft">Version {escape(info["version"])} &middot; '
        f'<a href="openapi.json">openapi.json</a></p>{_paragraphs(info["description"])}'
        f'<nav aria-label="Endpoints by subject"><ul>{links}<li><a href="#problems">Problem codes</a></li></ul></nav>'
        f'</header><main id="content">{sections}{_problem_index(document)}</main>'
        "<footer><p>Generated from the routes that answer.</p></footer></div></body></html>\n"
    )


def _section(tag: Json, document: Json) -> str:
    operations = "".join(
        _operation(method, path, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    )
    name = tag["name"]
    heading = (
        f'<h2 id="{_anchor(name)}-title">{_word(name)}</h2><p class="soft">{_inline(_sentence(tag["description"]))}</p>'
    )
    return f'<section id="{_anchor(name)}" aria-labelledby="{_anchor(name)}-title">{heading}{operations}</section>'


def _operation(method: str, path: str, operation: Json, document: Json) -> str:
    asked = (
        _parameters(operation) + _body(operation, document) + f"<h3>Try it</h3>{_pre(_curl(method, path, operation))}"
    )
    answered = _answers(operation, document)
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<span class="method {method}">{method.upper()}</span><code class="path">{escape(path)}</code>'
        f'<span class="who">{escape(operation["x-access"])}</span>'
        f'<span class="what">{_inline(operation["summary"])}</span></summary>'
        f'<div class="inside">{_paragraphs(operation["description"])}'
        f'<div class="two"><div>{asked}</div><div>{answered}</div></div></div></details>'
    )


def _parameters(operation: Json) -> str:
    rows = [
        (
            f"<code>{escape(each['name'])}</code>",
            _cell([f"{each['in']}, {_type(each['schema'])}", _needed(each)], each.get("description", "")),
        )
        for each in operation["parameters"]
        if each["name"] != "Accept-Language"  # said once, on top
    ]
    return _table("Parameters", ("Name", "What"), rows)


def _body(operation: Json, document: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _table("Body", ("Field", "What"), _field_rows(content["schema"], document, asked=True)) if content else ""


def _answers(operation: Json, document: Json) -> str:
    parts = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if content:
            # An answer's fields are always there, whatever the schema calls optional.
            fields = _field_rows(content["schema"], document, asked=False)
            parts.append(f"<h3>{status} {escape(answer['description'])}</h3>{_pre(_pretty(content['example']))}")
            parts.append(_table("", ("Field", "What"), fields))
        elif status.startswith("2"):
            parts.append(f"<h3>{status} {escape(answer['description'])}</h3>")
    shown = document["components"]["examples"]
    rows = [_code_row(status, code, shown[code]) for status, code in _codes(operation)]
    return "".join(parts) + _table("Problems", ("Status", "Code and meaning"), rows)


def _codes(operation: Json) -> Iterator[tuple[str, str]]:
    for status, answer in operation["responses"].items():
        problem = answer.get("content", {}).get("application/problem+json", {})
        yield from ((status, code) for code in problem.get("examples", {}))


def _code_row(status: str, code: str, shown: Json) -> Row:
    return status, f'<a href="#code-{escape(code)}"><code>{escape(code)}</code></a><br>{escape(shown["summary"])}'


def _problem_index(document: Json) -> str:
    shown = sorted(document["components"]["examples"].items(), key=lambda each: (each[1]["value"]["status"], each[0]))
    rows = [
        (
            str(each["value"]["status"]),
            f'<code id="code-{escape(code)}">{escape(code)}</code><br>{escape(each["summary"])}',
        )
        for code, each in shown
    ]
    table = _table("", ("Status", "Code and meaning"), rows)
    return (
        '<section id="problems" aria-labelledby="problems-title"><h2 id="problems-title">Problem codes</h2>'
        '<p class="soft">Codes are stable. Every route may also answer <code>unexpected</code> (500) and '
        f"<code>unavailable</code> (503).</p>{table}</section>"
    )


def _field_rows(schema: Json, document: Json, *, asked: bool, prefix: str = "", depth: int = 0) -> list[Row]:
    """List a schema's fields, those of nested objects below their own; `asked` tells which are required."""
    shape = _resolve(schema, document)
    rows: list[Row] = []
    for name, field in shape.get("properties", {}).items():
        required = "required" if asked and name in shape.get("required", ()) else ""
        cell = _cell([_type(field), required], field.get("description", ""))
        rows.append((f"<code>{escape(prefix + name)}</code>", cell))
        nested, mark = _nested(field)
        if nested is not None and depth < DEPTH_MAX:
            rows += _field_rows(nested, document, asked=asked, prefix=f"{prefix}{name}{mark}.", depth=depth + 1)
    return rows


def _nested(field: Json) -> tuple[Json | None, str]:
    """Return the object inside a field, if any, and how its path is written."""
    if "$ref" in field:
        return field, ""
    if "anyOf" in field:
        return next(((each, "") for each in field["anyOf"] if "$ref" in each), (None, ""))
    if field.get("type") == "array" and "$ref" in (field.get("items") or {}):
        return field["items"], "[]"
    return None, ""


def _resolve(schema: Json, document: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _type(schema: Json) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(each) or _EMPTY)}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        if "prefixItems" in schema:  # a tuple
            return "list of " + ", ".join(_type(each) for each in schema["prefixItems"])
        return f"list of {_type(schema.get('items') or {})}"
    if "$ref" in schema:
        return "object"
    return escape(str(schema.get("type", "any"))) + _bounds(schema)


def _bounds(schema: Json) -> str:
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    if least is None and most is None:
        return ""
    unit = " characters" if "maxLength" in schema or "minLength" in schema else ""
    if most is None:
        return f", at least {least:,}{unit}"
    return f", {least:,} to {most:,}{unit}" if least is not None else f", at most {most:,}{unit}"


def _needed(parameter: Json) -> str:
    default = parameter["schema"].get("default")
    return "required" if parameter.get("required") else (f"default {default}" if default is not None else "")


def _cell(facts: Iterable[str], note: str) -> str:
    listed = ", ".join(fact for fact in facts if fact)
    return f'{listed}<br><span class="soft">{_inline(note)}</span>' if note else listed


def _curl(method: str, path: str, operation: Json) -> str:
    lines = [f'curl -X {method.upper()} "$API{path}"']
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if any(each["name"] == "Idempotency-Key" for each in operation["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        body = _pretty(content["example"]).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', "-d '" + body.replace("\n", "\n  ") + "'"]
    return " \\\n  ".join(lines)


def _table(title: str, heads: Iterable[str], rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{escape(head)}</th>' if head else "<td></td>" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    heading = f"<h3>{escape(title)}</h3>" if title else ""
    return f'{heading}<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _pre(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_inline(part)}</p>" for part in text.split("\n\n") if part.strip())


def _inline(text: str) -> str:
    """Escape a text, and set what stands between back-quotes as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _anchor(name: str) -> str:
    return escape(name.replace("_", "-"))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _word(name: str) -> str:
    return escape(name.replace("_", " "))
