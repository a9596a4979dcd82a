"""Puts the sandbox's parts into moto, which is global to the process, and takes them out again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import moto.cloudtrail.urls
import moto.cloudwatch.urls
import moto.rds.models
import moto.rds.urls
import moto.sts.urls
from moto.moto_api._internal.models import moto_api_backend

from bot.sandbox.aws import models
from bot.sandbox.aws.alarms import Alarms
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.cloudtrail import CloudTrail, Trail
from bot.sandbox.aws.cloudwatch import CloudWatch
from bot.sandbox.aws.identity import STS, Sessions
from bot.sandbox.aws.managed_secrets import ManagedSecret
from bot.sandbox.aws.rds import RDS
from bot.sandbox.aws.world import World


@contextmanager
def installed(world: World, sessions: Sessions, trail: Trail) -> Iterator[None]:
    """moto is this sandbox's while the context lasts, and empty before and after it."""
    with ExitStack() as stack:
        for place, name, ours in (
            (TimedBackend, "world", world),
            (CloudWatch, "world", world),
            (STS, "sessions", sessions),
            (CloudTrail, "trail", trail),
            *_replacements(world),
        ):
            stack.enter_context(patch.object(place, name, ours, create=True))
        empty()
        stack.callback(empty)
        yield


def empty() -> None:
    """Forget every resource of every service."""
    moto_api_backend.reset()


def _replacements(world: World) -> list[tuple[Any, str, Any]]:
    rds: Any = moto.rds.models
    return [
        (rds, "DBInstance", models.TimedInstance),
        (rds, "DBInstanceClustered", models.TimedMember),
        (rds, "DBSnapshot", models.TimedSnapshot),
        (rds, "DBCluster", models.TimedCluster),
        (rds, "DBClusterSnapshot", models.TimedClusterSnapshot),
        (rds, "MasterUserSecret", ManagedSecret),
        (rds, "utcnow", world.utcnow),
        (rds.rds_backends, "backend", TimedBackend),
        (moto.rds.urls, "url_paths", {"{0}/$": RDS.dispatch}),
        (moto.sts.urls, "url_paths", {"{0}/$": STS.dispatch}),
        (moto.cloudtrail.urls, "url_paths", {"{0}/$": CloudTrail.dispatch}),
        (moto.cloudwatch.urls, "url_paths", {"{0}/$": Alarms.dispatch}),
    ]
