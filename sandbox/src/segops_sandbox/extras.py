"""The extras of the distribution: what needs one, and what an answer says where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, NamedTuple


class MissingExtra(RuntimeError):
    """Something was asked for that an extra brings; the message says which."""


class Extra(NamedTuple):
    """An extra: its name, a module by which it is found, and what it is for."""

    name: str
    module: str
    purpose: str

    def need(self) -> None:
        """Raise MissingExtra where it is not installed."""
        if find_spec(self.module) is None:
            raise MissingExtra(
                f"{self.purpose} of the sandbox need a package that is not installed here: "
                f"pip install 'segops-sandbox[{self.name}]'."
            )


SEARCH: Final = Extra("search", "sklearn", "Product search and page builds")
PARQUET: Final = Extra("parquet", "pyarrow", "Parquet exports")
