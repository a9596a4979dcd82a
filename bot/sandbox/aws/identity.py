"""Who calls: the sessions STS has given out, by their access key."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from moto.core.responses import ActionResult
from moto.sts.exceptions import STSValidationError
from moto.sts.models import AssumedRole
from moto.sts.responses import TokenResponse

MAIN_ACCOUNT = "123456789012"
"""Where credentials belong that no AssumeRole gave out."""

BASE_USER = "rds-bot"
OUTSIDER = "outsider"
"""Session name of the clients that stand for somebody else's hand in the account."""

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


@dataclass(frozen=True)
class Caller:
    """`session_name` and what follows are None for the user the bot starts out as."""

    account: str
    access_key: str
    session_name: str | None = None
    source_identity: str | None = None
    role_arn: str | None = None
    policy: str | None = None

    @property
    def username(self) -> str:
        """As CloudTrail's LookupEvents knows the caller."""
        return self.session_name or BASE_USER

    @property
    def arn(self) -> str:
        if self.role_arn is None:
            return f"arn:aws:iam::{self.account}:user/{BASE_USER}"
        role = self.role_arn.rpartition("/")[2]
        return f"arn:aws:sts::{self.account}:assumed-role/{role}/{self.session_name}"


class Sessions:
    """Callers by access key. A missing temporary key was given out before a reset, if ever."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def reset(self) -> None:
        self._callers.clear()

    def remember(self, role: AssumedRole, source_identity: str | None) -> None:
        self._callers[role.access_key_id] = Caller(
            role.account_id,
            role.access_key_id,
            role.session_name,
            source_identity,
            role.role_arn,
            role.policy,
        )

    def find(self, access_key: str) -> Caller | None:
        """None for a temporary key that nobody was given: AWS calls it an invalid token."""
        if access_key.startswith("ASIA"):
            return self._callers.get(access_key)
        return Caller(MAIN_ACCOUNT, access_key)


class STS(TokenResponse):
    """`sessions` is set by whoever installs it: moto makes its responses by itself."""

    sessions: ClassVar[Sessions]

    def assume_role(self) -> ActionResult:
        identity = self.params.get("SourceIdentity")
        for name, value in (
            ("roleSessionName", self.params["RoleSessionName"]),
            ("sourceIdentity", identity),
        ):
            if value is not None and not _SESSION_NAME.fullmatch(value):
                raise STSValidationError(
                    f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy "
                    r"constraint: Member must satisfy regular expression pattern: [\w+=,.@-]{2,64}"
                )
        answer = cast(dict[str, Any], super().assume_role().result)
        self.sessions.remember(answer["Credentials"], identity)
        return ActionResult(answer | ({"SourceIdentity": identity} if identity else {}))

    def get_caller_identity(self) -> ActionResult:
        caller = self.sessions.find(self.get_access_key())
        if caller is None or caller.session_name is None:
            arn = f"arn:aws:iam::{MAIN_ACCOUNT}:user/{BASE_USER}"
            return ActionResult({"UserId": "AIDARDSBOT", "Account": MAIN_ACCOUNT, "Arn": arn})
        return super().get_caller_identity()
