"""Which moments stand in a picture, and how few of them."""

from bot.monitoring._markers import MOST, markers
from bot.values import Marker, RDSEvent, Request, Status, Window
from tests.samples import HOUR, MINUTE, NOW, sample_request, sample_step

WINDOW = Window.ending(NOW, 6 * 3600, 60)


def event(at: int, message: str, category: str = "availability") -> RDSEvent:
    return RDSEvent(
        at=at, source_kind="db-instance", source="orders", message=message, categories=(category,)
    )


def request(at: int | None, number: int = 1042) -> Request:
    return sample_request(id=number, status=Status.SUCCEEDED, step=sample_step(sent_at=at))


def test_a_change_of_the_bot_and_the_restart_that_it_made_are_one_moment() -> None:
    at = NOW - HOUR
    events = [
        event(at + MINUTE, "DB instance shutdown"),
        event(at + 2 * MINUTE, "DB instance restarted"),
    ]

    assert markers([request(at)], events, WINDOW) == (
        Marker(at=at, label="RDS-1042 reboot", is_own=True),
    )


def test_what_went_wrong_beside_it_is_said() -> None:
    at = NOW - HOUR
    events = [event(at + MINUTE, "Multi-AZ instance failover started", "failover")]

    [found] = markers([request(at)], events, WINDOW)

    assert found.label == "RDS-1042 reboot, failover"


def test_what_rds_did_by_itself_is_named_by_the_gravest_of_it() -> None:
    at = NOW - 2 * HOUR
    events = [
        event(at, "DB instance shutdown"),
        event(at + MINUTE, "DB instance restarted"),
        event(at + MINUTE, "Multi-AZ instance failover completed", "failover"),
    ]

    assert markers([], events, WINDOW) == (Marker(at=at, label="failover, restarted"),)


def test_backups_and_what_was_never_sent_mark_nothing() -> None:
    events = [
        event(NOW - HOUR, "Backing up DB instance", "backup"),
        event(NOW - HOUR, "Manual snapshot created", "creation"),
        event(NOW - HOUR, "Tags were changed", "notification"),
        event(NOW - 9 * HOUR, "DB instance restarted"),
    ]

    assert markers([request(None)], events, WINDOW) == ()


def test_a_picture_bears_six_of_them_and_the_gravest_stay() -> None:
    restarts = [event(NOW - n * 20 * MINUTE, "DB instance restarted") for n in range(1, 12)]
    at = NOW - 5 * HOUR

    found = markers([request(at)], restarts, WINDOW)

    assert len(found) == MOST
    assert found[0] == Marker(at=at, label="RDS-1042 reboot", is_own=True)
    assert [one.at for one in found] == sorted(one.at for one in found)
