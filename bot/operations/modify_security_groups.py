import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.aws import AWS
from bot.errors import AWSError, PreflightError
from bot.operation import MODIFY, Setting, Wanted, added, changed, signed, signs_back, taken
from bot.params import Signed, Target
from bot.values import Database, Risk

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
    risk = Risk.MEDIUM
    because = "it opens or closes ways to the database"
    of_cluster = True
    horizon = timedelta(minutes=60)
    permissions = (*MODIFY, "ec2:DescribeSecurityGroups")
    needless = (("ApplyImmediately", "AWS always changes the groups at once."),)
    example = "security-groups orders-test +sg-0b2c3d4e5f6071829 --reason 'the office needs it'"

    target: Target
    groups: Groups

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        shown, argument = "security_groups", "VpcSecurityGroupIds"
        then, settles = changed(database.security_groups, self.groups), "security_groups_wait"
        return (Wanted("Security groups", shown, argument, then, "groups", settles=settles),)

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

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        more = added(self.groups)
        ids = sorted({*database.security_groups, *more})
        try:
            names = await aws.security_groups(ids)
        except AWSError as error:
            return (f"what the groups are called could not be read: {error}",)
        if strange := sorted(more - set(names)):
            raise PreflightError(
                f"EC2 knows no security group {', '.join(strange)} in {database.target.region}. "
                "Compare its id.",
                "groups",
            )
        return tuple(f"{one} is {names[one]}" for one in ids if names.get(one))

    def before(self, database: Database) -> Mapping[str, str]:
        then = changed(database.security_groups, self.groups)
        return {"groups": signs_back(database.security_groups, then)}

    def warnings(self, database: Database) -> Iterator[str]:
        now = set(database.security_groups)
        if more := sorted(added(self.groups) - now):
            yield f"Whoever {', '.join(more)} lets in can connect."
        if less := sorted(taken(self.groups) & now):
            yield f"Whoever comes by {', '.join(less)} alone cannot connect any more."
