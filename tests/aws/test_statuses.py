import pytest

from bot.aws.statuses import busy
from bot.errors import PreflightError
from tests.samples import sample_database


@pytest.mark.parametrize("status", ["available", "storage-optimization"])
def test_a_usable_database_is_not_busy(status: str) -> None:
    assert busy(sample_database(status=status), "a reboot") == ""


@pytest.mark.parametrize("status", ["backing-up", "rebooting", "modifying", "a-word-of-tomorrow"])
def test_what_passes_by_itself_is_busy(status: str) -> None:
    assert f"is {status}; a reboot needs it available" in busy(
        sample_database(status=status), "a reboot"
    )


@pytest.mark.parametrize("status", ["stopped", "stopping", "deleting", "failed", "storage-full"])
def test_what_does_not_pass_by_itself_is_refused(status: str) -> None:
    with pytest.raises(PreflightError, match=f"is {status}"):
        busy(sample_database(status=status), "a reboot")
