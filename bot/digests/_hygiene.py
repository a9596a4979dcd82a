"""What a fleet has to live with or to mend in its own time: engines, quotas, hygiene.

Each is one line for all databases that it is true of.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from bot.digests._facts import DigestFacts, step
from bot.values import (
    Concern,
    Database,
    Environment,
    Kind,
    Lifecycle,
    Line,
    Moment,
    Reading,
    Section,
    Span,
    Strong,
    fingerprint,
    micros,
)

DAY = micros(timedelta(days=1))
ENDING, SOON = 180 * DAY, 30 * DAY  #: until the standard support of an engine ends
NAMED = 3  #: databases in one line
NEARLY, FULL = 80, 95  #: percent of a quota
WEEK_OF_BACKUPS = 7  #: days

#: How the keys of what is said of quotas begin.
COUNTED = {Kind.INSTANCE: "snapshots", Kind.CLUSTER: "cluster-snapshots"}

Test = Callable[[DigestFacts, Database], bool]


def engines(facts: DigestFacts) -> Iterator[Concern]:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html"""
    for one in facts.lifecycles:
        until = one.standard_until
        if until is None or until > facts.now + ENDING:
            continue
        for stays in (True, False, None):
            running = [
                database
                for database in _whole(facts)
                if database.engine == one.engine
                and one.covers(database.engine_version)
                and database.extended_support is stays
            ]
            if running:
                yield _leaving(facts, one, until, running, stays)


def _leaving(
    facts: DigestFacts, one: Lifecycle, until: int, running: Sequence[Database], stays: bool | None
) -> Concern:
    near = facts.now < until <= facts.now + SOON
    return Concern(
        key=f"engine:{one.engine}/{one.major}/{stays}",
        section=Section.ACTION if near else Section.TREND,
        brief=_brief(facts, one, until),
        line=(
            named(facts, running), f": {one.engine} {one.major} ", *_since(facts, until), ". ",
            *_afterwards(facts, one, until, stays),
        ),
        state=step((until - facts.now) / DAY, (0, 7, 30, 90)),
        rank=max(0.0, (until - facts.now) / DAY),
    )  # fmt: skip


def _brief(facts: DigestFacts, one: Lifecycle, until: int) -> Line:
    if until <= facts.now:
        return (f"{one.engine} {one.major} is without standard support",)
    days = f"{(until - facts.now) / DAY:.0f} days"
    return (f"{one.engine} {one.major} leaves standard support in {days}",)


def _since(facts: DigestFacts, until: int) -> Sequence[Span]:
    if until <= facts.now:
        return ("has been without standard support since ", Moment(at=until, is_day=True))
    return ("leaves standard support on ", Moment(at=until, is_day=True))


def _afterwards(
    facts: DigestFacts, one: Lifecycle, until: int, stays: bool | None
) -> Sequence[Span]:
    when = "From then on" if until > facts.now else "Since then"
    if stays is False:
        return (f"{when} AWS upgrades it to a newer major version by itself.",)
    other = "" if stays else ", or upgrades it by itself"
    charges = f"{when} AWS charges extra for extended support{other}"
    if one.extended_until is None:
        return (f"{charges}.",)
    return (f"{charges}; that ends on ", Moment(at=one.extended_until, is_day=True), ".")


def quotas(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.quotas:
        share = 100 * one.used / one.most if one.most else 0
        if share >= NEARLY:
            yield Concern(
                key=f"{COUNTED[one.kind]}:{one.account}/{one.region}",
                section=Section.ACTION if share >= FULL else Section.TREND,
                brief=(f"{one.used} of {one.most} manual {one.kind} snapshots used",),
                line=(
                    Strong(text=f"{one.account}/{one.region}"),
                    f" has {one.used} of the {one.most} manual snapshots of {one.kind}s that AWS "
                    f"allows: beyond them no {one.kind} can be snapshotted. Delete old ones, or "
                    "ask AWS for more.",
                ),
                state=step(100 - share, (5, 10)),
                rank=30,
            )


def hygiene(facts: DigestFacts) -> Iterator[Concern]:
    for rank, (what, brief, said, fails) in enumerate(HYGIENE):
        found = [one for one in facts.databases if fails(facts, one)]
        if found:
            yield Concern(
                key=f"hygiene:{what}",
                section=Section.TREND,
                line=(named(facts, found), said),
                brief=(brief,),
                state=_those(found),
                rank=200 + rank,
                is_weekly=True,
            )


def named(facts: DigestFacts, databases: Sequence[Database]) -> Strong:
    """``orders-prod (production), warehouse (production) and 3 more``"""
    names = [facts.name(one) for one in databases[:NAMED]]
    more = len(databases) - len(names)
    last = f"{more} more" if more else names.pop()
    return Strong(text=f"{', '.join(names)} and {last}" if names else last)


def unmeasured(facts: DigestFacts) -> Iterator[Concern]:
    """Of those that run; what could not be read is said elsewhere."""
    asked = ((one, facts.day.get((one.target, "CPUUtilization"))) for one in facts.instances)
    silent = [one for one, cpu in asked if cpu is not None and cpu.reading is Reading.EMPTY]
    if silent:
        them = "it" if len(silent) == 1 else "them"
        yield Concern(
            key="unmeasured",
            section=Section.TREND,
            brief=("without figures for a day",),
            line=(
                named(facts, silent), f": CloudWatch has had no figures of {them} for a day. What "
                "runs short there is not seen.",
            ),
            state=_those(silent),
            rank=65,
        )  # fmt: skip


def _whole(facts: DigestFacts) -> Iterator[Database]:
    return filter(_is_whole, facts.databases)


def _is_whole(one: Database) -> bool:
    """A cluster, or an instance that belongs to none: what settings and versions belong to."""
    return one.cluster is None


def _those(databases: Iterable[Database]) -> str:
    """Another one as soon as they are others."""
    return fingerprint(sorted(one.target.resource_id for one in databases))[:12]


def _keeps_few_backups(facts: DigestFacts, one: Database) -> bool:
    few = one.backup_retention_days < WEEK_OF_BACKUPS
    return _is_whole(one) and few and not facts.is_replica(one)


def _is_easily_deleted(facts: DigestFacts, one: Database) -> bool:
    found = facts.classified.get(one.target)
    production = found is not None and found.environment is Environment.PRODUCTION
    return _is_whole(one) and production and one.deletion_protection is False


HYGIENE: Sequence[tuple[str, str, str, Test]] = (
    ("public", "open to the internet",
     ": can be reached from the internet (publicly accessible).",
     lambda _, one: one.target.kind is Kind.INSTANCE and bool(one.public)),
    ("encryption", "not encrypted",
     ": not encrypted at rest. Only a copy can be: an encrypted snapshot, restored.",
     lambda _, one: _is_whole(one) and one.encrypted is False),
    ("deletion", "without deletion protection",
     ": deletion protection is off, in production.", _is_easily_deleted),
    ("retention", f"less than {WEEK_OF_BACKUPS} days of backups",
     f": backups are kept for less than {WEEK_OF_BACKUPS} days.", _keeps_few_backups),
)  # fmt: skip
