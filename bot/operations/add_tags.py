from collections.abc import Mapping
from typing import Annotated

from bot.operation import TagChange, Tagged, Topic, WayBack
from bot.params import TAGS, Pairs, TagPairs
from bot.values import Database, Plan

Tags = Annotated[
    TagPairs,
    Pairs("Tags", "KEY=VALUE …", "A key that is there gets the new value.", also=("Tags",)),
]


class AddTags(TagChange):
    """Tag a database, or change values of tags that it has.

    Tags by which environments and rules are decided can only be set in AWS.
    """

    verb, name = "tag", "add_tags"
    topic = Topic.ACCESS
    action = "rds:AddTagsToResource"
    permissions = ("rds:AddTagsToResource", "rds:DescribeDBClusters", "rds:DescribeDBInstances")
    example = "tag orders-test Team=shop --reason 'for the bill'"

    tags: Tags

    def wanted(self) -> Tagged:
        return dict(pair.split("=", 1) for pair in self.tags)

    def arguments(self, changed: Tagged) -> Mapping[str, object]:
        return {"Tags": [{"Key": key, "Value": value} for key, value in changed.items()]}

    def effect(self, database: Database, changed: Tagged) -> str:
        said = ", ".join(f"{key}={value}" for key, value in changed.items())
        return f"Tag {database.name} with {said}"

    def cannot(self, database: Database) -> Mapping[str, str]:
        own = {key for key in database.tags if not key.startswith("aws:")}
        if len(own | set(self.wanted())) > TAGS:
            return {
                "tags": f"{database.name} has {len(own)} tags, and AWS keeps {TAGS}. "
                "Take some away first."
            }
        return {}

    def undo(self, database: Database, changed: Tagged) -> str:
        old = [f"{key}={database.tags[key]}" for key in changed if key in database.tags]
        new = [key for key in changed if key not in database.tags]
        said = [f"setting {', '.join(old)} again"] if old else []
        if new:
            typed = f"/rds untag {database.name} {' '.join(new)}"
            said += [f"taking {', '.join(new)} away: {typed}"]
        return f"Undone by {', and by '.join(said)}."

    def back(self, plan: Plan) -> WayBack | None:
        """Of some that were there and some that were not, the former; the plan says the rest."""
        before: Tagged = plan.baseline["before"]
        old = [f"{key}={value}" for key, value in before.items() if value is not None]
        if old:
            return WayBack("Undo…", {"tags": "\n".join(old)})
        return WayBack("Undo…", {"keys": "\n".join(before)}, "remove_tags")
