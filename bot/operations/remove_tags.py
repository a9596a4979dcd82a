from collections.abc import Iterator, Mapping
from typing import Annotated

from bot.operation import TagChange, Tagged, Topic, WayBack
from bot.params import Several, TagKeys
from bot.values import Database, Plan

Keys = Annotated[TagKeys, Several("Keys", "KEY …", "Of tags that it has.", also=("TagKeys",))]


class RemoveTags(TagChange):
    """Take tags away from a database.

    Tags by which environments and rules are decided can only be taken away in AWS.
    """

    verb, name = "untag", "remove_tags"
    topic = Topic.ACCESS
    action = "rds:RemoveTagsFromResource"
    permissions = (
        "rds:DescribeDBClusters", "rds:DescribeDBInstances", "rds:RemoveTagsFromResource",
    )  # fmt: skip
    example = "untag orders-test Team --reason 'the team is no more'"

    keys: Keys

    def tag_keys(self) -> Iterator[tuple[str, str]]:
        yield from (("keys", key) for key in self.keys)

    def wanted(self) -> Tagged:
        return dict.fromkeys(self.keys)

    def arguments(self, changed: Tagged) -> Mapping[str, object]:
        return {"TagKeys": list(changed)}

    def effect(self, database: Database, changed: Tagged) -> str:
        return f"Take the tags {', '.join(changed)} away from {database.name}"

    def cannot(self, database: Database) -> Mapping[str, str]:
        if strange := [key for key in self.keys if key not in database.tags]:
            has = ", ".join(sorted(database.tags)) or "none"
            said = f"{database.name} has no tag {', '.join(strange)}. Its tags: {has}."
            return {"keys": said}
        return {}

    def undo(self, database: Database, changed: Tagged) -> str:
        said = ", ".join(f"{key}={database.tags[key]}" for key in changed)
        return f"Undone by tagging it with {said} again."

    def back(self, plan: Plan) -> WayBack | None:
        before: Tagged = plan.baseline["before"]
        return WayBack("Undo…", {"tags": "\n".join(f"{key}={it}" for key, it in before.items())},
                       "add_tags")  # fmt: skip
