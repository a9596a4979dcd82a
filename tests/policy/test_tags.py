"""Tags as AWS takes them, told while they are typed: in a command and in each field of a form."""

import botocore.session
import pytest

from bot.errors import UsageError
from bot.operation import REQUEST_TAG
from bot.operations.create_snapshot import CreateSnapshot
from bot.params import TAG_KEY, TAG_VALUE, TAGS
from bot.values import Database
from handlers.parser import Command, FormError, from_form, parse
from tests.operations.door import cluster, door, order
from tests.samples import sample_database

CATALOGUE = {"create_snapshot": CreateSnapshot}
GOOD = (
    "a=1", "a=", "a=b=c", "Team=Ops", "team=ops", "cost center=R D", "a:b/c+d-e@f.g_h=i:j/k+l-m@n",
    "überraschung=größe", "ключ=значение", "鍵=値", "x=٣", "x=Ⅷ", "a=\u00a0b",
    f"{'k' * TAG_KEY}={'v' * TAG_VALUE}", f"{'ü' * TAG_KEY}={'ü' * TAG_VALUE}",
    "my-aws:x=1", "xrds:=1", "rdsx=rds",
)  # fmt: skip
BAD = {
    "x": "a tag reads KEY=VALUE",
    "=x": "a tag reads KEY=VALUE",
    " =x": "a tag reads KEY=VALUE",
    "aws:x=1": "begins with aws:, which is reserved",
    "AWS:x=1": "begins with aws:, which is reserved",
    "Aws:Name=1": "begins with aws:, which is reserved",
    "rds:x=1": "begins with rds:, which is reserved",
    "rds-bot:request-id=1": "begins with rds-bot:, which is reserved",
    "RDS-Bot:x=1": "begins with rds-bot:, which is reserved",
    "a=aws:1": "the tag value of a begins with aws:",
    f"{'k' * (TAG_KEY + 1)}=v": "the tag key has 129 characters, and AWS takes 128",
    f"k={'v' * (TAG_VALUE + 1)}": "the tag value of k has 257 characters, and AWS takes 256",
    "a=b&c": "the tag value of a holds &",
    "a=(b)": "the tag value of a holds ()",
    "a=b,c": "the tag value of a holds ,",
    "a#=b": "the tag key holds #",
    "a=100%": "holds %",
    "a=it's": "holds '",
    "a=b;c": "holds ;",
    "a=b*c": "holds *",
    "a=b\\c": "holds \\",
    "a=🐘": "holds 🐘",
    "a=e\u0301": "holds \u0301",
    "a=b\x07": "holds \x07",
}
TWICE = (
    ("k=v", "k=v"),
    ("k=v", "k=w"),
    ("a=1", "k=v", "b=2", "k="),
)


def _typed(tags: tuple[str, ...]) -> CreateSnapshot:
    return CreateSnapshot.model_validate({"target": "orders", "tag": tags})


@pytest.mark.parametrize("tag", GOOD)
def test_a_tag_that_aws_takes_is_taken(tag: str) -> None:
    assert _typed((tag,)).tag == (tag,)
    found = from_form(CreateSnapshot, {"target": "orders", "tag": [tag]}).operation
    assert isinstance(found, CreateSnapshot)
    assert found.tag == (tag,)


@pytest.mark.parametrize("tag", BAD)
def test_a_tag_that_aws_refuses_is_an_error_of_its_field(tag: str) -> None:
    with pytest.raises(FormError) as caught:
        from_form(CreateSnapshot, {"target": "orders", "tag": ["fine=1", tag]})

    assert set(caught.value.fields) == {"tag"}
    assert BAD[tag].lower() in caught.value.fields["tag"].lower()


@pytest.mark.parametrize("line", ["--tag aws:x=1", "tag=a=b,c", "--tag 'a#=1'"])
def test_a_command_says_so_too(line: str) -> None:
    with pytest.raises(UsageError, match=r"--tag: .* isn't valid: the tag") as caught:
        parse(f"snapshot orders {line}", CATALOGUE)

    assert caught.value.parameter == "tag"


@pytest.mark.parametrize("tags", TWICE)
def test_a_key_that_is_given_twice_is_said(tags: tuple[str, ...]) -> None:
    flags = " ".join(f"--tag {one}" for one in tags)
    with pytest.raises(UsageError, match="the tag k is given twice"):
        parse(f"snapshot orders {flags}", CATALOGUE)
    with pytest.raises(FormError, match="The tag k is given twice"):
        from_form(CreateSnapshot, {"target": "orders", "tag": "\n".join(tags)})


def test_keys_of_another_case_are_others_to_aws() -> None:
    assert _typed(("Team=a", "team=b")).tag == ("Team=a", "team=b")


def _many(count: int) -> tuple[str, ...]:
    return tuple(f"k{number}=v" for number in range(count))


def test_one_place_of_the_fifty_is_the_bots() -> None:
    assert len(_typed(_many(49)).tag) == 49
    with pytest.raises(UsageError, match="these are 50 tags; AWS keeps 50, of which 1 is mine"):
        parse("snapshot o " + " ".join(f"--tag {one}" for one in _many(50)), CATALOGUE)


@pytest.mark.parametrize(
    ("database", "warned"),
    [
        (sample_database(), False),
        (sample_database(copies_tags=True), True),
        (cluster(copies_tags=True), True),
        (sample_database(copies_tags=True, tags={}), False),
        (sample_database(copies_tags=True, tags={f"t{n}": "" for n in range(50)}), True),
    ],
)
async def test_tags_that_aws_would_copy_without_the_bots_own_are_missed_aloud(
    database: Database, warned: bool
) -> None:
    change = CreateSnapshot(target=database.name, tag=_many(49))

    plan = await change.plan(door(database), order(database))

    assert any("AWS will not copy" in one for one in plan.warnings) is warned
    assert len(plan.call.arguments["Tags"]) == TAGS
    assert plan.call.arguments["Tags"][-1]["Key"] == REQUEST_TAG


def test_the_limits_are_those_of_awss_model() -> None:
    said = botocore.session.get_session().get_service_model("rds").shape_for("Tag")

    assert f"1 to {TAG_KEY} Unicode" in said.members["Key"].documentation
    assert f"1 to {TAG_VALUE} Unicode" in said.members["Value"].documentation
    for shape in said.members.values():
        assert r"\\p{L}\\p{Z}\\p{N}_.:/=+\\-@" in shape.documentation
        assert "can't be prefixed with <code>aws:</code> or <code>rds:</code>" in (
            shape.documentation
        )
    assert TAGS == 50


def test_form_and_command_mean_the_same() -> None:
    typed = parse("snapshot orders --tag 'a b=c d' --tag e=", CATALOGUE)
    filled = from_form(CreateSnapshot, {"target": "orders", "tag": "a b=c d\ne="})

    assert typed == filled == Command(_typed(("a b=c d", "e=")))
