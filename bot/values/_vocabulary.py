"""The closed vocabularies that settings, tables, cards and code share, one meaning a word."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Self

#: Characters that show nothing or a blank, yet are neither blanks nor format characters to Unicode:
#: joiners, fillers of Hangul, the empty pattern of Braille, and selectors of variants.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def folded(text: str) -> str:
    """``text`` as it is compared: case, width, kinds of blanks and what is unseen do not count.

    Letters that merely look alike stay different: whoever compares finds them unknown.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    seen = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", _UNSEEN.sub("", seen.casefold())).split())


@lru_cache(maxsize=4096)  # a fleet has the same few keys on every database
def resembles(text: str, word: str) -> bool:
    """Whether ``text`` is not ``word``, and only letters beyond ASCII and accents keep it from it.

    Nobody guesses what it means: it may look the same to people, as with a Cyrillic o.
    """
    if (text.isascii() and word.isascii()) or folded(text) == folded(word):
        return False
    one, other = _without_accents(text), _without_accents(word)
    apart = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return (
        len(one) == len(other)
        and len(apart) < len(one)
        and all(a.isascii() is not b.isascii() for a, b in apart)
    )


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", folded(text))
    return "".join(one for one in letters if unicodedata.category(one) != "Mn")


class Risk(StrEnum):
    """How much harm a change can do; it decides how many people must agree."""

    #: Nothing that runs is touched; the approvals of ``policy.rules`` default to none.
    LOW = "low"
    #: A short interruption or something a person can set back.
    MEDIUM = "medium"
    #: Data or availability may be lost, or the way back is long or missing.
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high; the strings themselves sort by letter."""
        return list(Risk).index(self)

    @classmethod
    def highest(cls, first: Self, *others: Self) -> Self:
        return max((first, *others), key=lambda risk: risk.rank)


class Environment(StrEnum):
    """What a target is used for, as the classifier found it."""

    #: Serves customers; also what a target without any matching rule counts as.
    PRODUCTION = "production"
    #: The last rehearsal before production.
    STAGING = "staging"
    #: Tests and quality assurance.
    TEST = "test"
    #: Where developers work.
    DEVELOPMENT = "development"
    #: To play in; nobody depends on it.
    SANDBOX = "sandbox"
    #: A proof of concept.
    POC = "poc"

    @classmethod
    def parse(cls, text: str) -> "Environment | None":
        """The environment a tag value or a setting means, as ``word`` folds it; None if none."""
        return _ENVIRONMENTS.get(cls.word(text))

    @staticmethod
    def word(text: str) -> str:
        """How a word for an environment is compared: folded, and hyphens are blanks."""
        return " ".join(folded(text).replace("-", " ").replace("_", " ").split())

    @classmethod
    def words(cls, environment: "Environment") -> tuple[str, ...]:
        """Every way to write it that ``parse`` knows, with spaces where several fit."""
        return (environment.value, *_ALIASES[environment])


class Kind(StrEnum):
    """What sort of thing a target is, in AWS's words: ``db-`` and it is an event's source type."""

    #: A database instance (``DescribeDBInstances``), alone or a member of a cluster.
    INSTANCE = "instance"
    #: An Aurora or Multi-AZ cluster (``DescribeDBClusters``).
    CLUSTER = "cluster"
    #: A snapshot of an instance (``DescribeDBSnapshots``); it outlives what it was taken of.
    SNAPSHOT = "snapshot"
    #: A snapshot of a cluster (``DescribeDBClusterSnapshots``).
    CLUSTER_SNAPSHOT = "cluster-snapshot"

    @property
    def spoken(self) -> str:
        return self.value.replace("-", " ")

    @property
    def is_snapshot(self) -> bool:
        return self in SNAPSHOTS

    @property
    def taken_of(self) -> "Kind":
        """What a snapshot of that kind is taken of; a database is its own."""
        return SNAPSHOTS.get(self, self)

    @property
    def snapshot(self) -> "Kind":
        """The kind of a snapshot of such a database; a snapshot's own."""
        return next((one for one, of in SNAPSHOTS.items() if of is self), self)


#: What runs, as opposed to what is kept of it.
DATABASES = frozenset({Kind.INSTANCE, Kind.CLUSTER})
#: Each with what it is taken of.
SNAPSHOTS = {Kind.SNAPSHOT: Kind.INSTANCE, Kind.CLUSTER_SNAPSHOT: Kind.CLUSTER}


class Role(StrEnum):
    """What a change does to a database that it reaches, so that it reads ``It also … orders-a``."""

    CHANGES = "changes"
    #: It is not there yet: it has a name, and no resource id.
    MAKES = "makes"
    #: It stays as it is, and whoever uses it is cut off.
    RESTARTS = "restarts"
    #: Nothing of it becomes different, so that others may change it meanwhile.
    READS = "reads"


class Status(StrEnum):
    """Where a request stands."""

    #: People still have to agree.
    PENDING = "pending"
    #: Enough people agreed, or nobody had to; the executor has not claimed it.
    APPROVED = "approved"
    #: Somebody who may decide said no.
    REJECTED = "rejected"
    #: Not decided, or not sent, in time.
    EXPIRED = "expired"
    #: Taken back before anything was sent.
    CANCELLED = "cancelled"
    #: Claimed by the executor: about to be sent, sent, or accepted by AWS.
    RUNNING = "running"
    #: AWS shows evidence, newer than the send, that it is done.
    SUCCEEDED = "succeeded"
    #: It did not happen or ended badly; the outcome says which.
    FAILED = "failed"
    #: The call may or may not have reached AWS, or AWS never settled: a person must look.
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Something can still happen by itself: waiting for people, for the executor or for AWS."""
        return self in _OPEN

    @property
    def is_final(self) -> bool:
        """Nothing changes it any more; ``unknown`` is neither open nor final."""
        return not self.is_open and self is not Status.UNKNOWN


class Turn(StrEnum):
    """What became of a database after a change, against before it; the gravest first."""

    WORSE = "worse"
    #: Not all of its figures could be read, so that it may be worse.
    UNREAD = "unread"
    BETTER = "better"
    #: Otherwise than before, and as a week before at that hour.
    USUAL = "usual"
    SAME = "same"
    #: It was read, and there are too few figures to say.
    UNKNOWN = "unknown"


_OPEN = frozenset({Status.PENDING, Status.APPROVED, Status.RUNNING})

_ALIASES: dict[Environment, tuple[str, ...]] = {
    Environment.PRODUCTION: ("prod", "prd", "live"),
    Environment.STAGING: ("stage", "stg", "preprod", "pre prod", "pre production"),
    Environment.TEST: ("tst", "testing", "qa"),
    Environment.DEVELOPMENT: ("dev", "devel"),
    Environment.SANDBOX: ("sbx",),
    Environment.POC: ("proof of concept",),
}
_ENVIRONMENTS = {
    word: environment
    for environment in Environment
    for word in (environment.value, *_ALIASES[environment])
}
