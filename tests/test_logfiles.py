"""What is wrong in a log file, whoever wrote it: each engine's own format, counted."""

import time

import pytest

from bot.logfiles import Entry, Gravity, entries, folded, groups, is_aside
from bot.values import SECOND

NINE = 1_783_328_400 * SECOND  #: 2026-07-06 09:00:00 UTC
DAY = "2026-07-06"
PREFIX = f"{DAY} 09:00:00 UTC:10.0.1.5(54321):app@orders:[1234]"


@pytest.mark.parametrize(
    ("engine", "text", "gravity", "said"),
    [
        ("postgres", f'{PREFIX}:FATAL:  password authentication failed for user "reporting"',
         Gravity.FATAL, 'password authentication failed for user "reporting"'),
        ("aurora-postgresql", f"{DAY} 09:00:00.123 UTC::@:[7]:PANIC:  could not write to file",
         Gravity.FATAL, "could not write to file"),
        ("postgres", f"{PREFIX}:ERROR:  deadlock detected", Gravity.ERROR, "deadlock detected"),
        ("postgres", f"{PREFIX}:1:40P01:{DAY} 08:00:00 UTC:3/4:0:c0:ERROR:  deadlock detected",
         Gravity.ERROR, "deadlock detected"),
        ("postgres", f"{DAY} 09:00:00 UTC:FATAL:  too many", Gravity.FATAL, "too many"),
        ("postgres", f"{PREFIX}:WARNING:  there is no transaction in progress", Gravity.WARNING,
         "there is no transaction in progress"),
        ("postgres", f"{PREFIX}:LOG:  server process (PID 9) was terminated by signal 9: Killed",
         Gravity.FATAL, "server process (PID 9) was terminated by signal 9: Killed"),
        ("postgres", f"{PREFIX}:LOG:  duration: 12 ms  statement: select 'x:ERROR:  no'",
         Gravity.CALM, "duration: 12 ms  statement: select 'x:ERROR:  no'"),
        ("postgres", f'{DAY} 09:00:00.1 UTC,"app","orders",12,"10.0.0.1:33",a.1,1,"INSERT",'
         f'{DAY} 09:00:00 UTC,3/4,0,ERROR,23505,"duplicate key ""x""",,,,',
         Gravity.ERROR, 'duplicate key "x"'),
        ("mysql", f"{DAY}T09:00:00.123456Z 8 [ERROR] [MY-013183] [InnoDB] Write failed",
         Gravity.ERROR, "Write failed"),
        ("mysql", f"{DAY}T09:00:00.123456Z 0 [ERROR] [MY-010119] [Server] Aborting",
         Gravity.FATAL, "Aborting"),
        ("mysql", f"{DAY}T11:00:00.123456+02:00 9 [Warning] slow disk", Gravity.WARNING,
         "slow disk"),
        ("aurora-mysql", f"{DAY}T09:00:00.1Z 9 [Note] [MY-010926] [Server] Access denied for 'x'",
         Gravity.WARNING, "Access denied for 'x'"),
        ("mariadb", f"{DAY}  9:00:00 0 [Note] ready".replace("  9", " 09"), Gravity.CALM, "ready"),
        ("mariadb", f"{DAY} 09:00:00 0 [ERROR] Table 'a' is marked as crashed", Gravity.ERROR,
         "Table 'a' is marked as crashed"),
        ("mysql", "260706  9:00:00 [ERROR] Can't open file", Gravity.ERROR, "Can't open file"),
        ("sqlserver-se", f"{DAY} 09:00:00.12 Logon       Error: 18456, Severity: 14, State: 8.\n"
         f"{DAY} 09:00:00.12 Logon       Login failed for user 'sa'.",
         Gravity.ERROR, "error 18456: Login failed for user 'sa'."),
        ("sqlserver-ex", f"{DAY} 09:00:00.12 spid51      Error: 823, Severity: 24, State: 2.\n"
         f"{DAY} 09:00:00.12 spid51      The operating system returned error 38",
         Gravity.FATAL, "error 823: The operating system returned error 38"),
        ("sqlserver-se", f"{DAY} 09:00:00.12 spid5s      Starting up database 'x'.",
         Gravity.CALM, "Starting up database 'x'."),
        ("sqlserver-se", f"{DAY} 09:00:00 - ! [298] SQLServer Error: 22022", Gravity.ERROR,
         "SQLServer Error: 22022"),
        ("oracle-ee", f"{DAY}T09:00:00.123456+00:00\nORA-00600: internal error code",
         Gravity.FATAL, "ORA-00600: internal error code"),
        ("oracle-se2", "Mon Jul 06 09:00:00 2026\nORA-01555 caused by SQL statement",
         Gravity.ERROR, "ORA-01555 caused by SQL statement"),
        ("custom-oracle-ee", f"{DAY}T09:00:00.1+00:00\nThread 1 advanced to log sequence 8",
         Gravity.CALM, "Thread 1 advanced to log sequence 8"),
    ],
)  # fmt: skip
def test_each_engine_is_read_as_it_writes(
    engine: str, text: str, gravity: Gravity, said: str
) -> None:
    found = entries(engine, "error/log", text)

    assert found == (Entry(NINE, gravity, said),)


