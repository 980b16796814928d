"""Reads JSON and YAML from outside exactly: decimals stay decimals; duplicate keys, NaN, lone surrogates and aliases,
which two readers could read differently, are refused with their line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import yaml

from exact.characters import FORBIDDEN, TEXT_INVALID, forbidden_in
from exact.faults import UNKNOWN_FIELD, Fault, Location
from exact.json_places import place_of_key, place_of_number
from supervision.words import Word

MAX_DEPTH: Final = 24
MAX_NUMBER: Final = 40
MAX_VALUES: Final = 100_000
"""Values in one text: the largest programme file that is allowed has half of that."""
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
_INSTANT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_PLAIN: Final[dict[str, Any]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHY: Final = {
    "json_invalid": Word("不是有效的 JSON", "is not valid JSON"),
    "yaml_invalid": Word("不是有效的 YAML", "is not valid YAML"),
    "not_utf8": Word("不是 UTF-8 文本", "is not UTF-8 text"),
    "too_deep": Word(f"嵌套超过 {MAX_DEPTH} 层", f"is nested more than {MAX_DEPTH} levels deep"),
    "duplicate_key": Word("键重复", "has a key twice"),
    "number_invalid": Word("数字不合要求（须有限、不超过 40 位）", "has a number that is not finite or too long"),
    "text_invalid": TEXT_INVALID,
    "yaml_alias": Word("YAML 不得使用锚点、别名或标签", "YAML anchors, aliases and tags are not allowed"),
    "too_many": Word(f"超过 {MAX_VALUES} 个值", f"has more than {MAX_VALUES} values"),
    "key_invalid": Word("键必须是文本", "has a key that is not text"),
}


class Inexact(ValueError):
    """A text that cannot be read exactly; `fault` says where and why."""

    def __init__(self, rule: str, loc: Location = (), line: int | None = None, detail: str | Word = "") -> None:
        word = _WHY[rule]
        more = detail if isinstance(detail, Word) else Word(detail, detail)
        zh, en = (f"{word.zh}：{more.zh}", f"{word.en}: {more.en}") if more.zh else word
        self.fault = Fault(loc, rule, zh, en, line)
        super().__init__(f"{self.fault.field or 'text'} {self.fault.en}")


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A value read exactly, and the line on which each of its parts begins (JSON: none)."""

    value: Any
    lines: dict[Location, int] = field(default_factory=dict)


def read_json(body: bytes) -> Any:
    """A JSON text as Python values, its numbers as int and Decimal. Raises Inexact."""
    if body.count(b",") > MAX_VALUES:  # before anything is made of them
        raise Inexact("too_many")
    try:
        text = body.decode()
        if text.startswith("\ufeff"):
            raise Inexact(
                "json_invalid", line=1, detail=Word("以字节顺序标记（BOM）开头", "begins with a byte order mark")
            )
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise Inexact("not_utf8") from None
    except json.JSONDecodeError as error:
        where = Word(f"第 {error.lineno} 行第 {error.colno} 个字符", f"{error.msg} (character {error.colno})")
        raise Inexact("json_invalid", line=error.lineno, detail=where) from None
    except Inexact as error:
        raise _placed(error.fault, text) from None
    except RecursionError:
        raise Inexact("too_deep") from None
    strange = not text.isprintable() and FORBIDDEN.search(text)  # what is printable is allowed, and sooner seen
    if strange or "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        _walk(value, ())
    return value


def _placed(fault: Fault, text: str) -> Inexact:
    """The same with its place, which the parser does not know."""
    found = Inexact(fault.rule)
    loc = fault.loc
    try:
        if fault.rule == "number_invalid":
            loc = place_of_number(text, _is_exact)
        elif fault.rule == "duplicate_key":
            loc = place_of_key(text)
    except (ValueError, RecursionError):  # what is wrong stands before something that is no JSON
        pass
    found.fault = replace(fault, loc=loc)
    return found


