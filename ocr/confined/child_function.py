"""A function that is named, and imported only where it is called."""

from pkgutil import resolve_name
from typing import Any, Generic, TypeVar

_T_co = TypeVar("_T_co", covariant=True)


class ChildFunction(Generic[_T_co]):
    """The function called `name`, as "module:function". Its module is imported when it is called, or when it is read
    from a pickle: a process that only passes it on to a child does not import the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *args: object) -> _T_co:
        result: _T_co = resolve_name(self._name)(*args)
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve_name, (self._name,)
