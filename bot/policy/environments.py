"""Which environment a database belongs to, and which rule says so.

The strictest holds of everything related: of all rules that speak of it, and of its whole family.
What cannot be read is never nothing: a tag that is no known word, and a relative of which nothing
is known, count as the strictest environment there is. What words mean which one: those that all
teams use in ``bot.values.Environment``, a team's own in ``environments.words`` of its settings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.settings import EnvironmentSettings
from bot.values import (
    Classified,
    Database,
    Environment,
    Looked,
    Touched,
    Unread,
    folded,
    resembles,
)

SHOWN = 60  #: characters of a tag's value


@dataclass(frozen=True)
class _Match:
    """One rule that speaks: ``what`` it looks at, and what it means. ``rule`` reads by itself."""

    what: str
    environment: Environment
    rule: str


def classify(
    looked: Looked, rules: EnvironmentSettings, protected: frozenset[Environment]
) -> Classified:
    """The environment of a database: the strictest of its own family, and of the family of each
    other one that a change of it touches."""
    own = _of_family(looked, rules, protected)
    found = [(one, _of_touched(one, rules, protected)) for one in looked.touched]
    if not found:
        return own
    touched, other = min(found, key=lambda it: strictness(it[1].environment, protected))
    if strictness(own.environment, protected) <= strictness(other.environment, protected):
        return own
    touch = touched.touch
    also = f"it also {touch.role} {touch.target.identifier}, which is {other.environment}"
    return other.model_copy(update={"rule": f"{own.rule}, but {also} ({other.rule})"})


def weaker(
    looked: Looked, made: Database, rules: EnvironmentSettings, protected: frozenset[Environment]
) -> str:
    """Why what is made of a database must not be, as it would be less protected; else empty."""
    own = classify(looked, rules, protected)
    copy = classify(Looked(database=made), rules, protected)
    if strictness(copy.environment, protected) <= strictness(own.environment, protected):
        return ""
    return (
        f"{made.name} would be {copy.environment} ({copy.rule}). It holds what is in "
        f"{looked.database.name}, which is {own.environment} ({own.rule}). Choose a name that no "
        "rule counts as less."
    )


def _of_touched(
    touched: Touched, rules: EnvironmentSettings, protected: frozenset[Environment]
) -> Classified:
    if isinstance(touched.looked, Looked):
        return _of_family(touched.looked, rules, protected)
    strictest = min(Environment, key=lambda one: strictness(one, protected))
    rule = f"what cannot be read counts as that: {touched.looked.why}"
    return Classified(environment=strictest, rule=rule)


def _of_family(
    looked: Looked, rules: EnvironmentSettings, protected: frozenset[Environment]
) -> Classified:
    """Of what the rules of a database and its family say, the strictest.

    The first rule that speaks of it is named, and the one that holds instead. Its relatives make it
    stricter and never milder, but for its cluster, whose tags are its own as well.
    """
    own, others = _own(looked, rules), tuple(_others(looked, rules))
    first = own[0]
    holds = min((*own, *others), key=lambda match: strictness(match.environment, protected))
    notes = tuple(_unreadable(looked, rules))
    strictest = min(Environment, key=lambda one: strictness(one, protected))
    rule = _held(first, holds, protected)
    if not notes:
        return Classified(environment=holds.environment, rule=rule)
    told = "; ".join(notes)
    if holds.environment is strictest:
        return Classified(environment=strictest, rule=f"{rule}; {told}")
    said = f"{rule}, but what cannot be read counts as {strictest}: {told}"
    return Classified(environment=strictest, rule=said)


def environments(
    looked: Looked, rules: EnvironmentSettings, protected: frozenset[Environment]
) -> frozenset[Environment]:
    """All that its rules, its family and what is touched say, with the one that holds: a rule of
    the policy for a milder one may demand more."""
    said = {match.environment for match in (*_own(looked, rules), *_others(looked, rules))}
    touched = (one.looked for one in looked.touched if isinstance(one.looked, Looked))
    beside = (environments(one, rules, protected) for one in touched)
    return frozenset(said.union({classify(looked, rules, protected).environment}, *beside))


def strictness(environment: Environment, protected: frozenset[Environment]) -> tuple[bool, int]:
    """Sorts the strictest first: protected ones, and among those the order of the vocabulary."""
    return environment not in protected, list(Environment).index(environment)


def _held(first: _Match, holds: _Match, protected: frozenset[Environment]) -> str:
    if first.environment is holds.environment:
        return first.rule
    how = "which is protected" if holds.environment in protected else "which is stricter"
    return f"{first.rule}, but {holds.what} is {holds.environment}, {how}"


def _own(looked: Looked, rules: EnvironmentSettings) -> tuple[_Match, ...]:
    """What speaks of the database itself, the first in the order of the rules; else the default."""
    database = looked.database
    cluster = [(looked.cluster, f" of cluster {database.cluster}")] if looked.cluster else []
    tags = [tag for one, of in ((database, ""), *cluster) for tag in _by_tags(one, of, rules)]
    names = (database.name, *filter(None, [database.cluster]))
    found = (*tags, *_by_names(names, database.target.account, "", rules))
    default = "default, because no tag, name or account says what it is"
    return found or (_Match("the default", rules.default, default),)


def _others(looked: Looked, rules: EnvironmentSettings) -> Iterator[_Match]:
    for kin in looked.kin:
        of, one = f" of {kin.how} {kin.database.name}", kin.database
        yield from _by_tags(one, of, rules)
        yield from _by_names((one.name,), one.target.account, of, rules)


def _by_tags(database: Database, of: str, rules: EnvironmentSettings) -> Iterator[_Match]:
    for name, value in _tags(database, rules):
        if environment := rules.read(value):
            tag = f"tag {name}={value}{of}"
            yield _Match(tag, environment, tag)


def _by_names(
    names: Sequence[str], account: str, of: str, rules: EnvironmentSettings
) -> Iterator[_Match]:
    for name in names:
        if environment := rules.instances.get(name.lower()):
            yield _said(f"instance {name}", environment, of)
    if environment := rules.accounts.get(account):
        yield _said(f"account {account}", environment, of)
    for pattern in rules.patterns:
        for name in names:
            if pattern.match.search(name):
                yield _said(f"name pattern {pattern.match.pattern}", pattern.environment, of)


def _said(what: str, environment: Environment, of: str) -> _Match:
    return _Match(f"{what}{of}", environment, f"{what}{of} is {environment}")


def _unreadable(looked: Looked, rules: EnvironmentSettings) -> Iterator[str]:
    """What speaks and is not understood, and how to mend it."""
    for how, one in (("", looked.database), *((kin.how, kin.database) for kin in looked.kin)):
        of = f" of {how} {one.name}" if how else ""
        for name, value in _tags(one, rules):
            if rules.read(value) is None:
                yield _unknown(name, value, of)
        yield from (_lookalike(name, key, of) for name, key in _lookalikes(one, rules))
    yield from map(_unread, looked.unread)


def _unknown(name: str, value: str, of: str) -> str:
    if not Environment.word(value):
        return f"tag {name}={_shown(value)}{of} says nothing: give it a value, or remove it"
    return (
        f"tag {name}={_shown(value)}{of} is no environment I know: correct it, or map it under "
        "environments.words in rds-bot.yml"
    )


def _lookalike(name: str, key: str, of: str) -> str:
    return f"tag {_shown(name)}{of} only looks like {key}: correct its key, or remove it"


def _unread(one: Unread) -> str:
    return f"its {one.what} cannot be read: {one.why}"


def _shown(value: str) -> str:
    """What looks like a word and is none is also shown by the numbers of its letters."""
    short = value[:SHOWN]
    return short if value.isascii() else f"{short} ({ascii(short)[1:-1]})"


def _tags(database: Database, rules: EnvironmentSettings) -> Iterator[tuple[str, str]]:
    """Its tags that decide, in the order of the settings; several keys may read alike."""
    for key in dict.fromkeys(map(folded, rules.tag_keys)):
        for name, value in sorted(database.tags.items()):
            if folded(name) == key:
                yield name, value


def _lookalikes(database: Database, rules: EnvironmentSettings) -> Iterator[tuple[str, str]]:
    """Its tags whose keys could be taken for one that decides, and that one."""
    for name in sorted(database.tags):
        if key := next((one for one in rules.tag_keys if resembles(name, one)), None):
            yield name, key
