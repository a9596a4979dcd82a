"""Whatever a process prints is one JSON event a line, with its secrets masked."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

SECRET = "password=hunter2"

#: Each in a process of its own, as what they use is the whole process's: its streams and hooks.
SAID = {
    "an event": f"log.info('it.happened', why='{SECRET}')",
    "a value that JSON does not know": "log.info('it.happened', what={'a': [Odd()], 'b': {1}})",
    "a value that cannot be shown": "log.info('it.happened', what=Unspeakable())",
    "a secret for a name": f"log.info('it.happened', about={{'{SECRET}': {{'{SECRET}': 1}}}})",
    "a pair for a name": "log.info('it.happened', about={('password', 'hunter2'): 1})",
    "figures that are none": "log.info('it.happened', a=float('nan'), b=[float('-inf')])",
    "a value that holds itself": "me = {'a': [1]}; me['a'].append(me); log.info('it.was', me=me)",
    "values deep in values": "log.info('it.happened', deep=json.loads('[' * 900 + ']' * 900))",
    "a secret's name": "log.info('it.happened', about={'password': 'hunter2'})",
    "several lines": f"log.info('it.happened', why='one\\n{SECRET}\\nthree')",
    "an exception": f"""
try:
    raise ValueError('{SECRET}')
except ValueError:
    log.exception('it.failed')
""",
    "what caused it": f"""
try:
    try:
        raise ValueError('{SECRET}')
    except ValueError as error:
        raise KeyError('{SECRET}') from error
except KeyError:
    log.exception('it.failed')
""",
    "a note of it": f"""
try:
    error = ValueError('no')
    error.add_note('{SECRET}')
    raise error
except ValueError:
    log.exception('it.failed')
""",
    "a group": f"""
try:
    inner = ExceptionGroup('in', [KeyError('{SECRET}')])
    raise ExceptionGroup('all', [ValueError('{SECRET}'), inner])
except ExceptionGroup:
    log.exception('it.failed')
""",
    "a library's line": f"logging.getLogger('lib').warning('%s said\\n%s', 'it', '{SECRET}')",
    "a library's traceback": f"""
try:
    raise ValueError('{SECRET}')
except ValueError:
    logging.getLogger('some.library').exception('failed')
""",
    "a library's stack": f"logging.getLogger('lib').warning('{SECRET}', stack_info=True)",
    "a library's mistake": f"logging.getLogger('lib').warning('%d {SECRET}', 'no number')",
    "what is printed": f"print('{SECRET}')",
    "what is printed to standard error": f"print('one\\n{SECRET}', file=sys.stderr)",
    "a printed traceback": f"""
import traceback
try:
    raise ValueError('{SECRET}')
except ValueError:
    traceback.print_exc()
""",
    "a warning": f"import warnings; warnings.warn('{SECRET}', stacklevel=1)",
    "an exception that nobody caught": f"raise ValueError('{SECRET}')",
    "one in a thread": f"""
def fail():
    raise ValueError('{SECRET}')
thread = threading.Thread(target=fail); thread.start(); thread.join()
""",
    "one in a finaliser": f"""
class Fails:
    def __del__(self):
        raise ValueError('{SECRET}')
Fails(); gc.collect()
""",
    "one in a task that nobody awaits": f"""
async def fail():
    raise ValueError('{SECRET}')
async def main():
    task = asyncio.create_task(fail()); await asyncio.sleep(0.01); del task; gc.collect()
asyncio.run(main())
""",
    "one in a callback": f"""
def fail():
    raise ValueError('{SECRET}')
async def main():
    asyncio.get_running_loop().call_soon(fail); await asyncio.sleep(0.01)
asyncio.run(main())
""",
    "a coroutine that nobody awaits": """
async def forgotten(): pass
forgotten(); gc.collect()
""",
    "a slow step, in asyncio's debug mode": f"""
async def main():
    time.sleep(0.2)
asyncio.run(main(), debug=True)
log.info('it.happened', why='{SECRET}')
""",
    "a web server's access": f"logging.getLogger('aiohttp.access').warning('GET /?token={SECRET}')",
}
BEGINNING = """
import asyncio, gc, json, logging, sys, threading, time
import structlog
from bot.health import logs
logs.take_over()
log = structlog.get_logger()
class Odd:
    def __repr__(self): return "Odd(password='hunter2')"
class Unspeakable:
    def __repr__(self): raise ValueError("password=hunter2")
"""


@pytest.mark.parametrize("what", SAID)
def test_whatever_is_printed_is_one_event_a_line_without_secrets(what: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BEGINNING + SAID[what]], capture_output=True, text=True, timeout=50
    )

    assert ran.stdout == ""
    assert events(ran.stderr) != []
    assert "hunter2" not in ran.stderr


def test_an_exception_is_logged_with_where_it_came_from() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BEGINNING + SAID["an exception that nobody caught"]],
        capture_output=True, text=True, timeout=50,
    )  # fmt: skip

    [event] = events(ran.stderr)
    assert ran.returncode == 1
    assert (event["event"], event["level"]) == ("process.uncaught", "critical")
    assert 'File "<string>", line' in event["exception"]
    assert event["exception"].endswith("ValueError: password=[masked]")


def events(printed: str) -> Sequence[dict[str, Any]]:
    read = [json.loads(line, parse_constant=no_json) for line in printed.splitlines()]
    assert all({"event", "level", "timestamp"} <= event.keys() for event in read)
    return read


def no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
