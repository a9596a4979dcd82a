"""What alters AWS: planned, agreed to, sent once, followed to its proven end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from bot.aws import AWS
from bot.operation._operation import Operation
from bot.operation._topic import Topic
from bot.params import Pairs, Picker
from bot.values import (
    Assessment,
    Database,
    Kind,
    Order,
    Plan,
    Progress,
    Receipt,
    Recheck,
    Risk,
    Sent,
)


class Option(NamedTuple):
    """What a picker offers: what is typed for it, how it reads, and a note in a few words."""

    value: str
    label: str
    note: str = ""


class Dependent(NamedTuple):
    """What AWS asks for beside the right to a call on its database; the bot calls none of it.

    ``actions`` AWS takes for whoever calls; ``on`` are the kinds of RDS resources, by action, that
    a call names beside its database: pg, og, subgrp; ``passes`` is the service that is given a
    role, and the key of the role in ``roles`` of the settings.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    """

    actions: tuple[str, ...] = ()
    on: Mapping[str, tuple[str, ...]] = {}
    passes: tuple[str, str] | None = None


class WayBack(NamedTuple):
    """What its button says, and what its form holds beside the database.

    ``operation``: whose form, by its API name; empty where it is the same operation's. ``target``:
    another database of the same account and region, by name, of that ``kind``.
    """

    label: str
    values: Mapping[str, str]
    operation: str = ""
    target: str = ""
    kind: Kind = Kind.INSTANCE


class Change(Operation):
    """Alters AWS: planned, perhaps approved, sent once, then followed until it settles."""

    topic = Topic.CHANGES
    risk: ClassVar[Risk]
    #: How long the bot follows before it says that AWS never settled.
    horizon: ClassVar[timedelta] = timedelta(hours=1)
    #: Nothing brings back what it takes away: ``policy.risk`` can raise its risk, never lower it.
    irreversible: ClassVar[bool] = False
    #: Parameters that AWS's call has and nobody need say here, with the reason.
    needless: ClassVar[Sequence[tuple[str, str]]] = ()
    #: Whether what a recheck says can wait until it is day for who asked.
    rechecked_by_day: ClassVar[bool] = False
    #: Whether AWS takes the call for RDS Custom, by its own reference of the API.
    takes_custom: ClassVar[bool] = False

    #: What has to be granted beside ``permissions``, which are what the bot calls.
    dependent: ClassVar[Dependent] = Dependent()

    target: str

    @classmethod
    def kinds(cls) -> frozenset[Kind]:
        parameter = cls.parameter("target")
        assert isinstance(parameter, Picker)
        return parameter.kinds

    def risk_for(self, database: Database) -> Assessment:
        """The risk of this very change, raised by what it asks for or by the database's state."""
        return Assessment(risk=self.risk, reasons=())

    def objections(self, database: Database) -> Mapping[str, str]:
        """Why the database cannot take it, as it was last seen: a sentence by parameter."""
        return {}

    def barred(self, database: Database) -> Mapping[str, str]:
        """Why it is not for such a database at all, else its own objections."""
        if database.is_custom and not self.takes_custom:
            return {
                "target": f"{database.name} runs on RDS Custom ({database.engine}), for which AWS "
                f'does not take "{self.verb}". Whoever keeps its machine does that there.'
            }
        return self.objections(database)

    def tag_keys(self) -> Iterator[tuple[str, str]]:
        """The key of each tag that was asked for, with the parameter that asks for it."""
        for name in type(self).model_fields:
            if isinstance(self.parameter(name), Pairs):
                for pair in getattr(self, name):
                    yield name, pair.partition("=")[0]

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        """What an ``Offered`` parameter may be on that database, likeliest first.

        Raises AWSError where AWS does not say.
        """
        return ()

    def back(self, plan: Plan) -> "WayBack | None":
        """What takes it back, as a request of its own; None where nothing does."""
        return None

    def as_of(self, now: datetime, zone: str) -> Self:
        """The same whoever reads it, and whenever: a time of day becomes a point in time.

        Called once, before the first plan; ``zone`` is that of whoever asks.
        """
        return self

    def next_step(self, plan: Plan) -> "WayBack | None":
        """What is left to do once it ended well, as a request of its own; None: nothing."""
        return None

    async def plan(self, aws: AWS, order: Order) -> Plan:
        """Look, check the guards, and say what would happen; no side effect.

        Called when the change is asked for and again right before it is sent; the same facts must
        give the same call. Raises PreflightError if the target cannot take it.
        """
        raise NotImplementedError

    async def execute(self, aws: AWS, order: Order, plan: Plan) -> Receipt:
        """Send ``plan.call`` unchanged. Called at most once for a step."""
        return await aws.act(plan.call, self.keep_reply)

    def keep_reply(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """What the receipt keeps of AWS's reply, for ``poll`` to find again: ids that AWS made,
        never a secret."""
        return {}

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        """How far a change that AWS accepted has come; done means evidence after ``sent_at``."""
        raise NotImplementedError

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        """After a crash or a lost reply: did our call arrive? Never sends again."""
        raise NotImplementedError

    def recheck_at(self, progress: Progress) -> int | None:
        """When what ended so is to be looked at again; None: never."""
        return None

    async def recheck(self, aws: AWS, sent: Sent) -> Recheck:
        """What became of it since it ended. Asked again, with later ticks, after an AWSError."""
        raise NotImplementedError
