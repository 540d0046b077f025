"""Home Assistant's value templates, from devices that nobody vouches for.

Jinja's immutable sandbox keeps a template from the hub's own objects. What it may cost is bounded by its form: no
loops, macros, powers or imports; only the filters, tests and methods below; text and numbers of bounded size. So the
work is linear in the template's length, and no clock has to watch it.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from jinja2 import TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATE_LIMIT: Final = 2048
"""Characters of a template."""
_TEXT_LIMIT: Final = 16_384
_NUMBER_LIMIT: Final = 2**63

_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.If,
    nodes.Assign, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    nodes.Call, nodes.Keyword, nodes.Slice, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Concat,
)  # fmt: skip
_METHODS: Final = frozenset(
    {"get", "keys", "values", "items", "split", "strip", "lstrip", "rstrip", "lower", "upper", "startswith", "endswith"}
)
_TESTS: Final = (
    "boolean", "defined", "eq", "equalto", "even", "false", "ge", "gt", "in", "integer", "float", "le", "lt",
    "mapping", "ne", "none", "number", "odd", "sequence", "string", "true", "undefined", "==", "!=", "<", "<=", ">",
    ">=",
)  # fmt: skip
_PLAIN_FILTERS: Final = (
    "abs", "capitalize", "d", "default", "first", "last", "length", "count", "lower", "round", "string", "title",
    "trim", "upper",
)  # fmt: skip
_FORMAT: Final = re.compile(r"[^%]*(%[-+0 ]?[0-9]{0,2}(\.[0-9])?[dfsxX%][^%]*){0,8}")


class TemplateRefused(ValueError):
    """A template that is wrong, or that the hub does not run."""


class Template:
    """One template. Raises TemplateRefused."""

    def __init__(self, source: str) -> None:
        if len(source) > TEMPLATE_LIMIT:
            raise TemplateRefused(f"a template has {len(source)} characters, {TEMPLATE_LIMIT} are allowed")
        self.source = source
        try:
            parsed = _environment().parse(source)
            _examine(parsed)
            self._path = _plain_path(parsed)
            self._template = _environment().from_string(source)
        except (TemplateError, RecursionError, SyntaxError, ValueError) as error:
            raise TemplateRefused(f"the template {source[:60]!r} is refused: {error}") from None

    def text(self, value: str, **more: object) -> str | None:
        """What the template makes of a payload: `value_json` is its JSON, left out where it is none.

        None where the template fails, or the payload has nothing for it.
        """
        if self._path is not None and "value_json" in more:
            return _looked_up(more["value_json"], self._path)
        context = self._template.new_context({"value": value, **more})
        try:
            made = "".join(self._template.root_render_func(context)).strip()
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return None
        return made if len(made) <= _TEXT_LIMIT else None


def _examine(root: nodes.Template) -> None:
    found = list(root.find_all(nodes.Node))
    for node in found:
        if not isinstance(node, _NODES):
            raise TemplateRefused(f"{type(node).__name__} is not allowed")
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise TemplateRefused(f"{node.attr} is not allowed")
        if isinstance(node, nodes.Call) and not _may_call(node.node):
            raise TemplateRefused("this call is not allowed")
    kinds = {type(node) for node in found}
    if nodes.Assign in kinds and nodes.Concat in kinds:
        raise TemplateRefused("set and ~ together are not allowed: they could double a text without end")


def _plain_path(root: nodes.Template) -> tuple[str, ...] | None:
    """The keys of `{{ value_json.a['b'] }}`, the form that nine of ten templates have; None for any other."""
    output = root.body[0] if len(root.body) == 1 else None
    node = output.nodes[0] if isinstance(output, nodes.Output) and len(output.nodes) == 1 else None
    keys: list[str] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        if not isinstance(key, str) or hasattr(dict, key):
            return None
        keys.append(key)
        node = node.node
    return tuple(reversed(keys)) if isinstance(node, nodes.Name) and node.name == "value_json" and keys else None


def _looked_up(value: object, path: tuple[str, ...]) -> str | None:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    made = str(value).strip()
    return made if len(made) <= _TEXT_LIMIT else None


def _may_call(called: nodes.Node) -> bool:
    if isinstance(called, nodes.Getattr):
        return called.attr in _METHODS
    return isinstance(called, nodes.Name) and called.name in _OWN


class _Environment(ImmutableSandboxedEnvironment):
    """Every operation on two values passes `call_binop`, which keeps them small."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _short(left + right)
        if not (_is_small(left) and _is_small(right)) or operator == "**":
            raise SecurityError(f"{operator} is for numbers")
        return super().call_binop(context, operator, left, right)


def _is_small(value: object) -> bool:
    return isinstance(value, int | float) and -_NUMBER_LIMIT < value < _NUMBER_LIMIT


def _short(text: str) -> str:
    if len(text) > _TEXT_LIMIT:
        raise ValueError("too long a text")
    return text


_MISSING: Final = object()


def _to_float(value: object, default: object = _MISSING) -> object:
    """Unlike Jinja's, it fails where there is no number and no default: unknown is not zero."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        if default is _MISSING:
            raise
        return default


def _to_int(value: object, default: object = _MISSING, base: int = 10) -> object:
    try:
        return int(value, base) if isinstance(value, str) and base != 10 else int(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        if default is _MISSING:
            raise
        return default


def _to_bool(value: object, default: object = _MISSING) -> object:
    known = {"true": True, "yes": True, "on": True, "enable": True, "1": True,
             "false": False, "no": False, "off": False, "disable": False, "0": False}  # fmt: skip
    found = known.get(str(value).lower(), default)
    if found is _MISSING:
        raise ValueError("neither true nor false")
    return found


def _is_defined(value: object) -> object:
    if isinstance(value, Undefined):
        raise ValueError("undefined")
    return value


def _iif(value: object, if_true: object = True, if_false: object = False, if_none: object = _MISSING) -> object:
    if value is None and if_none is not _MISSING:
        return if_none
    return if_true if value else if_false


def _replace(text: object, old: str, new: str) -> str:
    whole = str(text)
    if len(whole) + whole.count(old) * len(new) > _TEXT_LIMIT:
        raise ValueError("too long a text")
    return whole.replace(old, new)


def _format(form: object, *values: object) -> str:
    if not isinstance(form, str) or not _FORMAT.fullmatch(form) or len(form) > 100:
        raise ValueError("this format is not allowed")
    return _short(form % values)


def _from_json(text: object) -> object:
    return msgspec.json.decode(str(text))


def _bitwise_and(left: int, right: int) -> int:
    return left & right


_OWN: Final[Mapping[str, Callable[..., object]]] = {
    "float": _to_float, "int": _to_int, "bool": _to_bool, "is_defined": _is_defined, "iif": _iif,
    "replace": _replace, "format": _format, "from_json": _from_json, "bitwise_and": _bitwise_and,
}  # fmt: skip


@cache
def _environment() -> _Environment:
    environment = _Environment(optimized=False, cache_size=0)
    usual = environment.filters
    environment.filters = {name: usual[name] for name in _PLAIN_FILTERS} | dict(_OWN)
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    environment.globals = dict(_OWN)
    return environment
