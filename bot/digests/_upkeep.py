"""What has to be kept up: what does not run, backups, maintenance, certificates, what happened."""

from collections.abc import Iterator
from datetime import timedelta

from bot.digests._facts import DigestFacts, Fires, concern, step
from bot.fleet.maintenance import what, when
from bot.monitoring import headed, watched
from bot.values import (
    Concern,
    Database,
    Incident,
    Line,
    Mention,
    Moment,
    RDSEvent,
    Section,
    Strong,
    micros,
)

HOUR = micros(timedelta(hours=1))
DAY = 24 * HOUR
BEHIND = micros(timedelta(minutes=15))  #: how far backups may be behind
AHEAD = micros(timedelta(days=14))  #: maintenance that is due so soon
#: From when on it is told, and from when on somebody has to act.
CERTIFICATE, RENEW = 90 * DAY, 30 * DAY
RESTART = 2 * DAY
#: Days by which what AWS does on its own comes after what fails on its own.
PLANNED = 30.0
BUSY = 50.0  #: percent of CPU, in the hour of a backup
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
OUT_OF_ORDER = (
    "failed", "storage-full", "inaccessible-encryption-credentials", "insufficient-capacity",
    "incompatible", "restore-error",
)  # fmt: skip
GRAVE = frozenset({"failover", "failure", "deletion", "low storage", "recovery"})
CHANGES = frozenset({"configuration change", "creation", "maintenance"})


