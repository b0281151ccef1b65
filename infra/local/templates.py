"""Read CloudFormation YAML, with its short tags in their long form, so that it can be changed and sent as JSON."""

from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]
_UNPREFIXED = ("Ref", "Condition")


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it."""


def _long_form(loader: yaml.Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {tag if tag in _UNPREFIXED else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)
# A policy's "2012-10-17" is text, never a date.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_template(path: Path) -> Template:
    """Return the template with !Sub as {"Fn::Sub": ...} and the like."""
    template: Template = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506  (_Loader is a SafeLoader)
    return template


def resources_of(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of type `kind`, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if isinstance(resource, dict) and resource.get("Type") == kind
    }
