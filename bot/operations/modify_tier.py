from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.operation import MODIFY_INSTANCE, Setting, Topic, Wanted
from bot.params import Instance, Parameter
from bot.values import Database, Risk

Tier = Annotated[
    int,
    Field(ge=0, le=15),
    Parameter("Tier", "0-15", "The reader of the lowest tier is first.", also=("PromotionTier",)),
]


class ModifyTier(Setting):
    """Set in which order a member of an Aurora cluster becomes the writer.

    After a failure AWS takes the reader of the lowest tier. Of several it takes the largest.
    """

    verb, name = "tier", "modify_tier"
    topic = Topic.COPIES
    called = "Failover tier"
    risk = Risk.LOW
    because = "it matters only at the next failover"
    horizon = timedelta(minutes=30)
    permissions = MODIFY_INSTANCE
    needless = (("ApplyImmediately", "A tier changes at once in any case."),)
    example = "tier shop-staging-2 0 --reason 'the large reader first'"
    synonyms = "promotion+tier failover+order"

    target: Instance
    tier: Tier

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        return (Wanted("Promotion tier", "tier", "PromotionTier", self.tier, "tier"),)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if not database.cluster:
            return {
                "target": f"{database.name} belongs to no Aurora cluster: only its members have a "
                "tier. A standby of Multi-AZ needs none."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
        if self.tier <= 1 and database.instance_class == "db.serverless":
            yield "In tiers 0 and 1 a serverless reader is kept as large as the writer."
