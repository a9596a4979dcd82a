"""RDS asked over HTTP, every answer held against botocore's model of it."""

from collections.abc import Callable
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from bot.sandbox.aws import AWSSandbox

MODEL = botocore.session.get_session().get_service_model("rds")
COMMON = {"InvalidParameterValue", "InvalidParameterCombination"}
"""What RDS says to all of its actions, and its model declares for none."""


class Modelled:
    """A client's methods: the answer, once its shape is proven."""

    def __init__(self, aws: AWSSandbox, **where: str) -> None:
        """``where``: the account and the region, else the main ones."""
        self._client = aws.client("rds", **where)

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = MODEL.operation_model(self._client.meta.method_to_api_mapping[method])

        def ask(**arguments: Any) -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client, method)(**arguments)
            answer.pop("ResponseMetadata")
            if operation.output_shape is not None:
                report = ParamValidator().validate(answer, operation.output_shape)
                assert not report.has_errors(), report.generate_report()
            return answer

        return ask

    def refusal(self, method: str, **arguments: Any) -> str:
        """The code that it is refused with, one that the action may say."""
        operation = MODEL.operation_model(self._client.meta.method_to_api_mapping[method])
        try:
            getattr(self._client, method)(**arguments)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            assert code in COMMON | {one.error_code for one in operation.error_shapes}, code
            return code
        raise AssertionError(f"{method} was not refused")

    def instance(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.describe_db_instances(DBInstanceIdentifier=name)
        return dict(found["DBInstances"][0])

    def cluster(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.describe_db_clusters(DBClusterIdentifier=name)
        return dict(found["DBClusters"][0])

    def told(self, source: str, minutes: int = 60) -> list[str]:
        """The messages of a source's events in its last minutes, the oldest first."""
        events = self.describe_events(Duration=minutes)["Events"]
        return [one["Message"] for one in events if one["SourceIdentifier"] == source]
