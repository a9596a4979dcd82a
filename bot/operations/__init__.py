"""The catalogue. A module put here is an operation of the bot; nothing else changes."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from bot.operation import Change, Control, Operation, Query, WayBack
from bot.values import BUTTON_VALUE, Button, Plan, Request, Risk, asking


def _found_in(module: ModuleType) -> Iterator[type[Operation]]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if issubclass(member, Query | Control | Change) and member.__module__ == module.__name__:
            yield member


def _discover() -> Mapping[str, type[Operation]]:
    """Operations by API name, sorted. Raises ValueError where two share a verb or a name."""
    found: dict[str, type[Operation]] = {}
    verbs: dict[str, str] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        for operation in _found_in(importlib.import_module(f"{__name__}.{info.name}")):
            for word in {operation.verb, operation.name}:
                if word in verbs:
                    raise ValueError(f"{info.name} and {verbs[word]} both claim {word!r}")
                verbs[word] = info.name
            found[operation.name] = operation
    return dict(sorted(found.items()))


CATALOGUE = _discover()


def is_quiet(name: str) -> bool:
    """Whether such a change disturbs nobody by its nature, whatever a policy makes of its risk.

    False of what is no longer in the catalogue.
    """
    operation = CATALOGUE.get(name)
    return operation is not None and issubclass(operation, Change) and operation.risk is Risk.LOW


def way_back(request: Request) -> Button | None:
    """Opens the form of what takes it back, filled in; None where no operation does."""
    worse = f"{request.label} made it worse"
    reason = worse if request.is_worse_since else f"Undo {request.label}"
    return _form(request, reason, lambda change, plan: change.back(plan))


def next_step(request: Request) -> Button | None:
    """Opens the form of what is left to do once it ended well; None: nothing is."""
    reason = f"{request.label} waits for it"
    return _form(request, reason, lambda change, plan: change.next_step(plan))


def _form(
    request: Request, reason: str, choose: Callable[[Change, Plan], WayBack | None]
) -> Button | None:
    step = request.step
    try:
        found = choose(load(step.operation, step.params), step.plan)
    except (LookupError, ValueError):  # of a version that knew it
        return None
    operation = (found and found.operation) or step.operation
    if found is None or operation not in CATALOGUE:
        return None
    other = {"identifier": found.target, "kind": found.kind}
    target = step.target.model_copy(update=other) if found.target else step.target
    button = asking(found.label, operation, target.typed, reason, found.values)
    # Half of what was there before would be another change.
    return button if len(button.value) <= BUTTON_VALUE else None


def load(name: str, params: Mapping[str, Any]) -> Change:
    """Rebuild a stored change. Raises KeyError for one that is no longer in the catalogue."""
    operation = CATALOGUE[name]
    if not issubclass(operation, Change):
        raise KeyError(name)
    return operation.model_validate(dict(params))