def out_of_order(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.databases:
        if one.status.startswith(OUT_OF_ORDER):
            yield concern(
                facts, "status", one, f" is {one.status}. Nobody can use it as it is.",
                section=Section.ACTION, brief=f"is {one.status}", state=one.status, rank=-10,
            )  # fmt: skip


def alarms(facts: DigestFacts) -> Iterator[Concern]:
    """What fires is not put off by thresholds of our own."""
    for one in facts.firing:
        said = f": alarm {one.alarm.name} fires since ", Moment(at=one.alarm.since)
        incident = _incident(facts, one)
        what = (f": {watched(one.alarm)}.", *_handled(incident))
        state = str(one.alarm.since)
        known = ", acknowledged" if incident and incident.acknowledged_at is not None else ""
        if one.database is None:
            yield Concern(
                key=f"alarm-{one.alarm.name}:{one.place}", section=Section.ACTION,
                line=(Strong(text=one.place), *said, *what),
                brief=(f"alarm {one.alarm.name} fires{known}",), state=state, rank=-5,
            )  # fmt: skip
        else:
            yield concern(
                facts, f"alarm-{one.alarm.name}", one.database, *said, *what,
                section=Section.ACTION,
                brief=f"{headed(one.alarm)}{known}", state=state,
                rank=-5, metrics="--range 3h",
            )  # fmt: skip


def _incident(facts: DigestFacts, fires: Fires) -> Incident | None:
    """What people have of that alarm: the open one of its name, there."""
    return next(
        (
            one for one in facts.incidents
            if one.alarm == fires.alarm.name
            and (one.target == fires.database.target if fires.database
                 else one.place == fires.place)
        ),
        None,
    )  # fmt: skip


def _handled(incident: Incident | None) -> Line:
    if incident is None or incident.acknowledged_at is None:
        return ()
    who = incident.acknowledged_by
    return (" Acknowledged by ", Mention(person=who), ".") if who else (" Acknowledged.",)


def tampering(facts: DigestFacts) -> Iterator[Concern]:
    if facts.trail.wrong:
        yield Concern(
            key="audit",
            section=Section.ACTION,
            line=(
                Strong(text="The audit trail"),
                f" does not add up. {facts.trail.wrong}. Keep the "
                "database as it is, and run rds-bot audit verify.",
            ),
            brief=("does not add up: run rds-bot audit verify",),
            state=facts.trail.wrong,
            rank=-20,
        )


def backups(facts: DigestFacts) -> Iterator[Concern]:
    """Of an instance that stands alone, and of a cluster as a whole."""
    for one in facts.databases:
        until = one.latest_restorable_at
        runs = one.status == "available" and one.cluster is None
        # RDS ships logs every five minutes; a member of a cluster has no backups of its own.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
        if not runs or until is None or one.seen_at - until <= BEHIND:
            continue
        yield concern(
            facts, "backup", one, " can be restored only as it was ", Moment(at=until),
            ": its backups are behind.",
            section=Section.ACTION, brief="backups are behind", state="late", rank=5,
            mend="create_snapshot",
        )  # fmt: skip


def unsettled(facts: DigestFacts) -> Iterator[Concern]:
    for request in facts.unknown:
        yield Concern(
            key=f"request:{request.id}",
            section=Section.ACTION,
            line=(
                Strong(text=request.label),
                f" ended unknown: {request.step.plan.effect}. Somebody has to look at AWS and "
                "settle it.",
            ),
            brief=("ended unknown: look at AWS, then settle it",),
            rank=1,
        )


def maintenance(facts: DigestFacts) -> Iterator[Concern]:
    for pending in facts.maintenance:
        one = facts.by_arn.get(pending.arn)
        if one is None or pending.due_at is None or pending.due_at > facts.now + AHEAD:
            continue
        yield concern(
            facts, f"maintenance-{pending.action}", one,
            f": {what(pending)}. ", *when(pending, facts.now),
            section=Section.ACTION, brief=_maintained(pending.due_at, facts),
            state=str(pending.due_at), rank=PLANNED + _away(facts, pending.due_at),
        )  # fmt: skip


def _maintained(at: int, facts: DigestFacts) -> Line:
    if at <= facts.now:
        return ("maintenance is due",)
    return ("maintenance due ", Moment(at=at, is_day=True))


def certificates(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.instances:
        until = one.certificate_until
        if until is None or until > facts.now + CERTIFICATE:
            continue
        soon = until <= facts.now + RENEW
        yield concern(
            facts, "certificate", one, " has a certificate until ", Moment(at=until, is_day=True),
            ". Clients that check it are refused from then on.",
            section=Section.ACTION if soon else Section.TREND,
            brief=_certified(_away(facts, until)),
            state=step(_away(facts, until), (7, 30)), rank=_away(facts, until),
        )  # fmt: skip


def _certified(days: float) -> str:
    if days < 0:
        return "certificate has expired"
    return f"certificate expires in {days:.0f} day{'' if round(days) == 1 else 's'}"


def about_to_start(facts: DigestFacts) -> Iterator[Concern]:
    """A cluster starts with all its members."""
    for one in facts.databases:
        # AWS starts it again after seven days.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
        at = one.restarts_at
        if one.status == "stopped" and one.cluster is None and at and at <= facts.now + RESTART:
            yield concern(
                facts, "restart", one, " is stopped, and AWS starts it ", Moment(at=at),
                ": it keeps none stopped for more than seven days.",
                section=Section.ACTION, brief=("is stopped; AWS starts it ", Moment(at=at)),
                state=str(at), rank=PLANNED + _away(facts, at),
            )  # fmt: skip


def restarts(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.instances:
        if one.status == "available" and (groups := _waiting(facts, one)):
            yield concern(
                facts, "parameters", one,
                f" waits for a restart: changes in {' and '.join(groups)} take effect with it. A "
                "failover does not apply them.",
                section=Section.TREND, brief="parameters wait for a restart", rank=70,
                mend="reboot_instance",
            )  # fmt: skip


def _waiting(facts: DigestFacts, one: Database) -> tuple[str, ...]:
    """Its own parameter group and that of its cluster, where they wait for its restart."""
    place = one.target.account, one.target.region, one.cluster
    shared = (
        cluster.parameter_group
        for cluster in facts.databases
        if one.name in cluster.members_wait
        and place == (cluster.target.account, cluster.target.region, cluster.name)
    )
    return (*((one.parameter_group,) if one.parameters_wait else ()), *shared)


def busy_backups(facts: DigestFacts) -> Iterator[Concern]:
    """Without a standby, I/O stands still for a moment when a backup begins.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    """
    for one in facts.instances:
        cpu = facts.day.get((one.target, "CPUUtilization"))
        if one.multi_az or one.cluster or not one.backup_retention_days or not one.backup_window:
            continue
        busy = {at // HOUR % 24: value for at, value in cpu.points} if cpu else {}
        then = busy.get(int(one.backup_window[:2]), 0.0)
        if then >= BUSY and then == max(busy.values()):
            yield concern(
                facts, "window", one,
                f" is backed up at {one.backup_window} UTC, its busiest hour ({then:.0f} % CPU): "
                "its disk stands still for a moment then.",
                section=Section.TREND, brief="is backed up in its busiest hour", rank=80,
                metrics="cpu,latency --range 24h",
                mend="modify_backup_window",
            )  # fmt: skip


def events(facts: DigestFacts) -> Iterator[Concern]:
    """A line for each database to which something happened, with the last that was said."""
    by_database: dict[str, list[RDSEvent]] = {}
    places = {str(event.database.target): event.database for event in facts.events}
    for event in facts.events:
        if (GRAVE | CHANGES) & set(event.said.categories):
            by_database.setdefault(str(event.database.target), []).append(event.said)
    for place, said in by_database.items():
        last = max(said, key=lambda one: one.at)
        more = f" and {len(said) - 1} more, the last " if len(said) > 1 else ", "
        grave = any(GRAVE & set(one.categories) for one in said)
        yield concern(
            facts, "events", places[place], f": {last.message.rstrip('.')}{more}",
            Moment(at=last.at), ".",
            section=Section.CHANGED, brief=last.message.rstrip("."), state=str(last.at),
            rank=0 if grave else 1,
        )  # fmt: skip


def _away(facts: DigestFacts, at: int) -> float:
    """In days."""
    return (at - facts.now) / DAY
