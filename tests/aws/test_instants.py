from datetime import UTC, datetime

import pytest

from bot.aws.parse import instant


@pytest.mark.parametrize(
    "written",
    ["2026-07-01T09:00:00Z", "2026-07-01T09:00:00.000Z", "2026-07-01T11:00:00+02:00",
     "Wed, 01 Jul 2026 09:00:00 GMT", 1_782_896_400, "1782896400"],
)  # fmt: skip
def test_an_instant_is_read_however_aws_writes_it(written: object) -> None:
    assert instant(written) == datetime(2026, 7, 1, 9, tzinfo=UTC)
