"""What all layer types state for the suite, found in the files of `cases/`."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import blobnet
from blobnet.layer_register import layer_class
from tests.conformance import cases
from tests.conformance.case import Case, TypeSpec

TYPES = [
    name
    for name in blobnet.layer_type_list()
    if layer_class(name).__module__.startswith("blobnet.")
]


def _found() -> dict[str, TypeSpec]:
    found: dict[str, TypeSpec] = {}
    for module in pkgutil.iter_modules(cases.__path__):
        stated = importlib.import_module(f"{cases.__name__}.{module.name}").CASES
        assert not set(stated) & set(found), f"{module.name}: a type has cases in one file"
        found |= stated
    return found


STATED = _found()
CASES = {name: stated.cases for name, stated in STATED.items() if stated.cases}


def every_case(*, only=lambda type_name, case: True) -> pytest.MarkDecorator:
    """Run a test with (type_name, case) for all cases, or for those that pass."""
    return _parametrized(CASES, only)


def every_gradient_case(*, only=lambda type_name, case: True) -> pytest.MarkDecorator:
    """Run a test with (type_name, case) for the cases whose gradients alone are compared, too."""
    cases_of = {name: [*stated.cases, *stated.more_gradients] for name, stated in STATED.items()}
    return _parametrized(cases_of, only)


def every_large_case() -> pytest.MarkDecorator:
    """Run a test with (type_name, case) for all cases that threads share."""
    return _parametrized({name: stated.large for name, stated in STATED.items()})


def _parametrized(cases_of, only=lambda type_name, case: True) -> pytest.MarkDecorator:
    chosen = [
        pytest.param(type_name, case, id=f"{type_name}-{number}")
        for type_name, cases in sorted(cases_of.items())
        for number, case in enumerate(cases)
        if only(type_name, case)
    ]
    return pytest.mark.parametrize(("type_name", "case"), chosen)


def is_ours(type_name: str, case: Case) -> bool:
    """Whether all code that runs is blobnet's, and not a user's."""
    return not layer_class(type_name).runs_foreign_code
