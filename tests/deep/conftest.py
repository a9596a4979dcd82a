from tests.machines.conftest import found_aws
from tests.stories.conftest import (
    any_stage,
    empty_postgres_url,
    held_aws,
    postgres,
    postgres_template,
    postgres_url,
    shared_stage,
    stage,
)

__all__ = [
    "any_stage",
    "empty_postgres_url",
    "found_aws",
    "held_aws",
    "postgres",
    "postgres_template",
    "postgres_url",
    "shared_stage",
    "stage",
]
