"""The database that a change was sent to, looked at again."""

from bot.aws import AWS
from bot.errors import AWSNotFoundError
from bot.values import Database, Progress, Sent, Stage


async def same_database(aws: AWS, sent: Sent) -> Database | Progress:
    """That very database as of now, or how the change ended where there is none any more."""
    target = sent.order.target
    try:
        database = await aws.database(target)
    except AWSNotFoundError:
        return Progress(stage=Stage.FAILED, detail=f"{target.identifier} is gone")
    # A name may be given to another database; AWS's resource id never is.
    if database.target.resource_id != target.resource_id:
        replaced = f"{database.name} was replaced by another database of that name"
        return Progress(stage=Stage.FAILED, detail=replaced)
    return database
