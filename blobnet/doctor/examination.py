"""All that is looked at, in an order in which each can trust what was looked at before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from blobnet.doctor import (
    activations,
    batch_statistics,
    definitions,
    first_update,
    first_values,
    preparation,
    settings,
    shapes_and_costs,
    training_data,
    training_logs,
    weight_names,
)
from blobnet.doctor.case import Case
from blobnet.doctor.finding import Finding, of_error
from blobnet.errors import BlobnetError

Examiner = Callable[[Case], Iterator[Finding]]

EXAMINERS: tuple[tuple[str, Examiner], ...] = (
    ("the definition", definitions.examine),
    ("names and shapes of weights", weight_names.examine),
    ("weights that nobody trained", first_values.examine),
    ("statistics", batch_statistics.examine),
    ("how images are prepared", preparation.examine),
    ("activations", activations.examine),
    ("the solver", settings.examine),
    ("the first update", first_update.examine),
    ("the data", training_data.examine),
    ("the log", training_logs.examine),
    ("shapes and costs", shapes_and_costs.examine),
)


_WITHOUT_NET = (settings.examine, first_update.examine, training_logs.examine)
"""What there is to see where only a solver or a log is given."""


def examine(case: Case, tell: Callable[[str], None] = lambda what: None) -> list[Finding]:
    """What is wrong, the most likely first, then notes. What cannot be examined is a finding.

    tell  called with what is looked at next
    """
    found: list[Finding] = []
    for what, examiner in EXAMINERS:
        if not case.has_net and examiner not in _WITHOUT_NET:
            continue
        tell(what)
        try:
            found += examiner(case)
        except BlobnetError as error:
            found.append(of_error(error))
    unique = {(each.what, each.evidence): each for each in found}
    return sorted(unique.values(), key=lambda each: -each.likelihood)
