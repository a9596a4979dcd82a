"""The VPC security groups that a database may stand behind, as EC2 lists them."""

from collections.abc import Mapping
from typing import Any, cast

from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroup

GROUPS: Mapping[str, str] = {
    "sg-0a1b2c3d4e5f60718": "databases",
    "sg-0b2c3d4e5f6071829": "databases-from-office",
    "sg-0c3d4e5f607182930": "databases-from-jobs",
}
"""Names by id, the same in every account and region."""
FIRST = "sg-0a1b2c3d4e5f60718"

MadeGroup = cast(Any, SecurityGroup)  # moto leaves a method of CloudFormation abstract


def ensure(account: str, region: str) -> Any:
    """moto's EC2 with these in it; made when it is first asked for, since it takes its time."""
    backend = ec2_backends[account][region]
    known = backend.groups[backend.default_vpc.id]
    for group, name in GROUPS.items():
        if group not in known:
            known[group] = MadeGroup(backend, group, name, name, backend.default_vpc.id)
    return backend


def unknown(account: str, region: str, groups: list[str]) -> list[str]:
    """Those of these ids that EC2 has no group for."""
    there = [one for of_vpc in ensure(account, region).groups.values() for one in of_vpc]
    return [one for one in groups if one not in there]
