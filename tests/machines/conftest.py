import pytest

from bot.sandbox.aws import AWSSandbox
from tests.stories.conftest import held_aws

__all__ = ["held_aws"]


@pytest.fixture
def found_aws(held_aws: AWSSandbox, monkeypatch: pytest.MonkeyPatch) -> AWSSandbox:
    """The AWS that AWS's own libraries find."""
    for name, value in held_aws.environment.items():
        monkeypatch.setenv(name, value)
    return held_aws
