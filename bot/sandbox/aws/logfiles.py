"""Log files of the sandbox's databases: the same seed always writes the same lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError

from bot.sandbox.aws.actions import Actions

HOURS = 24
"""How long files are kept."""
LARGEST = 10_000
"""Lines of one answer."""

POSTGRES = (
    "LOG:  checkpoint starting: time",
    "LOG:  checkpoint complete: wrote 412 buffers (0.3%); 0 WAL file(s) added",
    "LOG:  connection authorized: user=app database=orders application_name=web",
    'FATAL:  password authentication failed for user "reporting"',
    "LOG:  duration: 1532.208 ms  statement: SELECT * FROM orders WHERE customer_id = 8812",
    'LOG:  automatic vacuum of table "orders.public.events": index scans: 1',
    "LOG:  statement: ALTER USER app PASSWORD 'sesame-9'",
    "ERROR:  canceling statement due to lock timeout",
)
MYSQL = (
    "[Note] Aborted connection 91 to db: 'billing' user: 'app' (Got timeout reading packets)",
    "[Warning] Access denied for user 'reporting'@'10.0.4.17' (using password: YES)",
    "[Note] InnoDB: page_cleaner: 1000ms intended loop took 4312ms",
    "[Note] Event Scheduler: loaded 2 events",
    "[Note] Slave SQL thread: CREATE USER 'app' IDENTIFIED BY 'sesame-9'",
)
SLOW = (
    "# Query_time: 4.312 Rows_examined: 812000 SELECT * FROM invoices WHERE paid_at IS NULL;",
    "# Query_time: 1.804 Rows_examined: 40211 SELECT sum(cents) FROM payments WHERE day = '11-20';",
    "# Query_time: 2.517 Rows_examined: 98113 UPDATE invoices SET late = 1 WHERE due < NOW();",
)
Trouble = tuple[float, tuple[str, ...]]
"""From which epoch second on what is written most of the time."""
OFTEN = 220
"""Of 256 lines."""
OTHER = ("Thread 1 advanced to log sequence 8123", "Completed checkpoint up to RBA")


@dataclass(frozen=True)
class File:
    """Attributes are named after the API's members; moto writes them as XML."""

    log_file_name: str
    begins: int
    ends: int
    sayings: tuple[str, ...]
    owner: str
    trouble: Trouble | None = None

    @property
    def last_written(self) -> int:
        return self.ends * 1000

    @property
    def size(self) -> int:
        return sum(len(line) + 1 for line in self.lines())

    def lines(self) -> list[str]:
        return [
            f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC:{self._saying(at)}"
            for at in range(self.begins, self.ends + 1, 20)
        ]

    def _saying(self, at: int) -> str:
        digest = sha256(f"{self.owner}/{self.log_file_name}/{at}".encode()).digest()
        since, lines = self.trouble or (0.0, ())
        tells = lines and at >= since and digest[1] < OFTEN and self.sayings is not SLOW
        said = lines if tells else self.sayings
        return said[digest[0] % len(said)]


class LogActions(Actions):
    def describe_db_log_files(self) -> ActionResult:
        wanted = self.said("FilenameContains") or ""
        found = [one for one in self._files() if wanted in one.log_file_name]
        return self.paged("DescribeDBLogFiles", found, key=lambda one: one.log_file_name)

    def download_db_log_file_portion(self) -> ActionResult:
        """Without a marker the last lines, from marker "0" on the first."""
        name = self.said("LogFileName")
        file = next((one for one in self._files() if one.log_file_name == name), None)
        if file is None:
            raise RDSClientError("DBLogFileNotFoundFault", f"DBLog File: {name}, is not found")
        count = min(int(self.said("NumberOfLines") or LARGEST), LARGEST)
        from_the_start = self.said("Marker") == "0"
        lines = file.lines()[:count] if from_the_start else file.lines()[-count:]
        data = "\n".join(lines) + "\n"
        return ActionResult(
            {"LogFileData": data, "Marker": "1:1", "AdditionalDataPending": from_the_start}
        )

    def _files(self) -> list[File]:
        instance: Any = self.backend.instance(self.said("DBInstanceIdentifier"))
        if instance.status == "stopped":
            return []
        now = int(instance.world.now())
        trouble = instance.world.logged.get(instance.db_instance_identifier)
        files = _writer(instance.engine)(instance.db_instance_identifier, now)
        return [replace(one, trouble=trouble) for one in files]


def _writer(engine: str) -> Callable[[str, int], Iterator[File]]:
    if "postgres" in engine:
        return _hourly
    return _running if "mysql" in engine or engine == "mariadb" else _alert


def _hourly(owner: str, now: int) -> Iterator[File]:
    this_hour = now // 3600 * 3600
    for begins in range(this_hour - (HOURS - 1) * 3600, this_hour + 1, 3600):
        name = f"error/postgresql.log.{datetime.fromtimestamp(begins, UTC):%Y-%m-%d-%H}"
        yield File(name, begins, min(begins + 3599, now), POSTGRES, owner)


def _running(owner: str, now: int) -> Iterator[File]:
    yield File("error/mysql-error-running.log", now // 3600 * 3600, now, MYSQL, owner)
    yield File("slowquery/mysql-slowquery.log", now // 3600 * 3600, now, SLOW, owner)


def _alert(owner: str, now: int) -> Iterator[File]:
    yield File("trace/alert_ORCL.log", now // 3600 * 3600, now, OTHER, owner)
