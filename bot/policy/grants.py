"""What AWS itself can be made to hold: where the role of an account may change databases at all.

AWS knows a resource's account, its name and its own tags, compared without case and otherwise as
they are written. What it cannot tell is not let through, where a rule closes anything at all.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import product

from bot.settings import EnvironmentSettings, PolicySettings, Rule, Settings
from bot.values import REQUEST_TAG, Database, Environment, Value

#: Any account: the bot's own, where the settings name none.
ANY = "*"
ALL = frozenset(Environment)
#: Between the words of a tag's value, as people write it: `pre-prod`, `pre_prod`, `pre prod`. More
#: gaps are not mixed: each has three ways, and AWS takes 6,144 characters of a policy.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
GAPS, MOST_GAPS = "-_ ", 3
#: What AWS takes as the key or value of a tag: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_TAGGABLE = re.compile(r"[\w .:/=+@-]{1,256}")


class Grant(Value):
    """Where changes pass. Names are wildcards of identifiers, ``prod-*``."""

    is_shut: bool = False  #: nothing can be changed anywhere in the account
    is_free: bool = False  #: no environment is closed, so no tag decides
    untagged: bool = False  #: without any of the tags that decide
    keys: tuple[str, ...] = ()  #: of the tags that decide, each once
    words: tuple[str, ...] = ()  #: their values that stand for an open environment
    opened: tuple[str, ...] = ()  #: names that pass without tags
    closed: tuple[str, ...] = ()  #: names that never pass, however they are tagged

    def opens(self, database: Database) -> bool:
        """Whether AWS would let a change of it through, with this grant as its policy.

        Of two tags whose keys differ in case alone nobody can say which one AWS takes. Snapshots
        pass that the bot took, and no others.
        """
        if self.is_shut or (self.is_free and not database.taken_of):
            return self.is_free
        found = [_values(database, key) for key in self.keys]
        said = [any(map(self._is_open, values)) for values in found if values]
        if not all(said) or _has_name(database, self.closed):
            return False
        if database.taken_of:
            return bool(_values(database, REQUEST_TAG))
        return self.untagged or bool(said) or _has_name(database, self.opened)

    def _is_open(self, value: str) -> bool:
        return value.lower() in {word.lower() for word in self.words}


def grant_of(settings: Settings, account: str) -> Grant:
    """As the policies are printed: an account that the settings do not list is like any other."""
    if account in shut_accounts(settings):
        return Grant(is_shut=True)
    listed = {one.id for one in settings.accounts}
    return _grant(settings, account if account in listed else ANY)


def shut_accounts(settings: Settings) -> tuple[str, ...]:
    """Accounts in which the rules let nothing pass, whoever agrees."""
    return tuple(one for one in _named(settings) if _grant(settings, one).is_shut)


def closed_environments(policy: PolicySettings, account: str = ANY) -> frozenset[Environment]:
    """Environments in which the policy lets no operation pass there, whoever agrees.

    Only those are named of which that is certain: AWS would not ask for approvals. Of ``ANY``
    account those that are closed where no rule names the account.
    """
    closed: set[Environment] = set()
    passing: set[Environment] = set()
    for rule in policy.rules:
        if rule.account and account not in rule.account:
            continue
        matching = set(rule.environment or Environment)
        if rule.deny is None:
            passing |= matching
        elif _asks_for_place_alone(rule):
            closed |= matching - passing
    return frozenset(closed)


def tag_keys(settings: Settings) -> tuple[str, ...]:
    """AWS compares the keys of tags in conditions without case, so each spelling counts once.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """
    once: dict[str, str] = {}
    for key in filter(_TAGGABLE.fullmatch, settings.environments.tag_keys):
        once.setdefault(key.casefold(), key)
    return tuple(once.values())


def spellings(word: str) -> Iterator[str]:
    """How a word that ``Environment.word`` folded may stand in a tag; AWS ignores case alone."""
    parts = word.split(" ")
    gaps = len(parts) - 1
    joints = product(GAPS, repeat=gaps) if gaps <= MOST_GAPS else ((one,) * gaps for one in GAPS)
    for joint in joints:
        yield "".join(map("".join, zip(parts, (*joint, ""), strict=True)))


def _grant(settings: Settings, account: str) -> Grant:
    rules, closed = settings.environments, _closed(settings, account)
    own = rules.accounts.get(account)
    if closed == ALL or own in closed:
        return Grant(is_shut=True)
    if not closed:
        return Grant(is_free=True)
    untagged = (own or rules.default) not in closed
    return Grant(
        untagged=untagged,
        keys=tag_keys(settings),
        words=tuple(_words(rules, ALL - closed)),
        opened=() if untagged else tuple(_names(rules, ALL - closed)),
        closed=tuple(_names(rules, closed)),
    )


def _closed(settings: Settings, account: str) -> frozenset[Environment]:
    """Of any account, also what is closed in one that a rule names: it may be that one."""
    closed = closed_environments(settings.policy, account)
    if account != ANY:
        return closed
    others = (closed_environments(settings.policy, one) for one in _named(settings))
    return closed.union(*(other for other in others if other != ALL))


def _named(settings: Settings) -> list[str]:
    """Every account that stands anywhere in the settings."""
    listed = [one.id for one in settings.accounts]
    ruled = [one for rule in settings.policy.rules for one in rule.account]
    return list(dict.fromkeys([*listed, *settings.environments.accounts, *ruled]))


def _asks_for_place_alone(rule: Rule) -> bool:
    return not (rule.operation or rule.tag or rule.risk)


def _words(rules: EnvironmentSettings, environments: frozenset[Environment]) -> Iterator[str]:
    """In one order, each once, without what no tag can hold."""
    known = (word for one in Environment if one in environments for word in Environment.words(one))
    own = [word for word, meant in rules.words.items() if meant in environments]
    spelt = (one for word in map(Environment.word, (*known, *own)) for one in spellings(word))
    once = {one.lower(): one for one in spelt if _TAGGABLE.fullmatch(one)}
    yield from once.values()


def _names(rules: EnvironmentSettings, environments: frozenset[Environment]) -> Iterator[str]:
    """Of the instance map, and of the patterns those that AWS's wildcards can say."""
    yield from (name for name, meant in rules.instances.items() if meant in environments)
    for pattern in rules.patterns:
        if pattern.environment in environments and (name := wildcard(pattern.match.pattern)):
            yield name


def wildcard(pattern: str) -> str | None:
    """``prod-*`` for ``^prod-``; None where it is more than a piece of a name.

    Resources in a policy know ``*`` and ``?`` alone:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    found = re.fullmatch(r"(\^?(?:\.\*)?)([A-Za-z0-9-]+)((?:\.\*)?\$?)", pattern)
    if found is None:
        return None
    before, piece, after = found.groups()
    return f"{'' if before == '^' else '*'}{piece.lower()}{'' if after == '$' else '*'}"


def _values(database: Database, key: str) -> list[str]:
    return [value for name, value in database.tags.items() if name.lower() == key.lower()]


def _has_name(database: Database, names: Sequence[str]) -> bool:
    return any(fnmatchcase(database.name, name) for name in names)
