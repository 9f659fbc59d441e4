"""Changing single values of a YAML text: all else, its comments and its style stay byte for byte.

The libraries that keep comments wrap long lines anew, and a one-word change would show as a rewritten file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bot.knowledge.yaml_text import parse_yaml

Place = tuple[str | int, ...]
Node = Any
"""A node of `yaml.compose`: a scalar, a sequence or a mapping."""


class EditFailed(ValueError):
    """The text cannot be edited that way: it is not valid YAML, or has no such place."""


def set_values(text: str, values: Mapping[Place, Any]) -> str:
    """`text` with the value at each place replaced: a string, a number, a date, a list, or a mapping.

    A key that is missing is added at the end of its mapping; None takes a key out. What is equal already stays as
    it is written.

    Raises:
        EditFailed: see there.
    """
    if not values:
        return text
    try:
        wanted = parse_yaml(text)
        for place, value in values.items():
            if _get(wanted, place) != value:
                text = _set(text, place, value)
                _put(wanted, place, value)
        if parse_yaml(text) == wanted:
            return text
    except (yaml.YAMLError, ValueError, AttributeError, LookupError, TypeError) as error:
        raise EditFailed(f"the text cannot be edited value by value: {error}") from None
    # better no edit than a wrong one
    raise EditFailed("the text has a form in which this value cannot be replaced: edit the YAML itself")


def rewritten(text: str, values: Mapping[Place, Any]) -> str:
    """`text` with `values`, written anew: for when `set_values` fails. Comments and style are lost, values are not.

    Raises:
        EditFailed: the text is no YAML mapping.
    """
    try:
        data = parse_yaml(text)
        for place, value in values.items():
            node = data
            for key in place[:-1]:
                node = node.setdefault(key, {}) if isinstance(node, dict) else node[key]
            _put(data, place, value)
        return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120))
    except (yaml.YAMLError, ValueError, AttributeError, LookupError, TypeError) as error:
        raise EditFailed(f"the text cannot be edited value by value: {error}") from None


def _get(data: Any, place: Place) -> Any:
    for key in place:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _put(data: Any, place: Place, value: Any) -> None:
    *way, last = place
    for key in way:
        data = data[key]
    if value is None:
        data.pop(last, None)
    else:
        data[last] = value


def _set(text: str, place: Place, value: Any) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    *way, last = place
    parent = root
    for key in way:
        parent = _child(parent, key)[1]
    if not isinstance(parent, yaml.MappingNode) or not isinstance(last, str):
        if isinstance(parent, yaml.SequenceNode) and isinstance(last, int) and value is not None:
            return _replace(text, parent, *_child(parent, last), value)
        raise EditFailed(f"there is no {'.'.join(map(str, place))}")
    try:
        key_node, node = _child(parent, last)
    except EditFailed:
        return text if value is None else _add(text, parent, last, value)
    return _remove(text, parent, last) if value is None else _replace(text, parent, key_node, node, value)


def _child(node: Node, key: str | int) -> tuple[Node, Node]:
    """The node of a key (of a sequence: the entry itself) and that of its value."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            if key_node.value == str(key):
                return key_node, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key]
    raise EditFailed(f"there is no {key}")


def _replace(text: str, parent: Node, key: Node, node: Node, value: Any) -> str:
    start, end = node.start_mark.index, _end(text, node)
    if parent.flow_style or _is_flow(node, value):
        return text[:start] + _flow(value, parent.flow_style) + text[end:]
    column = key.start_mark.column
    if isinstance(parent, yaml.SequenceNode):
        return text[:start] + _block(value, column - 2, "  ").lstrip("\n ") + text[end:]
    colon = text.index(":", key.end_mark.index) + 1
    return text[:colon] + _block(value, column, _list_offset(text, node)) + text[end:]


