"""A call whose answer was lost and that must not be sent twice: did it arrive?

CloudTrail knows each call by its session name, some minutes later and in no order. An absence is
proven by a later read of ours that shows, while the call does not.
"""

from typing import Any

from bot.aws import AWS
from bot.errors import AWSRefusedError
from bot.values import SECOND, Progress, Sent, Stage, TrailEvent

#: CloudTrail keeps no order: once our later read shows, the call may still lag this much.
LAG = 300 * SECOND
#: Delivery is slow and not in order: before this, an absence proves nothing.
#: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
CERTAIN = 1200 * SECOND
#: After this, somebody must look.
PATIENCE = 1800 * SECOND
APART = 60 * SECOND  #: AWS's clock and ours may differ by so much


async def arrival(aws: AWS, sent: Sent, what: str, sign: str) -> Progress:
    """ARRIVED or NOT_SENT where that is certain, UNKNOWN after half an hour, else WAITING.

    ``what`` is the call in words: "the reboot". ``sign``: what AWS shows since the send and
    the call would explain, though another may have caused it; empty where there is nothing.
    """
    if not aws.has_trail:
        return _by_sign(aws, sent, sign, "this account has no role, so CloudTrail cannot tell")
    try:
        trail = await aws.trail(sent.session_name, sent.sent_at - APART)
    except AWSRefusedError as error:
        return _by_sign(aws, sent, sign, f"CloudTrail may not be read ({error.code})")
    action = sent.plan.call.action.partition(":")[2]
    if ours := next((one for one in trail if one.action == action), None):
        return _recorded(ours)
    return await _not_recorded(aws, sent, trail, what, sign)


def _recorded(ours: TrailEvent) -> Progress:
    if ours.error is None:
        return Progress(stage=Stage.ARRIVED, detail="CloudTrail has our call: AWS accepted it")
    return Progress(
        stage=Stage.NOT_SENT, detail=f"CloudTrail shows that AWS refused our call: {ours.error}"
    )


async def _not_recorded(
    aws: AWS, sent: Sent, trail: tuple[TrailEvent, ...], what: str, sign: str
) -> Progress:
    if "marked_at" not in sent.evidence:
        at = aws.now
        await aws.mark()
        return _looking({"marked_at": at})
    shows = any(one.action == "DescribeDBInstances" and one.error is None for one in trail)
    if shows and "marker_seen_at" not in sent.evidence:
        return _looking({"marker_seen_at": aws.now})
    # Not while there is a sign of it: its record may be late, or it was another's.
    if not sign and _is_absent(aws.now, sent):
        return Progress(
            stage=Stage.NOT_SENT,
            detail=f"CloudTrail shows our later call, but not {what}: it never arrived",
        )
    if aws.now - sent.sent_at > PATIENCE:
        return _unknown(
            f"{sign}, but CloudTrail does not show that it was ours"
            if sign
            else f"CloudTrail still does not say whether {what} arrived"
        )
    return _looking()


def _is_absent(now: int, sent: Sent) -> bool:
    seen_at = sent.evidence.get("marker_seen_at")
    late_enough = now - sent.sent_at > CERTAIN
    return seen_at is not None and late_enough and now - seen_at > LAG


def _by_sign(aws: AWS, sent: Sent, sign: str, why: str) -> Progress:
    if sign:
        return Progress(stage=Stage.ARRIVED, detail=sign)
    if aws.now - sent.sent_at > PATIENCE:
        return _unknown(f"AWS shows nothing of it, and {why}")
    return Progress(stage=Stage.WAITING, detail=f"waiting for a sign of it at AWS; {why}")


def _looking(evidence: dict[str, Any] | None = None) -> Progress:
    return Progress(
        stage=Stage.WAITING,
        detail="AWS's answer was lost; asking CloudTrail, which takes some minutes",
        evidence=evidence or {},
    )


def _unknown(detail: str) -> Progress:
    return Progress(stage=Stage.UNKNOWN, detail=detail)
