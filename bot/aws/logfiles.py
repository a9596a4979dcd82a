"""Log files of instances: which there are, and how they end."""

from collections.abc import Mapping
from typing import Any

from bot.values import LogFile

MILLISECOND = 1_000


def log_file(raw: Mapping[str, Any]) -> LogFile:
    """``LastWritten`` is in milliseconds since 1970."""
    return LogFile(
        name=raw["LogFileName"],
        size=raw.get("Size") or 0,
        written_at=(raw.get("LastWritten") or 0) * MILLISECOND,
    )


async def tail(client: Any, instance: str, name: str, lines: int) -> str:
    """The last lines; AWS gives at most 1 MB. Raises botocore's errors.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DownloadDBLogFilePortion.html
    """
    reply = await client.download_db_log_file_portion(
        DBInstanceIdentifier=instance, LogFileName=name, NumberOfLines=lines
    )
    return str(reply.get("LogFileData") or "")