def _add(text: str, parent: yaml.MappingNode, key: str, value: Any) -> str:
    if not parent.value:
        raise EditFailed(f"{key} cannot be added to an empty mapping")
    end = _end(text, parent.value[-1][1])
    if parent.flow_style:
        return f"{text[:end]}, {key}: {_flow(value, True)}{text[end:]}"
    column = parent.value[0][0].start_mark.column
    return f"{text[:end]}\n{' ' * column}{key}:{_block(value, column, '  ')}{text[end:]}"


def _remove(text: str, parent: yaml.MappingNode, key: str) -> str:
    index = next(n for n, (node, _) in enumerate(parent.value) if node.value == key)
    if len(parent.value) == 1:
        raise EditFailed(f"{key} is the only key there")
    if index:
        return text[: _end(text, parent.value[index - 1][1])] + text[_end(text, parent.value[index][1]) :]
    return text[: parent.value[0][0].start_mark.index] + text[parent.value[1][0].start_mark.index :]


def _end(text: str, node: Node) -> int:
    """Where the node's own text ends: YAML's mark of a block lies behind the blank lines and comments after it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        end = node.end_mark.index
        is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        return len(text[:end].rstrip()) if is_block else end
    last = node.value[-1]
    return _end(text, last[1] if isinstance(last, tuple) else last)


def _is_flow(node: Node, value: Any) -> bool:
    if isinstance(value, (list, tuple)) and isinstance(node, yaml.SequenceNode):
        return bool(node.flow_style)
    return isinstance(value, Mapping) and isinstance(node, yaml.MappingNode) and bool(node.flow_style)


def _list_offset(text: str, node: Node) -> str:
    """How far the file indents the entries of a list under their key."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        line = text.rfind("\n", 0, node.start_mark.index) + 1
        before = text[:line].rstrip().rsplit("\n", 1)[-1]
        return " " * max(0, node.start_mark.column - (len(before) - len(before.lstrip())))
    return "  "


def _block(value: Any, column: int, offset: str) -> str:
    """What follows the colon of a key that stands at `column`."""
    inner = " " * column + offset
    if isinstance(value, str) and "\n" in value:
        lines = [" " * (column + 2) + line if line else "" for line in value.split("\n")]
        return " |-\n" + "\n".join(lines) if _suits_literal(value) else f" {_scalar(value, False)}"
    if isinstance(value, (list, tuple)):
        if not value:
            return " []"
        return "".join(f"\n{inner}-{_entry(item, len(inner))}" for item in value)
    if isinstance(value, Mapping):
        pairs = ((key, item) for key, item in value.items() if item is not None)
        return "".join(f"\n{' ' * (column + 2)}{key}:{_block(item, column + 2, offset)}" for key, item in pairs)
    return f" {_scalar(value, False)}"


def _entry(item: Any, column: int) -> str:
    if isinstance(item, Mapping):
        return " " + _block(item, column, "  ").lstrip("\n ")
    return f" {_scalar(item, False)}"


def _suits_literal(value: str) -> bool:
    lines = value.split("\n")
    return not value.startswith((" ", "\n")) and all(line == line.rstrip() for line in lines) and lines[-1] != ""


def _flow(value: Any, inside_flow: bool | None) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_flow(item, True) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(item, True)}' for key, item in value.items() if item is not None)}}}"
    return _scalar(value, bool(inside_flow))


def _scalar(value: Any, in_flow: bool) -> str:
    if isinstance(value, (dt.date, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    style = '"' if "\n" in value or (in_flow and any(c in value for c in ",[]{}:")) else None
    dumped = yaml.dump(value, default_style=style, allow_unicode=True, width=10**9)
    return dumped.removesuffix("\n").removesuffix("\n...").removesuffix("...").rstrip("\n")


def leaves(data: Any, place: Place = ()) -> Sequence[tuple[Place, Any]]:
    """Every scalar of parsed YAML with its place, in order: what a plain form can edit."""
    if isinstance(data, Mapping):
        return [found for key, item in data.items() for found in leaves(item, (*place, key))]
    if isinstance(data, list):
        return [found for index, item in enumerate(data) for found in leaves(item, (*place, index))]
    return [(place, data)]
