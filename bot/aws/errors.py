"""Foreign errors, translated once at the door. What is unknown counts as ambiguous."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

from bot.errors import (
    AWSAmbiguousError,
    AWSError,
    AWSNotFoundError,
    AWSNotNowError,
    AWSRefusedError,
    AWSUnavailableError,
)
from bot.settings import OBSERVES

#: botocore's own lists, of its standard and of its legacy mode; a test holds them together.
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
TOO_MANY_REQUESTS = 429
#: What made the caller's word too old, or too early, is made anew for the next call.
EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
    }
)
#: The same of a signature by a clock that is wrong; the code says as well that the key is.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
UNTIMELY = ("Signature expired", "Signature not yet current")
#: AWS is at work on it, or began to after it was last looked at; some end in ``Fault``.
#: Where such a state does not pass, the check before the next call says so.
BUSY = frozenset(
    {
        "InvalidBlueGreenDeploymentState",
        "InvalidDBClusterSnapshotState",
        "InvalidDBClusterState",
        "InvalidDBInstanceState",
        "InvalidDBParameterGroupState",
        "InvalidDBProxyState",
        "InvalidDBSnapshotState",
        "InvalidGlobalClusterState",
    }
)
#: AWS has no machine or disk of that kind free there; a little later it may.
CAPACITY = frozenset(
    {
        "InsufficientDBClusterCapacity",
        "InsufficientDBInstanceCapacity",
        "InsufficientStorageClusterCapacity",
    }
)
#: Said of a request that was not read to its end in time, whatever was done about it.
HALF_READ = frozenset({"RequestTimeout", "RequestTimeoutException"})

#: Raised before anything leaves this machine, for a reason that stays.
NEVER_LEAVES = (
    aws.ParamValidationError,
    aws.PartialCredentialsError,
    aws.NoRegionError,
    aws.InvalidRegionError,
    aws.UnknownEndpointError,
)
#: Raised before a connection stands, or where whoever knows the credentials does not answer.
NEVER_LEFT = (
    aws.NoCredentialsError,
    aws.CredentialRetrievalError,
    aws.TokenRetrievalError,
    aws.MetadataRetrievalError,
    aws.SSOError,
    aws.ConnectTimeoutError,
    aws.ProxyConnectionError,
    aws.SSLError,
)


def result(parsed: Mapping[str, Any] | None) -> str:
    """How a call ended, in a word: ok, throttled, refused, broken or unanswered."""
    if parsed is None:
        return "unanswered"
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if _is_throttled(parsed.get("Error", {}).get("Code", ""), status):
        return "throttled"
    return "ok" if status < 300 else "refused" if status < 500 else "broken"


def observed() -> AWSRefusedError:
    """For whatever would change anything where the bot only observes."""
    return AWSRefusedError("Observed", OBSERVES)


@contextmanager
def reading() -> Iterator[None]:
    """A read either tells us something, or can be tried again later."""
    try:
        yield
    except aws.ClientError as error:
        raise _answered(error, AWSUnavailableError) from error
    except (aws.NoCredentialsError, aws.PartialCredentialsError) as error:
        raise AWSUnavailableError(
            f"I have no AWS credentials ({error}). Run me with a role, or set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    except (aws.BotoCoreError, aws.HTTPClientError, OSError, TimeoutError) as error:
        raise AWSUnavailableError(f"AWS did not answer: {error}") from error
    except (ResponseParserError, ValueError) as error:  # a proxy's page, half of one, no figure
        raise AWSUnavailableError("AWS's answer could not be read.") from error


@contextmanager
def acting() -> Iterator[None]:
    """The one mutating call was refused for certain, never left, or may have arrived."""
    try:
        yield
    except AWSUnavailableError as error:  # no credentials for the step, so no call
        raise _never_left(error) from error
    except AWSError:
        raise
    except aws.ClientError as error:
        raise _answered(error, AWSAmbiguousError) from error
    # Also what botocore does not raise today: who is unsure whether it left must not send it again.
    except Exception as error:
        raise _unanswered(error) from error


def _unanswered(error: Exception) -> AWSError:
    reason = str(error) or type(error).__name__
    if isinstance(error, NEVER_LEAVES):
        return AWSRefusedError("NotSent", f"The call never left the bot: {reason}")
    if isinstance(error, NEVER_LEFT) or _never_connected(error):
        return _never_left(error)
    return AWSAmbiguousError(f"AWS's answer was lost: {reason}")


def _never_left(error: Exception) -> AWSNotNowError:
    reason = str(error) or type(error).__name__
    return AWSNotNowError("NotSent", f"The call never left the bot: {reason}")


def _never_connected(error: Exception) -> bool:
    """aiobotocore says EndpointConnectionError also of a connection that broke after the send."""
    inner = error.kwargs.get("error") if isinstance(error, aws.EndpointConnectionError) else None
    return isinstance(inner, aiohttp.ClientConnectorError | socket.gaierror)


def _answered(
    error: aws.ClientError, undecided: type[AWSUnavailableError] | type[AWSAmbiguousError]
) -> AWSError:
    """AWS's own answer; what is no word of AWS's, and a 5xx, proves nothing.

    What is throttled, busy or untimely was not done: a read may be asked again, a call sent again.
    """
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "") or str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    untimely = code in EXPIRED or (400 <= status < 500 and message.startswith(UNTIMELY))
    passing = untimely or _is_throttled(code, status)
    if undecided is AWSUnavailableError and passing:
        return AWSUnavailableError(f"AWS answered {code}: {message}")
    if passing or (400 <= status < 500 and code.removesuffix("Fault") in BUSY | CAPACITY):
        return AWSNotNowError(code, message)
    if not 400 <= status < 500 or not _is_word(code) or code in HALF_READ:
        return undecided(f"AWS answered {status} {code}: {message}")
    # DBInstanceNotFound, but DBClusterNotFoundFault: the wire has no one ending for it.
    if "NotFound" in code:
        return AWSNotFoundError(code, message)
    return AWSRefusedError(code, message)


def _is_throttled(code: str, status: int) -> bool:
    return code in THROTTLED or status == TOO_MANY_REQUESTS


def _is_word(code: str) -> bool:
    """botocore puts the status, or ``Unknown``, where an answer has no code of AWS's."""
    return code not in ("", "Unknown") and not code.isdigit()
