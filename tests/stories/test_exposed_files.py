"""At the start the log names the files that others could write."""

import shutil
from pathlib import Path

from tests.stories.process import Process
from tests.stories.stage import FREE, Stage


async def test_the_log_names_what_others_can_write_before_anything_is_opened(
    stage: Stage, first_database: Path
) -> None:
    database = stage.home.folder / "bot.db"
    shutil.copy(first_database, database)
    database.chmod(0o666)
    (database.with_name("bot.db-wal")).touch(0o600)
    bot = await Process.begun(stage.home, FREE)
    await stage.slack.connected(within=30)

    code, said = await bot.stopped()

    assert code == 0
    lines = [one for one in said.splitlines() if "files.exposed" in one]
    assert all(str(database) in line for line in lines)
    assert "others can write it (mode 0666)" in lines[0]
    assert f"chmod go-w {database}" in lines[0]
    assert "others can read it" in lines[1]
