"""Tags of everything that has an ARN; shown at once, and refused as AWS refuses them."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterValue

from bot.sandbox.aws.actions import Actions

MOST, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256


class TagActions(Actions):
    def add_tags_to_resource(self) -> ActionResult:
        tags: list[Mapping[str, Any]] = self.said("Tags") or []
        for tag in tags:
            _check(str(tag["Key"]), str(tag["Value"]))
        keys = {one["Key"] for one in self._existing()} | {one["Key"] for one in tags}
        if len(keys) > MOST:
            raise InvalidParameterValue(f"A resource can have at most {MOST} tags.")
        return super().add_tags_to_resource()

    def remove_tags_from_resource(self) -> ActionResult:
        _refuse_reserved(self.said("TagKeys") or ())
        return super().remove_tags_from_resource()

    def _existing(self) -> list[dict[str, str]]:
        return self.backend.list_tags_for_resource(self.said("ResourceName"))


def _check(key: str, value: str) -> None:
    _refuse_reserved([key])
    if not 0 < len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE:
        raise InvalidParameterValue(
            f"A tag's key has from 1 to {LONGEST_KEY} characters, its value at most "
            f"{LONGEST_VALUE}."
        )


def _refuse_reserved(keys: Iterable[str]) -> None:
    if any(key.lower().startswith("aws:") for key in keys):
        raise InvalidParameterValue("Tag keys that begin with aws: are reserved for system use.")
