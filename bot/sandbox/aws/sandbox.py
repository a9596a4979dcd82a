"""The sandbox's AWS as tests and the demo hold it."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any, Self, cast

import boto3
from botocore.config import Config
from moto.rds.models import rds_backends
from moto.sts.models import sts_backends

from bot.sandbox.aws import security_groups
from bot.sandbox.aws.alarms import AlarmSpec, seed_alarms
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.clock import Clock, advance
from bot.sandbox.aws.cloudtrail import Trail
from bot.sandbox.aws.faults import Fault, Faults, Kind
from bot.sandbox.aws.fleet import MAIN, ClusterSpec, InstanceSpec, role_arn
from bot.sandbox.aws.identity import OUTSIDER, Sessions
from bot.sandbox.aws.insights import Insights
from bot.sandbox.aws.install import empty, installed
from bot.sandbox.aws.instances import ASKED_FAILOVER
from bot.sandbox.aws.journal import Call, Journal, matching
from bot.sandbox.aws.lapses import Lapse, Lapses
from bot.sandbox.aws.metricdata import MetricData
from bot.sandbox.aws.plans import Plan
from bot.sandbox.aws.scenarios import SCENARIOS
from bot.sandbox.aws.seeding import resource_id, seed
from bot.sandbox.aws.server import Gateway, Services, serving
from bot.sandbox.aws.wire import Request
from bot.sandbox.aws.world import World

REGION = "us-east-1"
#: Seconds before a scenario is set off from which on the logs tell of it.
LOGGED_BEFORE = 600.0
CLIENT = Config(retries={"total_max_attempts": 1})


class AWSSandbox:
    """moto's server on 127.0.0.1, made to take time and to fail.

    `clock` gives every instant it produces except the expiry of credentials, which botocore judges
    by the machine's own. All durations are divided by `pace`; hold the clock and let the pace be 1
    where a test counts seconds. `figures_from`: at its start it measures what would be measured at
    that epoch second, whatever the hour is, so that no test depends on when it runs. moto is global
    to its process, so one process can have one sandbox at a time: share it and `reset()` it between
    tests.
    """

    def __init__(
        self, clock: Clock = time.time, pace: float = 20.0, figures_from: float | None = None
    ) -> None:
        self.clock = clock
        self.url = ""
        self._world = World(clock, pace, figures_from)
        self._sessions, self._journal, self._faults = Sessions(), Journal(), Faults()
        self.trail = Trail(self._journal, clock, pace)
        self._lapses = Lapses()
        own: Services = {
            "pi": Insights(self._world),
            "cloudwatch:GetMetricData": MetricData(self._world, self._lapses),
            "ec2": self._knows_security_groups,
            "secretsmanager": self._has_settled,
        }
        self._gateway = Gateway(clock, self._sessions, self._faults, self._journal, own)
        self._stack = ExitStack()
        self._clients: dict[tuple[str, str, str], Any] = {}

    def __enter__(self) -> Self:
        self._stack.enter_context(installed(self._world, self._sessions, self.trail))
        self.url = self._stack.enter_context(serving(self._gateway))
        self._stack.callback(self._close_clients)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def reset(self) -> None:
        """Empty every account; forget credentials, faults, plans, journal. The address stays."""
        self.release()
        with self._world.lock:
            self._close_clients()
            self._faults.clear()
            self._lapses.clear()
            empty()
            for part in (self._world, self._sessions, self.trail, self._journal):
                part.reset()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which AWS's own libraries find this AWS, as its main account's user."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIASANDBOX000000000",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def seed(self, specs: Iterable[InstanceSpec | ClusterSpec]) -> None:
        """Put databases straight into their accounts, available at once, in bulk too."""
        with self._world.lock:
            seed(specs)

    def resource_id(self, spec: InstanceSpec | ClusterSpec) -> str:
        """AWS's own id of what was seeded so."""
        with self._world.lock:
            return resource_id(spec)

    def seed_alarms(self, specs: Iterable[AlarmSpec]) -> None:
        """Alarms on metrics of RDS, whose states follow from what is measured."""
        with self._world.lock:
            seed_alarms(specs)

    def set_off(self, name: str) -> None:
        """Let one of SCENARIOS begin in the demo's fleet; once, until all is reset."""
        scenario, backend = SCENARIOS[name], cast(TimedBackend, rds_backends[MAIN][REGION])
        with self._world.lock:
            if name in self._world.troubles:
                return
            self._world.troubles.add(name)
            now = self._world.now()
            self._world.strains += scenario.strains(now)
            for database, lines in (scenario.logs or {}).items():
                self._world.logged[database] = (now - LOGGED_BEFORE, lines)
            seed_alarms(scenario.alarms)
            if scenario.happens:
                scenario.happens(backend, now)

    def client(self, service: str, account: str = MAIN, region: str = REGION) -> Any:
        """A plain boto3 client with somebody else's hand, session name "outsider".

        It goes over HTTP and into the journal, but faults spare it and `calls()` leaves it out.
        """
        key = (service, account, region)
        if key not in self._clients:
            self._clients[key] = self._outsiders_client(*key)
        return self._clients[key]

    def advance(self, seconds: float) -> None:
        """Move the held clock. Raises ClockMovesItselfError where the clock is not held."""
        advance(self.clock, seconds)

    @property
    def plan(self) -> Plan:
        """Statuses and seconds by operation, in force for the calls to come; see plans.py."""
        return self._world.plan

    def will_end(self, operation: str, status: str, identifier: str = "*", times: int = 1) -> None:
        """Let the next such operation settle in `status`: ("create_db_snapshot", "failed").

        A step of ModifyDBInstance may be "refused" too, which only an event tells; see
        docs/sandbox.md.
        """
        self._world.will_end(operation, status, identifier, times)

    def decline_failover(self, identifier: str = "*", times: int = 1) -> None:
        """Take the next failover that is asked for, and decline it: only an event tells."""
        self._world.will_end(ASKED_FAILOVER, "declined", identifier, times)

    def limit_snapshots(self, quota: int) -> None:
        """SnapshotQuotaExceeded from this many snapshots in an account and region on."""
        self._world.snapshot_quota = quota

    def limit_databases(self, quota: int) -> None:
        """No call makes an instance or a cluster from this many in an account and region on."""
        self._world.instance_quota = self._world.cluster_quota = quota

    def fault(
        self,
        pattern: str,
        kind: Kind | str,
        *,
        times: int | None = 1,
        probability: float = 1.0,
        account: str = "*",
        region: str = "*",
        delay: float | None = None,
        code: str = "InvalidParameterValue",
        message: str = "This was made to fail.",
        status: int = 400,
        after: int = 0,
    ) -> Fault:
        """Strike calls whose `service:Action` matches; `times=None` goes on until it is removed.

        `after` so many that are let through. Account is the caller's. `delay` is in real seconds,
        for `slow` and `timeout`; code, message and status are for `code`.
        """
        wanted = Kind(kind)
        waits = 1.0 if wanted is Kind.SLOW and delay is None else delay
        fault = Fault(
            pattern,
            wanted,
            times,
            probability,
            account,
            region,
            waits,
            code,
            message,
            status,
            after,
        )
        return self._faults.add(fault)

    def cut_off(self, account: str = "*", region: str = "*") -> Fault:
        """Break every connection into this account and region."""
        return self.fault("*", Kind.RESET, times=None, account=account, region=region)

    def lapse(self, lapse: Lapse) -> None:
        """Let GetMetricData leave out, garble or refuse metrics, until `mend_figures`."""
        self._lapses.add(lapse)

    def page_figures(self, points: int) -> None:
        """GetMetricData answers so many points a page, until `mend_figures`."""
        self._lapses.page = points

    def mend_figures(self) -> None:
        self._lapses.clear()

    def mend(self, fault: Fault) -> None:
        self._faults.remove(fault)

    def release(self) -> None:
        """Let go of every call that a fault keeps waiting, as if its delay were over."""
        self._gateway.release()

    def mend_all(self) -> None:
        self._faults.clear()

    @property
    def journal(self) -> list[Call]:
        """Every call, outsiders' too, in the order in which they ended."""
        return self._journal.all()

    def calls(self, pattern: str = "*") -> list[Call]:
        """The bot's calls whose `service:Action` matches the glob."""
        ours = [call for call in self._journal.all() if call.session_name != OUTSIDER]
        return matching(ours, pattern)

    def _knows_security_groups(self, request: Request, account: str) -> None:
        """moto answers, once its EC2 has the groups behind which the databases stand."""
        with self._world.lock:
            security_groups.ensure(account, request.region)

    def _has_settled(self, request: Request, account: str) -> None:
        """moto answers, once what was due has happened to the secrets too."""
        self._world.settle()

    def _outsiders_client(self, service: str, account: str, region: str) -> Any:
        role = sts_backends[MAIN]["aws"].assume_role(
            region_name=region,
            role_session_name=OUTSIDER,
            role_arn=role_arn(account).replace("rds-bot", OUTSIDER),
            policy="",
            duration=3600,
            external_id="",
        )
        self._sessions.remember(role, None)
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=role.access_key_id,
            aws_secret_access_key=role.secret_access_key,
            aws_session_token=role.session_token,
            config=CLIENT,
        )

    def _close_clients(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()