def read_yaml(body: bytes, expanded: Callable[[Iterator[yaml.Event]], Iterator[yaml.Event]] = iter) -> ParsedText:
    """A YAML text as plain values with their lines: 1.2's core scalars, dates stay text. Raises Inexact.

    Aliases are refused, unless `expanded` writes them out.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Inexact("not_utf8") from None
    lines: dict[Location, int] = {}
    try:
        parsed = expanded(yaml.parse(text, Loader=yaml.CSafeLoader))
        events = (event for event in parsed if not isinstance(event, _FRAME))
        first = next(events, None)
        value = None if first is None else _node(first, events, (), lines)
        if next(events, None) is not None:
            raise Inexact("yaml_invalid", detail=Word("不止一个文档", "more than one document"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 个字符" if mark else "无法解析"
        raise Inexact(
            "yaml_invalid", line=mark.line + 1 if mark else None, detail=Word(where, _reason(error))
        ) from None
    return ParsedText(value, lines)


def longest(value: Any, entries: int, total: int) -> Fault | None:
    """The fault of the first list or object with more than `entries` entries, or of more than `total` of them."""
    seen = 0
    waiting: list[tuple[Location, Any]] = [((), value)] if isinstance(value, dict | list) else []
    while waiting:
        loc, one = waiting.pop()
        seen += 1
        if len(one) > entries:
            return Fault(loc, "too_long", f"至多 {entries} 项", f"must have at most {entries} entries")
        if seen > total:
            return Fault(
                (), "too_many", f"列表与对象合计至多 {total} 个", f"must have at most {total} lists and objects"
            )
        parts: Any = one.items() if isinstance(one, dict) else enumerate(one)
        waiting += [((*loc, name), part) for name, part in parts if isinstance(part, dict | list)]
    return None


def differences(given: Any, written: Any, under: Location = ()) -> Iterator[Fault]:
    """Where what was given is not what is written: misspelt fields, numbers and days that are written otherwise.

    `written` is what was understood, in JSON primitives. A field that is not in it is not known, unless it is null. A
    decimal number may be given as a JSON number and is written as a string; a given string is written as it is, so
    that `1_000`, `１２`, `+5` and `007` are refused with how they are to be written. An instant may be given in any
    way that RFC 3339 has.
    """
    if isinstance(given, dict) and isinstance(written, dict):
        for name, value in given.items():
            if name in written:
                yield from differences(value, written[name], (*under, name))
            elif value is not None:
                yield Fault((*under, name), "extra_forbidden", *UNKNOWN_FIELD)
    elif isinstance(given, list) and isinstance(written, list):
        for index, (entry, taken) in enumerate(zip(given, written, strict=False)):
            yield from differences(entry, taken, (*under, index))
    elif not _as_written(given, written):
        text = json.dumps(written, ensure_ascii=False)[:80]
        yield Fault(under, "not_as_written", f"应写作 {text}", f"must be written as {text}")


def agrees(given: Any, written: Any) -> bool:
    """Whether `differences` finds nothing, looked at without saying where: nearly all that is sent is as it should be.

    False also where a field is left out of `written`, whatever it is.
    """
    if type(given) is dict and type(written) is dict:
        return given.keys() <= written.keys() and all(agrees(value, written[name]) for name, value in given.items())
    if type(given) is list and type(written) is list:
        return all(map(agrees, given, written))
    return _as_written(given, written)


def _as_written(given: Any, written: Any) -> bool:
    if written is None or isinstance(written, dict | list):
        return True
    if type(given) is type(written):
        return bool(given == written) or (isinstance(given, str) and _INSTANT.fullmatch(given) is not None)
    if type(given) not in (int, Decimal) or not isinstance(written, str):
        return False
    return _DECIMAL.fullmatch(written) is not None and Decimal(written) == given


def completed(value: Any, dumped: Any) -> Any:
    """What was dumped of a dataclass, with the fields that are not written at their default: None, or false and true.

    Of those only the latter have a way of being written that is not theirs (`0`, `"false"`).
    """
    if not isinstance(dumped, dict) or not is_dataclass(value):
        return dumped
    kind: Any = type(value)
    known = {name: getattr(value, name) for name in _names(kind)}
    left_out = {name: part if isinstance(part, bool) else None for name, part in known.items()}
    return {**left_out, **{name: completed(known.get(name), part) for name, part in dumped.items()}}


@lru_cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cls))


_FRAME = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


def _node(event: yaml.Event, events: Iterator[yaml.Event], loc: Location, lines: dict[Location, int]) -> Any:
    line = _line(event)
    lines.setdefault(loc, line)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise Inexact("yaml_alias", loc, line)
    if len(loc) > MAX_DEPTH:
        raise Inexact("too_deep", loc[:1], line)
    if len(lines) > MAX_VALUES:
        raise Inexact("too_many", loc[:1], line)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, loc, line)
    if isinstance(event, yaml.SequenceStartEvent):
        entries: list[Any] = []
        while not isinstance(entry := next(events), yaml.SequenceEndEvent):
            entries.append(_node(entry, events, (*loc, len(entries)), lines))
        return entries
    mapping: dict[str, Any] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        at = _line(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise Inexact("key_invalid", loc, at)
        name = key.value
        if name in mapping:
            raise Inexact("duplicate_key", (*loc, name), at)
        if FORBIDDEN.search(name):
            raise Inexact("text_invalid", loc, at, forbidden_in(name))
        lines[(*loc, name)] = at
        mapping[name] = _node(next(events), events, (*loc, name), lines)
    return mapping


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent, loc: Location, line: int) -> Any:
    text: str = event.value
    if FORBIDDEN.search(text):
        raise Inexact("text_invalid", loc, line, forbidden_in(text))
    if not event.implicit[0]:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    return _number(text) if len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) else text


def _number(text: str) -> int | Decimal:
    if not _is_exact(text):
        raise Inexact("number_invalid", detail=text[:MAX_NUMBER])
    return int(text) if text.lstrip("-+").isdecimal() else Decimal(text)


def _is_exact(text: str) -> bool:
    return len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) is not None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Inexact("text_invalid" if FORBIDDEN.search(twice) else "duplicate_key", detail=ascii(twice)[:60])
    return made


_DECODER: Final = json.JSONDecoder(
    parse_float=_number, parse_int=_number, parse_constant=_number, object_pairs_hook=_object
)


def _walk(value: Any, loc: Location) -> None:
    if len(loc) > MAX_DEPTH:
        raise Inexact("too_deep", loc[:1])
    if isinstance(value, str):
        if FORBIDDEN.search(value):
            raise Inexact("text_invalid", loc, detail=forbidden_in(value))
    elif isinstance(value, dict):
        for name, entry in value.items():
            if FORBIDDEN.search(name):
                raise Inexact("text_invalid", loc, detail=forbidden_in(name))
            _walk(entry, (*loc, name))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _walk(entry, (*loc, index))


def _reason(error: yaml.YAMLError) -> str:
    return " ".join(str(getattr(error, "problem", None) or error).split())[:200]
