"""Standing times of digests: those of the settings, and those that people add."""

from bot.cron import checked
from bot.params import is_zone
from bot.settings import DigestSettings as Standing
from bot.values import Appointment, PersonId, fingerprint
from storage.tables.schedules import Schedule

KIND = "digest"


def configured(one: Standing) -> Appointment:
    """Its id follows from what it says: changed, it is another one."""
    about = one.model_dump(mode="json")
    return Appointment(id=f"S-{fingerprint(about)[:6]}", **about)


def added(row: Schedule) -> Appointment:
    """One that cannot be read as it is kept says so in ``trouble``, and is there to be removed."""
    kept = {
        "id": row.id,
        "channel": row.channel,
        "cron": row.cron,
        "timezone": row.timezone,
        "created_by": row.created_by,
        "since": row.created_at,
        "trouble": _trouble(row),
    }
    try:
        return Appointment(**kept, **row.body)
    except (TypeError, ValueError):
        trouble = "I cannot read which databases it is about."
        return Appointment(**{**kept, "title": "Database digest", "trouble": trouble})


def _trouble(row: Schedule) -> str:
    if not is_zone(row.timezone):
        return f'"{row.timezone}" is no time zone that I know.'
    try:
        checked(row.cron)
    except ValueError as error:
        return f"{error}."
    return ""


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
