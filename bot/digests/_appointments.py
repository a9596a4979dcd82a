"""Standing times of digests: those of the settings, and those that people add."""

from bot.settings import Digest as Standing
from bot.values import Appointment, PersonId, fingerprint
from storage.schedules import Schedule

KIND = "digest"


def configured(one: Standing) -> Appointment:
    """Its id follows from what it says: changed, it is another one."""
    about = one.model_dump(mode="json")
    return Appointment(id=f"S-{fingerprint(about)[:6]}", **about)


def added(row: Schedule) -> Appointment:
    return Appointment(
        id=row.id,
        channel=row.channel,
        cron=row.cron,
        timezone=row.timezone,
        created_by=row.created_by,
        since=row.created_at,
        **row.body,
    )


def row_of(one: Appointment, person: PersonId) -> Schedule:
    return Schedule(
        id=one.id,
        kind=KIND,
        channel=one.channel,
        cron=one.cron,
        timezone=one.timezone,
        created_by=person,
        created_at=one.since or 0,
        body={"title": one.title, "environments": list(one.environments)},
    )


def is_same(one: Appointment, other: Appointment) -> bool:
    return (one.channel, one.cron, one.timezone, one.environments) == (
        other.channel, other.cron, other.timezone, other.environments
    )  # fmt: skip
