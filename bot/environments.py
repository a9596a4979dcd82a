"""Which environment a database belongs to, and which rule says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.settings import Environments
from bot.values import Classified, Database
from bot.vocabulary import Environment


@dataclass(frozen=True)
class _Match:
    """One rule that speaks: ``what`` it looks at, and what it means. ``rule`` reads by itself."""

    what: str
    environment: Environment
    rule: str


def classify(
    database: Database,
    rules: Environments,
    protected: frozenset[Environment],
    cluster: Database | None = None,
) -> Classified:
    """The environment of ``database``; what its ``cluster`` is counts as well.

    The first rule that matches holds, but a protected environment that any rule names holds before
    it: a tag cannot strip protection. A tag that names no environment is no match, and then the
    strictest of the others holds.
    """
    unknown = tuple(_unknown_tags(database, cluster, rules))
    matches = tuple(_matches(database, cluster, rules))
    if not matches:
        return _by_default(rules.default, unknown)
    strictest = min(matches, key=lambda match: strictness(match.environment, protected))
    if strictest.environment in protected or unknown:
        return _held(matches[0], strictest, protected, unknown)
    return Classified(environment=matches[0].environment, rule=matches[0].rule)


def strictness(environment: Environment, protected: frozenset[Environment]) -> tuple[bool, int]:
    """Sorts the strictest first: protected ones, and among those the order of the vocabulary."""
    return environment not in protected, list(Environment).index(environment)


def _held(
    first: _Match, holds: _Match, protected: frozenset[Environment], unknown: tuple[str, ...]
) -> Classified:
    if first.environment is holds.environment:
        rule = first.rule
    elif holds.environment in protected:
        rule = f"{first.rule}, but {holds.what} is {holds.environment}, which is protected"
    else:
        rule = f"{first.rule}, but {holds.what} is {holds.environment}, which is stricter"
    return Classified(environment=holds.environment, rule="; ".join([*unknown, rule]))


def _by_default(default: Environment, unknown: tuple[str, ...]) -> Classified:
    rule = "default, because no tag, name or account says what it is"
    return Classified(environment=default, rule="; ".join([*unknown, rule]))


def _matches(database: Database, cluster: Database | None, rules: Environments) -> Iterator[_Match]:
    for tag, value in _tags(database, cluster, rules):
        if environment := Environment.parse(value):
            yield _Match(tag, environment, tag)
    for name in _names(database):
        if environment := rules.instances.get(name.lower()):
            yield _said(f"instance {name}", environment)
    account = database.target.account
    if environment := rules.accounts.get(account):
        yield _said(f"account {account}", environment)
    for pattern in rules.patterns:
        for name in _names(database):
            if pattern.match.search(name):
                yield _said(f"name pattern {pattern.match.pattern}", pattern.environment)


def _unknown_tags(
    database: Database, cluster: Database | None, rules: Environments
) -> Iterator[str]:
    for tag, value in _tags(database, cluster, rules):
        if Environment.parse(value) is None:
            yield f"{tag} is not an environment I know"


def _tags(
    database: Database, cluster: Database | None, rules: Environments
) -> Iterator[tuple[str, str]]:
    """How each tag that is asked for reads, and its value, in the order of the settings."""
    wanted = list(dict.fromkeys(key.casefold() for key in rules.tag_keys))
    for owner, of in ((database, ""), (cluster, f" of cluster {database.cluster}")):
        tags = sorted(owner.tags.items()) if owner else []
        for key in wanted:
            for name, value in tags:
                if name.casefold() == key:
                    yield f"tag {name}={value}{of}", value


def _names(database: Database) -> tuple[str, ...]:
    """Its own name, and that of the cluster it belongs to."""
    return (database.name, *filter(None, [database.cluster]))


def _said(what: str, environment: Environment) -> _Match:
    return _Match(what, environment, f"{what} is {environment}")
