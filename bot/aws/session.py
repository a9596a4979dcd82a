"""Sessions and clients: who the bot is in each account, and how patiently it asks.

Reads retry (standard mode, three attempts in all). The mutating call never does: one attempt,
twenty seconds, on credentials whose session name is the step's, so that CloudTrail can tell it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from functools import cache
from typing import Any, Self

import aioboto3
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioDeferredRefreshableCredentials
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import AioSession
from botocore.loaders import Loader, create_loader

from bot.aws.errors import reading, result
from bot.aws.parse import read_aside
from bot.errors import SettingsError
from bot.values import Value

#: ``total_max_attempts`` counts the first one; ``max_attempts`` here would mean so many more.
#: https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
READ = AioConfig(
    connect_timeout=5,
    read_timeout=15,
    max_pool_connections=20,
    retries={"mode": "standard", "total_max_attempts": 3},
)
#: Five hundred queries a call: checking them takes as long as asking.
FIGURES = READ.merge(AioConfig(parameter_validation=False))
#: By default a reboot is sent up to five times where an answer is lost, and no call of RDS takes a
#: token by which AWS would know the second one.
#: https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
ACT = AioConfig(
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=1,
    retries={"mode": "standard", "total_max_attempts": 1},
)


#: Who is told of every call: the service, the action and how it ended.
Answered = Callable[[str, str, str], None]


class Account(Value):
    """An AWS account that the bot works in. Without ``role_arn`` it uses its own credentials."""

    id: str
    name: str
    regions: tuple[str, ...]
    role_arn: str | None = None
    external_id: str | None = None
    monitoring_role: str = ""  #: by which Enhanced Monitoring writes its figures; empty: none


class Acting(Value):
    """On whose behalf a mutating call goes out; both end up in CloudTrail."""

    session_name: str
    source_identity: str


class Sessions:
    """Every session shares one model loader, and copies one set of botocore's own handlers.

    A copy takes 0.4 ms of a processor, registering them 7; the loader saves 70 ms and 10 MiB.
    """

    def __init__(
        self,
        region: str | None,
        answered: Answered = lambda *_: None,
        nearest: str | None = None,
    ) -> None:
        """``nearest``: where roles are assumed if neither ``region`` nor a profile says where."""
        self._region = region
        self._nearest = nearest
        self._answered = answered
        self._base = self._fresh()
        self._stack = AsyncExitStack()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._sessions: dict[str, aioboto3.Session] = {}
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def client(self, service: str, account: Account, region: str) -> Any:
        """A client for reading, opened once and kept."""
        key = (service, account.id, region)
        # Opening waits: of two who come together, the second takes what the first has opened.
        async with self._opening:
            if key not in self._clients:
                session = self._session(account)
                config = FIGURES if service == "cloudwatch" else READ
                opened = session.client(service, region_name=region, config=config)
                self._clients[key] = await self._stack.enter_async_context(opened)
            return self._clients[key]

    @asynccontextmanager
    async def acting(
        self, service: str, account: Account, region: str, acting: Acting
    ) -> AsyncIterator[Any]:
        """A client for one step, with a single attempt. Raises AWSRefusedError without a role."""
        keys = await self._acting_keys(account, acting)
        agent = AioConfig(user_agent_extra=f"rds-bot req/{acting.session_name}")
        session = aioboto3.Session(botocore_session=self._base)
        async with session.client(
            service, region_name=region, config=ACT.merge(agent), **keys
        ) as client:
            yield client

    def own_region(self) -> str:
        """The region of the bot's environment or profile. Raises SettingsError without one."""
        return _some(self._home())

    def _home(self) -> str | None:
        region: str | None = self._region or self._base.get_config_variable("region")
        return region

    async def own_account(self) -> Account:
        """The account and region of the bot's own credentials, where none are configured."""
        region = _some(self._home() or self._nearest)
        placeholder = Account(id="", name="", regions=(region,))
        sts = await self.client("sts", placeholder, region)
        with reading():
            identity = await sts.get_caller_identity()
        return Account(id=identity["Account"], name=identity["Account"], regions=(region,))

    def _session(self, account: Account) -> aioboto3.Session:
        if account.role_arn is None:
            return aioboto3.Session(botocore_session=self._base)
        if account.id not in self._sessions:
            self._sessions[account.id] = self._with(
                # botocore's own way opens a client of STS for each refresh. These wait for one
                # another: many calls near the end of an hour assume the role once.
                AioDeferredRefreshableCredentials(
                    refresh_using=lambda: self._assume(account, {}),
                    method="sts-assume-role",
                )
            )
        return self._sessions[account.id]

    async def _acting_keys(self, account: Account, acting: Acting) -> dict[str, str]:
        """Of this step alone; none where the bot acts with its own."""
        if account.role_arn is None:
            return {}
        found = await self._assume(
            account,
            {"RoleSessionName": acting.session_name, "SourceIdentity": acting.source_identity},
        )
        # Given to the client: aioboto3 would put keys of a session into the shared one below it,
        # and everybody would act as this step.
        return {
            "aws_access_key_id": found["access_key"],
            "aws_secret_access_key": found["secret_key"],
            "aws_session_token": found["token"],
        }

    def _with(self, credentials: AioDeferredRefreshableCredentials) -> aioboto3.Session:
        session = self._fresh()
        # Private: a session of botocore takes only fixed keys from outside, none that are renewed.
        session._credentials = credentials
        return aioboto3.Session(botocore_session=session)

    def _fresh(self) -> AioSession:
        hooks = copy(_handlers())
        return self._observed(AioSession(event_hooks=hooks, include_builtin_handlers=False))

    def _observed(self, session: AioSession) -> AioSession:
        # STS's global endpoint is far from most, alone, and its tokens are not good everywhere:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
        session.set_config_variable("sts_regional_endpoints", "regional")
        models = _models(session.get_config_variable("data_path"))
        session.register_component("data_loader", models)
        events = session.get_component("event_emitter")
        events.register("after-call", self._ended)
        events.register("after-call-error", self._ended)
        read_aside(session)
        return session

    def _ended(self, event_name: str, parsed: Any = None, **_: object) -> None:
        """Once a call, however often it was tried; ``parsed`` is None where no answer came."""
        client, action = event_name.split(".")[1:]
        self._answered(client, action, result(parsed))

    async def _assume(self, account: Account, names: dict[str, str]) -> dict[str, str]:
        """At the bot's home: one place for all roles, so that no far region's STS decides.

        What a regional STS gives is good in every region, also in those one has to opt into.
        """
        region = self._home() or self._nearest or account.regions[0]
        sts = await self.client("sts", Account(id="", name="", regions=(region,)), region)
        external = {"ExternalId": account.external_id} if account.external_id else {}
        wanted = {"RoleSessionName": "rds-bot", **names, **external}
        with reading():
            # The bot's own credentials may be a role's, and AWS gives a chained one no more time.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
            reply = await sts.assume_role(RoleArn=account.role_arn, DurationSeconds=3600, **wanted)
        found = reply["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }


def _some(region: str | None) -> str:
    if region is None:
        raise SettingsError(
            ["AWS_REGION: not set; set it, or give accounts in rds-bot.yml regions"]
        )
    return region


@cache
def _models(folders: str | None) -> Loader:
    return create_loader(folders)


@cache
def _handlers() -> AioHierarchicalEmitter:
    """Botocore's own, the same for every session; to be copied, as clients do with a session's."""
    hooks = AioHierarchicalEmitter()
    AioSession(event_hooks=hooks)
    return hooks
