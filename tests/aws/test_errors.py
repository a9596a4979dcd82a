"""Every failure that botocore knows, as it counts for a mutating call: unknown means ambiguous."""

import inspect
import socket

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from botocore import exceptions as aws
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError
from botocore.retries.standard import ThrottledRetryableChecker

from bot.aws.errors import NEVER_LEAVES, NEVER_LEFT, THROTTLED, acting, reading
from bot.errors import (
    AWSAmbiguousError,
    AWSError,
    AWSNotFoundError,
    AWSNotNowError,
    AWSRefusedError,
    AWSUnavailableError,
)

CLASSES = sorted(
    (
        found
        for _, found in inspect.getmembers(aws, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == aws.__name__
    ),
    key=lambda one: one.__name__,
)
FAILURES = (aws.BotoCoreError, aws.ClientError, aws.HTTPClientError)
KEY = ConnectionKey("rds.us-east-1.amazonaws.com", 443, True, True, None, None, None)


def an(error: type[Exception], **words: object) -> Exception:
    if issubclass(error, aws.ClientError):
        return answered("Odd", 418)
    made: Exception = _bare(error)
    made.__dict__["kwargs"] = words
    return made


def _bare(error: type[Exception]) -> Exception:
    """Without the words that its message asks for."""
    made: Exception = error.__new__(error, error.__name__)
    return made


def answered(code: str, status: int, message: str = "so it is") -> Exception:
    said = {"Code": code, "Message": message}
    answer = {"Error": said, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = aws.ClientError(answer, "RebootDBInstance")
    return error


def of_acting(error: BaseException) -> AWSError:
    with pytest.raises(AWSError) as caught, acting():
        raise error
    return caught.value


def of_reading(error: BaseException) -> AWSError:
    with pytest.raises(AWSError) as caught, reading():
        raise error
    return caught.value


@pytest.mark.parametrize("error", CLASSES, ids=lambda one: one.__name__)
def test_what_does_not_prove_that_nothing_left_is_ambiguous(error: type[Exception]) -> None:
    found = of_acting(an(error))

    if issubclass(error, NEVER_LEFT):
        assert type(found) is AWSNotNowError
    elif issubclass(error, (*NEVER_LEAVES, aws.ClientError)):
        assert type(found) is AWSRefusedError
    else:
        assert type(found) is AWSAmbiguousError


def test_what_throttles_is_what_botocore_says_throttles() -> None:
    legacy = create_loader().load_data("_retry")["definitions"].values()
    answers = [one["applies_when"].get("response", {}) for one in legacy]
    codes = {one["service_error_code"] for one in answers if "service_error_code" in one}

    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == THROTTLED
    assert codes <= THROTTLED


def test_an_answer_that_is_none_of_awss_is_no_answer() -> None:
    error = ResponseParserError("Unable to parse response: <html>")

    assert type(of_reading(error)) is AWSUnavailableError
    assert type(of_acting(error)) is AWSAmbiguousError


@pytest.mark.parametrize("error", [OSError("x"), TimeoutError(), ValueError("x"), KeyError("x")])
def test_any_other_failure_of_a_call_is_ambiguous(error: Exception) -> None:
    assert type(of_acting(error)) is AWSAmbiguousError


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError("refused")), AWSNotNowError),
        (socket.gaierror("no such name"), AWSNotNowError),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), AWSAmbiguousError),
        (aiohttp.ClientConnectionError("Connection lost"), AWSAmbiguousError),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_connection_that_never_stood_differs_from_one_that_broke(
    inner: Exception, expected: type[AWSError]
) -> None:
    error = aws.EndpointConnectionError(endpoint_url="https://rds", error=inner)

    assert type(of_acting(error)) is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        *((code, 400, AWSNotNowError) for code in sorted(THROTTLED)),
        ("RequestLimitExceeded", 503, AWSNotNowError),
        ("WhoeverSaysThis", 429, AWSNotNowError),
        ("InvalidDBInstanceState", 400, AWSNotNowError),
        ("InvalidDBClusterStateFault", 400, AWSNotNowError),
        ("InvalidDBSnapshotState", 400, AWSNotNowError),
        ("ExpiredToken", 403, AWSNotNowError),
        ("RequestExpired", 400, AWSNotNowError),
        ("RequestInTheFuture", 403, AWSNotNowError),
        ("RequestTimeTooSkewed", 403, AWSNotNowError),
        ("SignatureDoesNotMatch", 403, AWSRefusedError),
        ("AccessDenied", 403, AWSRefusedError),
        ("InvalidParameterValue", 400, AWSRefusedError),
        ("InvalidParameterCombination", 400, AWSRefusedError),
        ("InvalidVPCNetworkStateFault", 400, AWSRefusedError),
        ("SnapshotQuotaExceeded", 400, AWSRefusedError),
        ("DBSnapshotAlreadyExists", 400, AWSRefusedError),
        ("DBInstanceNotFound", 404, AWSNotFoundError),
        ("RequestTimeout", 408, AWSAmbiguousError),
        ("400", 400, AWSAmbiguousError),
        ("Unknown", 403, AWSAmbiguousError),
        ("InvalidDBInstanceState", 500, AWSAmbiguousError),
        ("InternalFailure", 500, AWSAmbiguousError),
        ("ServiceUnavailable", 503, AWSAmbiguousError),
        ("", 0, AWSAmbiguousError),
    ],
)
def test_awss_own_answer_to_a_mutating_call(
    code: str, status: int, expected: type[AWSError]
) -> None:
    assert type(of_acting(answered(code, status))) is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("Throttling", 400, AWSUnavailableError),
        ("ThrottlingException", 400, AWSUnavailableError),
        ("RequestThrottled", 400, AWSUnavailableError),
        ("SlowDown", 503, AWSUnavailableError),
        ("403", 403, AWSUnavailableError),
        ("InvalidDBInstanceState", 400, AWSNotNowError),
        ("ExpiredToken", 403, AWSUnavailableError),
        ("AccessDenied", 403, AWSRefusedError),
        ("DBInstanceNotFound", 404, AWSNotFoundError),
        ("InternalFailure", 500, AWSUnavailableError),
    ],
)
def test_awss_own_answer_to_a_read(code: str, status: int, expected: type[AWSError]) -> None:
    assert type(of_reading(answered(code, status))) is expected


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidSignatureException"])
@pytest.mark.parametrize(
    "message",
    [
        "Signature expired: 20261128T100000Z is now earlier than 20261128T125500Z",
        "Signature not yet current: 20261128T160000Z is still later than 20261128T130500Z",
    ],
)
def test_a_signature_by_a_wrong_clock_is_no_word_about_the_key(code: str, message: str) -> None:
    assert type(of_acting(answered(code, 403, message))) is AWSNotNowError
    assert type(of_reading(answered(code, 403, message))) is AWSUnavailableError
    assert type(of_acting(answered(code, 500, message))) is AWSAmbiguousError


@pytest.mark.parametrize(
    "error", [one for one in CLASSES if issubclass(one, FAILURES)], ids=lambda one: one.__name__
)
def test_a_read_that_fails_is_never_ambiguous(error: type[Exception]) -> None:
    assert not isinstance(of_reading(an(error)), AWSAmbiguousError)


def test_credentials_that_a_step_cannot_get_mean_that_nothing_left() -> None:
    found = of_acting(AWSUnavailableError("AWS did not answer"))

    assert isinstance(found, AWSNotNowError)
    assert found.code == "NotSent"
