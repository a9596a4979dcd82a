"""How much is caught and how much is touched, and that it takes the time that it may take.

The figures: ``python -m tests.masking.corpus``.
"""

import json
import time
from functools import cache

import pytest

from bot.masking import MASK, mask
from tests.masking.corpus import HARMLESS, SECRETS, Secret, is_caught, secrets, shares

LENGTH = 40_000
#: How much longer than a log of all that is known a run of one thing may take, and how much longer
#: than its share more of it may.
STUMBLES, LINEAR = 12.0, 2.0
#: Characters of a long log, and seconds of this thread for it.
LONG, ALLOWED = 220_000, 0.5
#: In JSON the quote in it is written as the one that ends a string of JSON in JSON.
AMBIGUOUS = 'password=hun"ter2'
#: Repeated, each is what an expression could stumble over: beginnings without an end, quotes in
#: quotes, runs of one character, names without values.
RUNS = (
    "a", " ", "\t", "\n", "1", "A1a/", "'", '"', '\\"', "\\", '\\\\\\"', "a@", "a.", "a-", "$",
    "$a$", "(", "[", "{", "<", "=", ":", ", ", "|", "*", "-----", "eyJ", "-eyJ", "eyJa.", "xoxb",
    "ghp_", "sk-", "SG.", "AKIA", "md5", "$1$", "{SSHA}", "0x0100", "key-", "://", "a://:",
    "://a:", "user:a@", "https://", "/hooks/a", "?key=", "?p=a&", "pwd ", "pwd:", "pwd=(",
    "pwd=[", "pwd=$$", "pwd=$(", "pwd/*", "pwd /* */", "password='", 'password="', "password:\n",
    "\npassword: ", "password:\n- a\n", "password: |\n", "password=a,", "password=a;",
    "password is ", "password,", '("password", ', "token=", "token token ", "--password ",
    "set token ", "login a password ", "passwordpassword", "<password", "<password>", "Cookie: ",
    "Authorization: ", "Authorization: Digest ", "Bearer ", "PASSWORD ", "IDENTIFIED BY ",
    "INSERT (a) VALUES ", "INSERT INTO t (password) VALUES (", "crypt(", "Failing row contains (",
    "parameters: $1 = 'a', ", "mysql -p", "curl ", "curl -u ", "-p ",
    "-----BEGIN PRIVATE KEY-----", "Private-Lines: 1 a", "%3D", "&quot;", "value=",
    "Server=a;Pwd=",
)  # fmt: skip


@pytest.mark.parametrize("one", secrets(), ids=lambda one: one.text[:40])
def test_secrets_are_masked_in_whole_and_the_rest_stays(one: Secret) -> None:
    assert is_caught(one), mask(one.text)
    assert mask(one.text) == MASK.join(one.kept)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(SECRETS) >= 300
    assert len(HARMLESS) >= 200
    assert shares() == (1.0, 0.0)


def test_what_is_masked_is_masked_once() -> None:
    once = [mask(one.text) for one in secrets()]

    assert list(map(mask, once)) == once


@pytest.mark.parametrize("times", [1, 2])
def test_secrets_are_found_inside_of_json(times: int) -> None:
    """Once for a line of a log, twice for what such a line quotes."""
    asked = [_in_json(one, times) for one in secrets() if one.text != AMBIGUOUS]

    assert [mask(one.text) for one in asked if not is_caught(one)] == []


@pytest.mark.parametrize("run", RUNS)
def test_the_time_grows_with_the_text_alone(run: str) -> None:
    """Held against what the same machine does meanwhile: a busy one is slow with everything."""
    assert _grows_alone(run) or _grows_alone(run), "also when it was tried again"


def _grows_alone(run: str) -> bool:
    log, quarter, whole = _seconds_of_a_log(), _once(_text(run, LENGTH // 4)), _once(_text(run))
    return whole < log * STUMBLES and whole < max(quarter, log / 8) * 4 * LINEAR


@pytest.mark.deep
def test_a_long_log_takes_less_than_half_a_second() -> None:
    assert _seconds(_log(), LONG) < ALLOWED


@cache
def _seconds_of_a_log() -> float:
    return _seconds(_log(), LENGTH)


def _log() -> str:
    return "\n".join([*HARMLESS, *(one.text for one in secrets())]) + "\n"


def _seconds(run: str, length: int) -> float:
    """The better of two: whatever else runs here takes from the worse."""
    text = _text(run, length)
    return min(_once(text), _once(text))


def _text(run: str, length: int = LENGTH) -> str:
    return (run * (length // len(run) + 1))[:length]


def _once(text: str) -> float:
    started = time.thread_time()
    mask(text)
    return time.thread_time() - started


def _in_json(one: Secret, times: int) -> Secret:
    text, parts = one.text, (*one.secrets, *one.kept)
    for _ in range(times):
        text = json.dumps({"event": text})
        parts = tuple(json.dumps(part)[1:-1] for part in parts)
    count = len(one.secrets)
    return Secret(text, parts[:count], (*parts[count:], '{"event": '))
