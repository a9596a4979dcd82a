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
    AWSRefusedError,
    AWSUnavailableError,
)

THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})

#: Raised before anything leaves this machine, or before a connection stands.
NEVER_LEFT = (
    aws.ParamValidationError,
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.TokenRetrievalError,
    aws.NoRegionError,
    aws.ConnectTimeoutError,
    aws.ProxyConnectionError,
    aws.SSLError,
    aws.InvalidRegionError,
    aws.UnknownEndpointError,
)


def result(parsed: Mapping[str, Any] | None) -> str:
    """How a call ended, in a word: ok, throttled, refused, broken or unanswered."""
    if parsed is None:
        return "unanswered"
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if parsed.get("Error", {}).get("Code") in THROTTLED:
        return "throttled"
    return "ok" if status < 300 else "refused" if status < 500 else "broken"


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
        raise AWSRefusedError("NotSent", f"The call never left the bot: {error}") from error
    except AWSError:
        raise
    except aws.ClientError as error:
        raise _answered(error, AWSAmbiguousError) from error
    except Exception as error:
        raise _unanswered(error) from error


def _unanswered(error: Exception) -> AWSError:
    reason = str(error) or type(error).__name__
    if isinstance(error, NEVER_LEFT) or _never_connected(error):
        return AWSRefusedError("NotSent", f"The call never left the bot: {reason}")
    return AWSAmbiguousError(f"AWS's answer was lost: {reason}")


def _never_connected(error: Exception) -> bool:
    """aiobotocore says EndpointConnectionError also of a connection that broke after the send."""
    inner = error.kwargs.get("error") if isinstance(error, aws.EndpointConnectionError) else None
    return isinstance(inner, aiohttp.ClientConnectorError | socket.gaierror)


def _answered(
    error: aws.ClientError, undecided: type[AWSUnavailableError] | type[AWSAmbiguousError]
) -> AWSError:
    """AWS's own answer. A 5xx proves nothing; a throttled or expired read may be asked again."""
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "") or str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not 400 <= status < 500:
        return undecided(f"AWS answered {status} {code}: {message}")
    if undecided is AWSUnavailableError and code in THROTTLED | EXPIRED:
        return undecided(f"AWS answered {code}: {message}")
    if "NotFound" in code:
        return AWSNotFoundError(code, message)
    return AWSRefusedError(code, message)
