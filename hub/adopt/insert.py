"""A new entry in the text of hub.yaml: everything that stands there already stays as it is, byte for byte."""

import json
import re
from collections.abc import Mapping
from typing import Final

import yaml

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


class NoPlace(ValueError):
    """There is no list of devices to which an entry could be added; the text says why."""


def with_entry(text: str, entry: Mapping[str, str], key: str = "devices") -> str:
    """`text` with one more entry at the end of its list `key`. Raises NoPlace."""
    at, addition = _place(text, _written(entry), key)
    return text[:at] + addition + text[at:]


def _place(text: str, written: str, key: str) -> tuple[int, str]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise NoPlace("hub.yaml is no valid YAML") from error
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    name, listed = next(((name, value) for name, value in pairs if name.value == key), (None, None))
    if name is None:
        raise NoPlace(f"hub.yaml has no list '{key}:'")
    if isinstance(listed, yaml.SequenceNode) and listed.flow_style:
        return _in_brackets(text, listed, written)
    if isinstance(listed, yaml.SequenceNode):
        return _below(text, _end(listed.value[-1]), f"{' ' * listed.start_mark.column}- {written}")
    if isinstance(listed, yaml.ScalarNode) and listed.value in ("", "~", "null"):
        if listed.value:
            raise NoPlace(f"'{key}: {listed.value}' is no list: remove the word after the colon")
        return _below(text, name.end_mark.index, f"{' ' * name.start_mark.column}  - {written}")
    raise NoPlace(f"'{key}:' is no list")


def _in_brackets(text: str, listed: yaml.SequenceNode, written: str) -> tuple[int, str]:
    if not listed.value:
        return listed.start_mark.index + 1, written
    last = listed.value[-1].end_mark.index
    rest = re.sub(r"#[^\r\n]*", lambda found: " " * len(found[0]), text[last : listed.end_mark.index - 1])
    comma = rest.find(",")
    return (last, f", {written}") if comma < 0 else (last + comma + 1, f" {written},")


def _end(node: yaml.Node) -> int:
    """Where the node's last character is; a block's own mark lies beyond the comments behind it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        return max(_end(key), _end(value))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise NoPlace("the last device ends with a text in block style (| or >): add the new one by hand")
    return int(node.end_mark.index)


def _below(text: str, index: int, line: str) -> tuple[int, str]:
    """A line of its own below the one of `index`, ended as its neighbours are."""
    found = re.compile(r"\r?\n|\r").search(text, index)
    at = found.start() if found else len(text)
    ends = [found[0]] if found else re.findall(r"\r?\n|\r", text)
    return at, (ends[-1] if ends else "\n") + line


def _written(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in entry.items()) + "}"


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
