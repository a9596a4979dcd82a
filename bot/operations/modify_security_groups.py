import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, PrivateAttr

from bot.aws import AWS
from bot.errors import AWSError, PreflightError
from bot.operation import MODIFY, Setting, Topic, Wanted, added, changed, signed, signs_back, taken
from bot.params import Signed, Target
from bot.values import Database, Risk

LONGEST = 40  #: characters of a name; EC2 takes 255
_ID = re.compile(r"[+-]sg-(?:[0-9a-f]{8}|[0-9a-f]{17})", re.ASCII)


def _ids(signs: tuple[str, ...]) -> tuple[str, ...]:
    if strange := next((one for one in signs if not _ID.fullmatch(one)), None):
        raise ValueError(f'a security group is sg- and 8 or 17 digits, not "{strange[1:]}"')
    return signs


Groups = Annotated[
    tuple[str, ...],
    BeforeValidator(signed),
    AfterValidator(_ids),
    Signed(
        "Security groups",
        "+SG -SG",
        "+ adds one by its id, - takes it away; the others stay.",
        also=("VpcSecurityGroupIds",),
    ),
]


class ModifySecurityGroups(Setting):
    """Add security groups to a database, or take some away; the others stay.

    They decide who reaches it over the network. At least one stays. Of a cluster all members have
    the same.
    """

    verb, name = "security-groups", "modify_security_groups"
    topic = Topic.ACCESS
    risk = Risk.MEDIUM
    because = "it opens or closes ways to the database"
    of_cluster = True
    horizon = timedelta(minutes=60)
    permissions = (*MODIFY, "ec2:DescribeSecurityGroups")
    needless = (("ApplyImmediately", "AWS always changes the groups at once."),)
    example = "security-groups orders-test +sg-0b2c3d4e5f6071829 --reason 'the office needs it'"
    synonyms = "firewall open+port allow+access network+access"

    target: Target
    groups: Groups
    _names: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _unread: str = PrivateAttr(default="")  #: why nobody knows what they are called

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        shown, argument = "security_groups", "VpcSecurityGroupIds"
        then, settles = changed(database.security_groups, self.groups), "security_groups_wait"
        return (Wanted("Security groups", shown, argument, then, "groups", settles=settles),)

    def effect(self, database: Database) -> str:
        more, less = self._differs(database)
        said = [f"add {', '.join(more)} to {database.name}"] * bool(more)
        said += [f"take {', '.join(less)} from {'it' if more else database.name}"] * bool(less)
        return _begun(" and ".join(said))

    def arguments(self, database: Database) -> dict[str, Any]:
        """AWS takes the whole list."""
        return {"VpcSecurityGroupIds": list(changed(database.security_groups, self.groups))}

    def cannot(self, database: Database) -> Mapping[str, str]:
        if not changed(database.security_groups, self.groups):
            return {
                "groups": f"{database.name} would be left without a security group, and one has "
                "to stay. Add another one with it."
            }
        return {}

    async def completed(self, aws: AWS, database: Database) -> Self:
        """Knows what they are called, as far as EC2 lets that be read."""
        complete, more = self.model_copy(), added(self.groups)
        try:
            found = await aws.security_groups(sorted({*database.security_groups, *more}))
        except AWSError as error:
            complete._unread = str(error)
            return complete
        if strange := sorted(more - set(found)):
            raise PreflightError(
                f"EC2 knows no security group {', '.join(strange)} in {database.target.region}. "
                "Compare its id.",
                "groups",
            )
        complete._names = found
        return complete

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        if self._unread:
            return (f"what the groups are called could not be read: {self._unread}",)
        return tuple(f"{one} is {name}" for one, name in sorted(self._names.items()) if name)

    def before(self, database: Database) -> Mapping[str, str]:
        then = changed(database.security_groups, self.groups)
        return {"groups": signs_back(database.security_groups, then)}

    def warnings(self, database: Database) -> Iterator[str]:
        more, less = self._differs(database)
        if more:
            yield f"Whoever {', '.join(more)} lets in can connect."
        if less:
            yield f"Whoever comes by {', '.join(less)} alone cannot connect any more."

    def _differs(self, database: Database) -> tuple[list[str], list[str]]:
        """What is added and what is taken away."""
        now = set(database.security_groups)
        both = (added(self.groups) - now, taken(self.groups) & now)
        more, less = ([self._called(one) for one in sorted(some)] for some in both)
        return more, less

    def _called(self, group: str) -> str:
        """``databases-from-office (sg-0b2c3d4e5f6071829)``"""
        name = self._names.get(group, "")
        shown = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
        return f"{shown} ({group})" if name else group


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
