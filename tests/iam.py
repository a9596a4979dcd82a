"""AWS's rules for identity policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

An explicit Deny beats every Allow, and without an Allow nothing passes. A call passes where each
of the resources that it is authorised on passes by itself.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Context = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Resource:
    """``tags`` are those it has now; one that is only about to be made has none."""

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)


def may(
    policy: Mapping[str, Any],
    action: str,
    resources: Iterable[Resource],
    request_tags: Mapping[str, str] | None = None,
    told: Mapping[str, str] | None = None,
) -> bool:
    """Whether a call with those tags in it passes on all of its resources.

    ``told``: further keys of conditions, as ``iam:PassedToService``.
    """
    return all(_passes(policy, action, one, request_tags or {}, told or {}) for one in resources)


def _passes(
    policy: Mapping[str, Any], action: str, resource: Resource, request: Mapping[str, str],
    told: Mapping[str, str],
) -> bool:  # fmt: skip
    context: dict[str, str | Sequence[str]] = {
        f"aws:ResourceTag/{key}": value for key, value in resource.tags.items()
    }
    context |= told
    context |= {f"aws:RequestTag/{key}": value for key, value in request.items()}
    if request:
        context["aws:TagKeys"] = list(request)
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if _applies(statement, action, resource.arn, context)
    }
    assert effects <= {"Allow", "Deny"}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], action: str, arn: str, context: Context) -> bool:
    known = {"Sid", "Effect", "Action", "Resource", "Condition", "NotAction", "NotResource"}
    assert statement.keys() <= known, statement
    return (
        _named(statement, "Action", action, ignore_case=True)
        and _named(statement, "Resource", arn, ignore_case=False)
        and all(
            _holds(operator, key, values, context)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def _named(statement: Mapping[str, Any], what: str, name: str, *, ignore_case: bool) -> bool:
    patterns = _listed(statement.get(what, statement.get(f"Not{what}", ())))
    found = any(_like(pattern, name, ignore_case=ignore_case) for pattern in patterns)
    return found if what in statement else not found


def _holds(operator: str, key: str, wanted: Any, context: Context) -> bool:
    """Keys are compared without case; several values of a condition are alternatives."""
    present = {name.lower(): value for name, value in context.items()}
    given = present.get(key.lower())
    values = _listed(wanted)
    if operator == "Null":
        return any((given is None) is (str(one).lower() == "true") for one in values)
    quantifier, _, plain = operator.rpartition(":")
    optional = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    compare, negated = _OPERATORS[plain]
    if quantifier == "ForAnyValue":
        return any(_meets(compare, negated, one, values) for one in _listed(given or ()))
    if quantifier == "ForAllValues":
        return all(_meets(compare, negated, one, values) for one in _listed(given or ()))
    assert not quantifier, operator
    if given is None:
        return optional or negated
    assert isinstance(given, str), f"{key} has several values: {operator} needs a quantifier"
    return _meets(compare, negated, given, values)


def _meets(
    compare: Callable[[str, str], bool], negated: bool, given: str, values: Sequence[str]
) -> bool:
    return any(compare(wanted, given) for wanted in values) is not negated


def _like(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    parts = ("".join(_WILD.get(one, re.escape(one)) for one in pattern),)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch(parts[0], text, flags) is not None


def _equal(wanted: str, given: str) -> bool:
    return wanted == given


def _equal_ignoring_case(wanted: str, given: str) -> bool:
    return wanted.lower() == given.lower()


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_WILD = {"*": ".*", "?": "."}
_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
}
