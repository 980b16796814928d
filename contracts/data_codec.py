"""Maps event types to the dataclasses of their data, and back, through pydantic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from contracts.envelope import UnknownType, Unreadable, canonical
from contracts.values import AS_PUBLISHED

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class DataCodec:
    """The known event types of one publisher.

    A class `ProgressReported` is the data of `liangdeng.progress.reported.v1`: the last word is the past verb,
    whatever stands before it is the noun.
    """

    def __init__(self, classes: Iterable[type], names: dict[type, str] | None = None) -> None:
        """Register `classes`; `names` overrides the short name (`progress.reported`) of a class."""
        given = names or {}
        self.short_names: Final[dict[type, str]] = {cls: given.get(cls) or _short(cls) for cls in classes}
        self.types: Final[dict[type, str]] = {c: f"liangdeng.{n}.v1" for c, n in self.short_names.items()}
        self.classes: Final[dict[str, type]] = {name: cls for cls, name in self.types.items()}
        self._short: Final[dict[str, str]] = {name: self.short_names[cls] for cls, name in self.types.items()}
        self._adapters: Final[dict[str, TypeAdapter[Any]]] = {n: TypeAdapter(c) for n, c in self.classes.items()}
        # Asked without the adapter's own call around them, which costs as much as a small event.
        self._validate: Final = {name: adapter.validator.validate_python for name, adapter in self._adapters.items()}
        self._dump: Final = {cls: self._adapters[name].serializer.to_python for cls, name in self.types.items()}

    def by_short_name(self, name: str) -> str:
        """Full type of a short name. Raises UnknownType."""
        full = f"liangdeng.{name}.v1"
        if full not in self.classes:
            raise UnknownType(full)
        return full

    def short_name(self, type_: str) -> str:
        """Short name of a full type. Raises UnknownType."""
        name = self._short.get(type_)
        if name is None:
            raise UnknownType(type_)
        return name

    def load(self, type_: str, data: dict[str, Any]) -> Any:
        """Validate the data of an event. Raises UnknownType, or Unreadable naming the field and the rule."""
        validate = self._validate.get(type_)
        if validate is None:
            raise UnknownType(type_)
        try:
            return validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Unreadable(f"{where}: {first['msg']}") from None

    def validate(self, type_: str, data: dict[str, Any]) -> Any:
        """What somebody sends: as the published schema has it, where a log may hold what was taken before.

        Raises pydantic's own ValidationError, with every field that is wrong.
        """
        return self._validate[type_](data, context=AS_PUBLISHED)

    def dump(self, data: Any) -> dict[str, Any]:
        """The data as JSON primitives, aliases applied, fields that are None left out."""
        dumped: dict[str, Any] = self._dump[type(data)](data, mode="json", by_alias=True, exclude_none=True)
        return dumped

    def encode(self, data: Any) -> bytes:
        """The same in canonical JSON."""
        return canonical(self._dump[type(data)](data, mode="json", by_alias=True, exclude_none=True))

    def json_schema(self, type_: str) -> dict[str, Any]:
        """JSON Schema of the data of a type, as it lies on the log."""
        return self._adapters[type_].json_schema(by_alias=True)


def _short(cls: type) -> str:
    *noun, verb = (word.lower() for word in _WORD.split(cls.__name__))
    return f"{'_'.join(noun)}.{verb}"