def test_slow_statements_are_counted_by_their_seconds() -> None:
    text = (f"# Time: {DAY}T09:00:00.123456Z\n# User@Host: app[app] @ [10.0.0.1]\n"
            "# Query_time: 4.312  Lock_time: 0.0 Rows_sent: 1\nSELECT 1;\n")  # fmt: skip

    [group] = groups(entries("mysql", "slowquery/mysql-slowquery.log", text) or (), 0)

    assert (group.text, group.count, group.last) == ("slow query, 4.312 s", 1, NINE)


@pytest.mark.parametrize(
    ("engine", "text", "known"),
    [
        ("db2-se", "2026-07-06 wrong\n", False),
        ("postgres", "nonsense\nof several lines", False),
        ("mysql", "\x00\x01", False),
        ("oracle-ee", "ORA-00600 before any instant", False),
        ("postgres", "", True),
        ("postgres", "\n \n", True),
    ],
)
def test_a_format_that_is_unknown_is_no_empty_log(engine: str, text: str, known: bool) -> None:
    assert (entries(engine, "x", text) is not None) is known


def test_what_continues_an_entry_is_no_entry() -> None:
    text = (f"{PREFIX}:ERROR:  relation missing\n{PREFIX}:STATEMENT:  select 'FATAL:  no'\n"
            "\tfrom orders\n{PREFIX}:DETAIL:  ERROR:  none\n")  # fmt: skip

    assert [one.text for one in entries("postgres", "x", text) or ()] == ["relation missing"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("process 12 waits", "process 99123 waits", True),
        ("took 1000ms", "took 12.5ms", True),
        ("from 10.0.4.17:5432", "from 10.0.9.1:99", True),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "7ba7b810-9dad-11d1-80b4-00c04fd430c8", True),
        ("at 0x7f3c", "at 0x99ff", True),
        ("partition orders_2026", "partition orders_2027", True),
        ("ORA-00600: x", "ORA-07445: x", False),
        ("error 823: x", "error 824: x", False),
        ('user "reporting"', 'user "billing"', False),
    ],
)  # fmt: skip
def test_what_says_the_same_but_for_numbers_is_counted_together(
    one: str, other: str, same: bool
) -> None:
    found = groups([Entry(NINE, Gravity.ERROR, it) for it in (one, other)], 0)

    assert (len(found) == 1) is same
    assert found[0].varies is same
    assert (folded(one) == folded(other)) is same


def test_the_gravest_comes_first_then_the_most_frequent_and_the_last_time_is_told() -> None:
    said = [("warned", Gravity.WARNING, 0)] * 9 + [("once", Gravity.ERROR, 1)] + [
        ("often", Gravity.ERROR, 2), ("often", Gravity.ERROR, 5), ("died", Gravity.FATAL, 1),
        ("calm", Gravity.CALM, 9),
    ]  # fmt: skip
    found = groups([Entry(NINE + at * SECOND, one, text) for text, one, at in said], NINE)

    assert [(one.text, one.count) for one in found] == [
        ("died", 1), ("often", 2), ("once", 1), ("warned", 9)
    ]  # fmt: skip
    assert found[1].last == NINE + 5 * SECOND


def test_what_is_older_is_left_out_and_what_has_no_instant_is_not() -> None:
    text = (
        f"{DAY} 08:00:00 UTC:ERROR:  old\n{DAY} 08:00:00 CEST:ERROR:  of a zone that nobody knows"
    )

    assert [one.text for one in groups(entries("postgres", "x", text) or (), NINE)] == [
        "of a zone that nobody knows"
    ]


@pytest.mark.parametrize(
    ("name", "aside"),
    [("general/mysql-general.log", True), ("audit/server_audit.log", True), ("x/y.trc", True),
     ("error/postgresql.log.2026-07-06-09", False), ("trace/alert_ORCL.log", False),
     ("log/ERROR", False), ("error/mysql-error-running.log", False)],
)  # fmt: skip
def test_what_is_written_of_every_statement_is_not_looked_through(name: str, aside: bool) -> None:
    assert is_aside(name) is aside


@pytest.mark.parametrize("line", ["a:" * 500_000, "0" * 1_000_000, "-eyJ" * 250_000, "[" * 500_000])
def test_a_line_of_a_megabyte_holds_nobody_up(line: str) -> None:
    began = time.thread_time()
    for engine in ("postgres", "mysql", "sqlserver-se", "oracle-ee"):
        groups(entries(engine, "x", f"{DAY} 09:00:00 UTC:ERROR:  {line}\n{line}") or (), 0)

    assert time.thread_time() - began < 1
