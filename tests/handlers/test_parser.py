from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.errors import UsageError
from bot.operation import Change, Control, Operation, Query
from bot.operations import CATALOGUE
from bot.params import (
    BackupWindow,
    Choice,
    Duration,
    Flag,
    Instance,
    Parameter,
    PersonRef,
    Prose,
    RequestId,
    Several,
    SnapshotId,
    Target,
)
from bot.values import Environment, Risk
from handlers.parser import (
    Command,
    FormError,
    Incomplete,
    Launch,
    SentenceError,
    VerbGroupError,
    from_form,
    parse,
)
from tests.strategies import read_text, typed


def _pairs(given: tuple[str, ...]) -> tuple[str, ...]:
    if not all("=" in one for one in given):
        raise ValueError("a pair reads KEY=VALUE")
    return given


#: Like tags, without AWS's rules for what may stand in them.
Pairs = Annotated[
    tuple[str, ...],
    BeforeValidator(tuple),
    AfterValidator(_pairs),
    Several("Tags", "KEY=VALUE"),
]


class Reboot(Change):
    """Restart it."""

    verb, name, risk, example = "reboot", "reboot_instance", Risk.MEDIUM, "reboot orders-test"
    target: Instance
    failover: Flag = False


class Snapshot(Change):
    """Copy it."""

    verb, name, risk, example = "snapshot", "create_snapshot", Risk.LOW, "snapshot orders pre-1"
    target: Target
    snapshot: SnapshotId | None = Field(default=None, json_schema_extra={"positional": True})
    tag: Pairs = ()


class Window(Change):
    """Move its backups."""

    verb, name, risk = "backup-window", "modify_backup_window", Risk.MEDIUM
    example = "backup-window orders 03:00-04:00"
    target: Instance
    window: BackupWindow


class Metrics(Query):
    """Draw it."""

    verb, name, example = "metrics", "show_metrics", "metrics orders --range 3h"
    target: Target
    range: Annotated[
        Literal["1h", "3h", "24h"], Choice("Range", "1h|3h|24h", options=("1h", "3h", "24h"))
    ] = "3h"
    smooth: Flag = True
    points: Annotated[int, Field(ge=1, le=500), Parameter("Points", "N")] = 100


class Audit(Query):
    """Look back."""

    verb, name, example = "audit", "show_audit", "audit orders --since 7d"
    target: Target | None = Field(default=None, json_schema_extra={"positional": True})
    user: PersonRef | None = None
    since: Duration | None = None
    environment: Environment | None = None
    request: RequestId | None = None


class Reject(Control):
    """Say no."""

    verb, name, example = "reject", "reject_request", "reject RDS-7 --reason too risky"
    request: RequestId
    reason: Annotated[str, Prose("Reason", "TEXT")]


class Between(Query):
    """Compare."""

    verb, name, example = "between", "between", "between --low 1 --high 2"
    low: int = 1
    high: int = 2

    @model_validator(mode="after")
    def _in_order(self) -> "Between":
        if self.low > self.high:
            raise ValueError("low must not be above high")
        return self


class Help(Query):
    """Explain."""

    verb, name, example = "help", "help", "help reboot"
    about: Annotated[str | None, Parameter("Verb", "VERB")] = Field(
        default=None, json_schema_extra={"positional": True}
    )


class DigestNow(Query):
    """Sum up."""

    verb, name, example = "digest now", "digest_now", "digest now"


OPERATIONS: tuple[type[Operation], ...] = (
    Reboot, Snapshot, Window, Metrics, Audit, Reject, Between, Help, DigestNow,
)  # fmt: skip
SAMPLES = {operation.name: operation for operation in OPERATIONS}


def understood(text: str) -> Command:
    parsed = parse(text, SAMPLES)
    assert isinstance(parsed, Command), parsed
    return parsed


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as raised:
        parse(text, SAMPLES)
    return raised.value


ORDERS = Reboot(target="orders-test")
FAILOVER = Reboot(target="orders-test", failover=True)


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        pytest.param("reboot orders-test", ORDERS, id="verb and target"),
        pytest.param("/rds reboot orders-test", ORDERS, id="pasted with the slash"),
        pytest.param("  ReBoot   orders-test ", ORDERS, id="verb in any case, any spaces"),
        pytest.param("reboot_instance orders-test", ORDERS, id="name of the API"),
        pytest.param("Reboot-Instance orders-test", ORDERS, id="name of the API with a dash"),
        pytest.param("reboot --target orders-test", ORDERS, id="target as a flag"),
        pytest.param("reboot --target=orders-test", ORDERS, id="target as a flag with ="),
        pytest.param("reboot target=orders-test", ORDERS, id="target as key=value"),
        pytest.param("reboot 'orders-test'", ORDERS, id="single quotes"),
        pytest.param("reboot “orders-test”", ORDERS, id="smart quotes"),
        pytest.param("reboot `orders-test`", ORDERS, id="backticks"),
        pytest.param("reboot\u00a0orders\u2011test", ORDERS, id="odd space and hyphen"),
        pytest.param("reboot \u200borders\u00ad-test\u202c", ORDERS, id="invisible characters"),
        pytest.param("reboot orders-\x07test", ORDERS, id="control character"),
        pytest.param("reboot -- orders-test", ORDERS, id="end of flags"),
        pytest.param(
            "reboot <http://orders.example.com|orders.example.com>",
            Reboot(target="orders.example.com"),
            id="name that Slack made a link",
        ),
        pytest.param("reboot orders-test --failover", FAILOVER, id="switch behind"),
        pytest.param("reboot --failover orders-test", FAILOVER, id="switch before"),
        pytest.param("reboot —failover orders-test", FAILOVER, id="em dash"),
        pytest.param("reboot \u2013\u2013failover orders-test", FAILOVER, id="two en dashes"),
        pytest.param("reboot -failover orders-test", FAILOVER, id="one dash"),
        pytest.param("reboot orders-test --FailOver", FAILOVER, id="flag in any case"),
        pytest.param("reboot orders-test --failover=true", FAILOVER, id="switch on"),
        pytest.param("reboot orders-test --failover=no", ORDERS, id="switch off"),
        pytest.param("reboot orders-test failover=yes", FAILOVER, id="switch as key=value"),
        pytest.param("reboot -- --failover", Reboot(target="--failover"), id="literal flag"),
        pytest.param("reboot '--failover'", Reboot(target="--failover"), id="quoted flag"),
        pytest.param("reboot other=x", Reboot(target="other=x"), id="= in a word"),
        pytest.param("snapshot o pre-1", Snapshot(target="o", snapshot="pre-1"), id="optional"),
        pytest.param(
            "snapshot o --tag a=1 --tag 'note=b c' tag=d=e",
            Snapshot(target="o", tag=("a=1", "note=b c", "d=e")),
            id="flag more than once",
        ),
        pytest.param(
            "snapshot o --tag note=“b & c”",
            Snapshot(target="o", tag=("note=b & c",)),
            id="quotes inside a word",
        ),
        pytest.param(
            "snapshot o --tag note=a&amp;b&lt;c&gt;",
            Snapshot(target="o", tag=("note=a&b<c>",)),
            id="Slack's entities",
        ),
        pytest.param(
            "backup-window o 03:00\u201304:00",
            Window(target="o", window="03:00-04:00"),
            id="en dash",
        ),
        pytest.param("audit --user <@U012ABC|dora>", Audit(user="U012ABC"), id="mention"),
        pytest.param("audit --user <@U012ABC>", Audit(user="U012ABC"), id="mention, no name"),
        pytest.param("audit --since 90m", Audit(since=timedelta(minutes=90)), id="duration"),
        pytest.param("audit request=rds-7", Audit(request=7), id="request id"),
        pytest.param(
            "metrics o smooth=false --points=5",
            Metrics(target="o", smooth=False, points=5),
            id="switch that is on by default",
        ),
        pytest.param(
            "reject --reason it's too risky --request RDS-7",
            Reject(request=7, reason="it's too risky"),
            id="prose that is required",
        ),
        pytest.param("digest now", DigestNow(), id="verb of two words"),
        pytest.param("help", Help(), id="help"),
        pytest.param("?", Help(), id="question mark"),
        pytest.param("help Reboot_Instance", Help(about="reboot"), id="help about one"),
        pytest.param("reboot orders --help", Help(about="reboot"), id="help as a flag"),
        pytest.param("help digest now", Help(about="digest now"), id="help about two words"),
    ],
)
def test_what_is_typed_is_understood(text: str, operation: Operation) -> None:
    assert understood(text) == Command(operation)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("--reason 'new group'", "new group", id="quoted"),
        pytest.param("--reason=“new group”", "new group", id="smart quotes behind ="),
        pytest.param("--reason new group", "new group", id="without quotes"),
        pytest.param("--reason=new group", "new group", id="without quotes behind ="),
        pytest.param("reason=new group", "new group", id="as key=value"),
        pytest.param(
            "--reason it's urgent, don't wait", "it's urgent, don't wait", id="apostrophe"
        ),
        pytest.param("--reason 'it's urgent'", "it's urgent", id="apostrophe in quotes"),
        pytest.param('--reason "half a quote', '"half a quote', id="unclosed quote"),
        pytest.param("--reason ask <@U012ABC|dora>", "ask @dora", id="mention"),
        pytest.param("--reason see <#C012ABC|ops>", "see #ops", id="channel"),
        pytest.param("--reason <!channel> look", "@channel look", id="broadcast"),
        pytest.param("--reason <https://t.example/7|OPS-7>", "https://t.example/7", id="link"),
        pytest.param(
            "--reason see <https://t.example/?a=1&amp;b=&lt;2&gt;>, please",
            "see https://t.example/?a=1&b=<2>, please",
            id="link with entities",
        ),
        pytest.param(
            "--reason <https://t.example/?a=1&amp;b=2|t.example/?a=1&amp;b=2>",
            "t.example/?a=1&b=2",
            id="labelled link with entities",
        ),
        pytest.param("--reason <!subteam^S1|@r&amp;d> now", "@r&d now", id="group with entities"),
        pytest.param("--reason ask <@U012ABC|r&amp;d>", "ask @r&d", id="mention with entities"),
        pytest.param("--reason <https://t.example/&amp;lt;>", "https://t.example/&lt;", id="once"),
        pytest.param("--reason <mailto:a@b.example|a@b.example>", "a@b.example", id="mail"),
        pytest.param("--reason a &lt;b&gt; &amp;amp;", "a <b> &amp;", id="entities, once"),
        pytest.param("--reason two\nlines\tand  gaps", "two lines and gaps", id="white space"),
        pytest.param("--reason up — then down", "up - then down", id="lonely dash"),
    ],
)
def test_a_reason_is_taken_as_typed(text: str, reason: str) -> None:
    assert understood(f"reboot orders-test {text}") == Command(ORDERS, reason)
    assert understood(f"reboot orders-test {text} --dry-run") == Command(ORDERS, reason, True)


def test_a_change_can_be_tried_without_effect() -> None:
    assert understood("reboot orders-test --dry-run") == Command(ORDERS, dry_run=True)
    assert understood("reboot orders-test dry-run=false") == Command(ORDERS)


@pytest.mark.parametrize("text", ["", "   ", "/rds", "\u200b", "\n"])
def test_nothing_typed_shows_what_can_be_done(text: str) -> None:
    assert parse(text, SAMPLES) == Launch()


def test_a_missing_parameter_asks_with_what_was_typed() -> None:
    parsed = parse("backup-window orders --reason new load --dry-run", SAMPLES)

    assert parsed == Incomplete(Window, {"target": "orders"}, "new load", True, ("window",))


def test_where_one_of_several_has_to_be_said_the_form_asks_for_it() -> None:
    bare, said = (parse(f"storage orders{rest}", CATALOGUE) for rest in ("", " --ceiling 500"))

    assert isinstance(bare, Incomplete)
    assert bare.values == {"target": "orders"}
    assert "size" in bare.missing
    assert isinstance(said, Command)


def test_prose_before_the_target_takes_its_words_and_asks_for_the_target() -> None:
    parsed = parse("reboot --reason upgrade orders-test", SAMPLES)

    assert parsed == Incomplete(Reboot, {}, "upgrade orders-test", False, ("target",))


@pytest.mark.parametrize(
    ("text", "words", "suggestion"),
    [
        pytest.param("rebot orders", '"rebot"', "reboot orders", id="verb"),
        pytest.param("help rebot", '"rebot"', "help reboot", id="verb behind help"),
        pytest.param(
            "reboot orders --failver", '"--failver"', "reboot orders --failover", id="flag"
        ),
        pytest.param(
            "metrics o --rnge='3h'", '"--rnge"', "metrics o --range='3h'", id="flag with a value"
        ),
        pytest.param(
            "reboot orders failover", '"failover"', "reboot orders --failover", id="flag, no dashes"
        ),
    ],
)
def test_a_slip_gets_the_command_that_was_meant(text: str, words: str, suggestion: str) -> None:
    error = refused(text)

    assert words in str(error)
    assert error.suggestions == (suggestion,)


def offered(text: str) -> UsageError:
    """What the bot's own verbs make of it; each suggestion reads as it stands."""
    with pytest.raises(UsageError) as raised:
        parse(text, CATALOGUE)
    for suggestion in raised.value.suggestions:
        parsed = parse(suggestion, CATALOGUE)
        is_asked = isinstance(parsed, Incomplete) and not issubclass(parsed.operation, Query)
        assert isinstance(parsed, Command) or is_asked, suggestion
    return raised.value


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("rebot orders-test", "reboot orders-test"),
        ("rebot", "reboot"),
        ("snapshto orders-test", "snapshot orders-test"),
        ("metics orders-test", "metrics orders-test"),
        ("hekp", "help"),
        ("lsit", "list"),
        ("hsow orders-test", "show orders-test"),
        ("conections orders-test", "connections orders-test"),
        ("create_snapshto orders-test", "create_snapshot orders-test"),
        ("aprove RDS-7", "approve RDS-7"),
        ("digst list", "digest list"),
        # what would not work even then is not offered
        ("shwo", "help show"),
    ],
)
def test_a_real_slip_of_a_verb_is_corrected(text: str, suggestion: str) -> None:
    error = offered(text)

    assert "Did you mean" in str(error)
    assert error.suggestions == (suggestion,)


@pytest.mark.parametrize(
    "text",
    [
        "what about orders-test", "how is orders", "how orders-test", "who rebooted orders-test?",
        "who orders-test", "hello there", "hello", "is orders-prod down?", "last orders-test",
        "shop orders-test", "slow orders-test", "lost orders-test", "audio orders-test",
        "cancer RDS-7", "resort 7d", "heap orders-test", "collections orders-test",
        "delete orders-dev",
        "drop orders-dev", "connect orders-dev", "remove D-3f2a1c", "set orders-dev",
        "can orders-dev", "even orders-dev", "back orders-dev 03:00-04:00",
        # of three letters every other one is a word of its own
        "tpo orders-test", "lsa orders-test",
        # not a command to change something, though of a verb that is one
        "rebooted orders-dev", "reboots orders-dev", "approved RDS-7", "rejected RDS-7",
        "settled RDS-7", "orders-dev reboot", "snap orders-dev",
        "please rebot orders-test", "rebot orders-test now please", "reboot the orders-test",
        "please approve RDS-7", "approve RDS-7 please", "restart orders-dev",
        "don't reboot orders-dev", "do not reboot orders-dev", "never reboot orders-dev",
        "please don't reboot orders-dev", "not reboot orders-dev", "don\u2019t rebot orders-dev",
        "orders-dev not reboot", "no reboot orders-dev", "don't approve RDS-7",
        "snapshot orders-dev please", "snapshot orders-dev now", "list databases that are slow",
        "status of my reboot", "cancel my request",
    ],
)  # fmt: skip
def test_a_sentence_is_no_command_and_nothing_is_made_of_it(text: str) -> None:
    error = offered(text)

    assert isinstance(error, SentenceError)
    assert error.suggestions == ()
    assert "Did you mean" not in str(error)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (":wave:", "That is no command."),
        ("postgres://dora:secret@orders.c1x2.us-east-1.rds.amazonaws.com/shop", "no command."),
        ("xyzzy", 'I don\'t know "xyzzy".'),
    ],
)
def test_what_is_no_command_is_said_without_what_may_be_a_secret(text: str, says: str) -> None:
    said = str(offered(text))

    assert says in said
    assert said.count("/rds help") == 1
    assert "secret" not in said


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("please show orders-dev", "show orders-dev"),
        ("show me orders-dev", "show orders-dev"),
        ("show me orders-dev please?", "show orders-dev"),
        ("can you list production?", "list production"),
        ("could you please help me", "help"),
        ("hi there, show orders-dev", "show orders-dev"),
        ("status of RDS-7", "status RDS-7"),
        ("ls", "list"),
        ("info orders-dev", "show orders-dev"),
        ("chart of orders-dev pls", "metrics orders-dev"),
        ("orders-dev metrics", "metrics orders-dev"),
        ("list all databases", "list"),
    ],
)
def test_a_query_among_polite_words_is_that_query(text: str, command: str) -> None:
    assert parse(text, CATALOGUE) == parse(command, CATALOGUE)


def test_of_an_endless_text_no_part_is_run() -> None:
    with pytest.raises(UsageError, match="Please shorten it"):
        parse("list " + "moon " * 3000, CATALOGUE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("reboot orders-test because new parameters",
         'Put the reason after --reason: /rds reboot orders-test --reason "new parameters"'),
        ("reboot orders-test --failover since it hangs",
         'Put the reason after --reason: /rds reboot orders-test --failover --reason "it hangs"'),
        ("snapshot orders-test before the upgrade --tag a=b",
         'Put the reason after --reason: /rds snapshot orders-test --tag a=b --reason '
         '"before the upgrade"'),
    ],
)  # fmt: skip
def test_a_reason_without_its_flag_gets_the_command_to_copy(text: str, says: str) -> None:
    error = offered(text)

    assert isinstance(error, SentenceError)
    assert str(error) == says
    parsed = parse(says.partition(": /rds ")[2], CATALOGUE)
    assert isinstance(parsed, Command)
    assert parsed.reason == error.reason != ""


@pytest.mark.parametrize("text", ["rds list", "/rds /rds list", "rds-bot list", "@rds-bot list"])
def test_its_own_name_before_a_command_is_no_part_of_it(text: str) -> None:
    assert parse(text, CATALOGUE) == parse("list", CATALOGUE)


@pytest.mark.parametrize(
    "text", ["help digest", "digest everything", "Digest everything?", "digest prview x"]
)
def test_the_first_word_of_several_verbs_lists_them_all(text: str) -> None:
    error = offered(text)

    assert isinstance(error, VerbGroupError)
    assert {one.verb for one in error.operations} == {
        one.verb for one in CATALOGUE.values() if one.verb.partition(" ")[0] == "digest"
    }
    assert len(error.suggestions) == len(error.operations)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("digest weekdays 8:30", ["digest schedule weekdays 8:30"]),
        ("digest every monday at 7", ["digest schedule every monday at 7"]),
        ("Digest daily 9am --timezone Europe/Berlin",
         ["digest schedule daily 9am --timezone Europe/Berlin"]),
        ("digest D-3f2a1c", ["digest remove D-3f2a1c"]),
        ("digest --environment dev",
         ["digest now --environment dev", "digest preview --environment dev",
          "digest schedule --environment dev"]),
    ],
)  # fmt: skip
def test_a_value_without_its_second_word_is_offered_with_it(text: str, meant: list[str]) -> None:
    error = offered(text)

    assert isinstance(error, VerbGroupError)
    assert "needs a word before" in str(error)
    assert list(error.suggestions) == sorted(meant)
    assert [one.verb for one in error.operations] == [" ".join(it.split()[:2]) for it in meant]


@pytest.mark.parametrize(
    "text", ["list production -staging", "metrics orders-dev --reasn x", "digest list --x"]
)
def test_what_takes_no_reason_says_nothing_of_reasons(text: str) -> None:
    assert "reason" not in str(offered(text)).replace("--reasn", "")


@pytest.mark.parametrize(
    ("text", "sentence", "parameter"),
    [
        pytest.param("xyzzy", '"xyzzy". /rds help shows', "", id="unknown verb"),
        pytest.param(
            "reboot o --xyzzy", "It takes --reason, --at, --dry-run, --target", "", id="flag"
        ),
        pytest.param("reboot o --wl 18:00", "It takes --reason, --at", "", id="flag not near"),
        pytest.param("digest now --x", "It takes no flags", "", id="flag where there is none"),
        pytest.param("metrics o --reason x", '"--reason"', "", id="reason of a query"),
        pytest.param(
            "reboot a b", '"b" does not belong there. Usage: /rds reboot ID', "", id="words"
        ),
        pytest.param("digest now x", '"x" does not belong there', "", id="words, no parameters"),
        pytest.param("reboot o --reason", "--reason needs a value", "reason", id="no value"),
        pytest.param(
            "metrics o --range --smooth", "--range needs a value", "range", id="flag next"
        ),
        pytest.param("metrics o --range=", "--range needs a value", "range", id="nothing behind ="),
        pytest.param("reboot ''", "--target needs a value", "target", id="empty"),
        pytest.param("reboot o --failover=", "needs a value: --failover true", "failover", id="sw"),
        pytest.param("reboot o --failover --failover", "given twice", "failover", id="twice"),
        pytest.param("reboot o --target p", '"o" does not belong there', "", id="both ways"),
        pytest.param("reboot o --dry-run=maybe", '--dry-run "maybe"', "dry_run", id="dry run"),
        pytest.param("reboot o --failover=maybe", "say true or false", "failover", id="switch"),
        pytest.param(
            "metrics o --range 5h",
            '--range: "5h" isn\'t valid: it must be 1h, 3h or 24h',
            "range",
            id="choice",
        ),
        pytest.param("audit --environment prod", "did you mean production?", "environment", id="e"),
        pytest.param("metrics o --points x", "a whole number", "points", id="number"),
        pytest.param("metrics o --points 0", "greater than or equal to 1", "points", id="range"),
        pytest.param("audit --since 5", "a duration reads 90m", "since", id="duration"),
        pytest.param("audit --since 999999d", "at most 3650 days", "since", id="too long"),
        pytest.param("audit --user dora", "mention a person", "user", id="person"),
        pytest.param(
            "snapshot o 9x", 'Snapshot id: "9x" isn\'t valid: a snapshot', "snapshot", id="i"
        ),
        pytest.param("snapshot o --tag x", '--tag: "x" isn\'t valid', "tag", id="tag"),
        pytest.param("backup-window 3-4", "", "", id="incomplete is no error"),
        pytest.param("between --low 3", "Low must not be above high. For", "", id="together"),
        pytest.param("reboot " + "x" * 12_000, "12,007 characters", "", id="endless"),
        pytest.param("y" * 12_001, "12,001 characters", "", id="endless and unknown"),
        pytest.param(
            "reboot o --reason " + "x" * 10_001, "10,001 characters", "reason", id="long reason"
        ),
    ],
)
def test_what_cannot_be_understood_is_explained(text: str, sentence: str, parameter: str) -> None:
    if not sentence:
        assert isinstance(parse(text, SAMPLES), Incomplete)
        return

    error = refused(text)

    assert sentence in str(error)
    assert error.parameter == parameter


def test_a_wrong_value_comes_with_an_example() -> None:
    assert str(refused("metrics o --range 5h")).endswith(
        "For example: /rds metrics orders --range 3h"
    )


@pytest.mark.parametrize(
    "text",
    [
        "y" * 5_000,
        "rebot " + "y" * 5_000,
        "reboot o --failver " + "y" * 5_000,
        "reboot " + "y" * 5_000,
        "snapshot o --tag a=" + "y" * 5_000,
        "metrics o --range " + "y" * 900,
    ],
    ids=["verb", "behind a verb", "behind a flag", "target", "tag", "choice"],
)
def test_an_answer_is_short_however_much_was_typed(text: str) -> None:
    assert len(str(refused(text))) < 300


@given(typed)
def test_any_input_gets_an_answer(text: str) -> None:
    for catalogue in (SAMPLES, CATALOGUE):
        with suppress(UsageError):
            parse(text, catalogue)


_VARIANTS = {
    "'": ["'", "\u2018", "\u2019"],
    '"': ['"', "\u201c", "\u201d"],
    " ": [" ", "\u00a0", "\u2003"],
    "-": ["-", "\u2010", "\u2013"],
    "--": ["--", "\u2014", "\u2013\u2013"],
}


@given(st.data())
def test_any_mixture_of_punctuation_reads_as_its_ascii_form(data: st.DataObject) -> None:
    def any_of(mark: str) -> str:
        invisible = data.draw(st.sampled_from(["", "\u200b"]))
        return data.draw(st.sampled_from(_VARIANTS[mark])) + invisible

    text = 'reboot orders-test --failover --reason "it\'s a test" --dry-run'
    mixed = text.replace("--", "\0").replace("-", "\1")
    for mark, stands_for in {"'": "'", '"': '"', " ": " ", "\0": "--", "\1": "-"}.items():
        head, *tails = mixed.split(mark)
        mixed = head + "".join(any_of(stands_for) + tail for tail in tails)

    assert understood(mixed) == understood(text)


_WINDOWS = st.builds(
    lambda hour, minute, length: f"{hour:02}:{minute:02}-{(hour + length) % 24:02}:{minute:02}",
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(1, 23),
)
_TAG = st.builds(
    lambda key, value: f"{key}={value}", st.from_regex(r"[a-z]{1,5}", fullmatch=True), read_text
)
_SNAPSHOTS = st.from_regex(r"[a-z](-?[a-z0-9]){0,8}", fullmatch=True)
_LENGTHS = st.timedeltas(timedelta(microseconds=1), timedelta(days=3650))
operations = st.one_of(
    st.builds(Reboot, target=read_text, failover=st.booleans()),
    st.builds(
        Snapshot,
        target=read_text,
        snapshot=st.none() | _SNAPSHOTS,
        tag=st.lists(_TAG, max_size=3).map(tuple),
    ),
    st.builds(Window, target=read_text, window=_WINDOWS),
    st.builds(
        Metrics,
        target=read_text,
        range=st.sampled_from(["1h", "3h", "24h"]),
        smooth=st.booleans(),
        points=st.integers(1, 500),
    ),
    st.builds(
        Audit,
        target=st.none() | read_text,
        user=st.none() | st.from_regex(r"[UW][A-Z0-9]{2,9}", fullmatch=True),
        since=st.none() | _LENGTHS,
        environment=st.none() | st.sampled_from(Environment),
        request=st.none() | st.integers(0, 10**12 - 1),
    ),
    st.builds(
        Reject,
        request=st.integers(0, 10**12 - 1),
        reason=read_text.map(lambda text: " ".join(text.split())),
    ),
)


@given(operations)
def test_the_command_of_an_operation_gives_the_operation_again(operation: Operation) -> None:
    assert understood(operation.as_typed()) == Command(operation)


@pytest.mark.parametrize("operation", CATALOGUE.values(), ids=lambda one: one.name)
def test_the_example_of_every_operation_reads_as_that_operation(
    operation: type[Operation],
) -> None:
    parsed = parse(operation.example, CATALOGUE)

    assert isinstance(parsed, Command)
    assert type(parsed.operation) is operation
    assert parse(parsed.operation.as_typed(), CATALOGUE) == Command(parsed.operation)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (FAILOVER, "/rds reboot orders-test --failover"),
        (Snapshot(target="o", tag=("note=it's",)), '/rds snapshot o --tag "note=it\'s"'),
        (Metrics(target="o", smooth=False), "/rds metrics o --smooth=false"),
        (Audit(user="U012"), "/rds audit --user <@U012>"),
        (Audit(since=timedelta(days=7)), "/rds audit --since 7d"),
        (Reboot(target="failover=true"), "/rds reboot 'failover=true'"),
    ],
)
def test_a_command_reads_as_a_person_would_type_it(operation: Operation, text: str) -> None:
    assert operation.as_typed() == text


@pytest.mark.parametrize(
    ("operation", "values", "command"),
    [
        pytest.param(
            Reboot,
            {"target": " orders-test ", "failover": ["failover"], "reason": "new\ngroup"},
            Command(FAILOVER, "new group"),
            id="checked box and lines",
        ),
        pytest.param(
            Reboot,
            {"target": "orders-test", "failover": [], "reason": None, "dry_run": True},
            Command(ORDERS, dry_run=True),
            id="empty fields",
        ),
        pytest.param(
            Snapshot,
            {"target": "o", "snapshot": "", "tag": "a=1\n\nb=2"},
            Command(Snapshot(target="o", tag=("a=1", "b=2"))),
            id="one tag a line",
        ),
        pytest.param(Audit, {"user": "U012"}, Command(Audit(user="U012")), id="chosen person"),
    ],
)
def test_a_form_gives_the_command(
    operation: type[Operation], values: dict[str, Any], command: Command
) -> None:
    assert from_form(operation, values) == command


def test_a_wrong_form_says_so_at_each_field() -> None:
    with pytest.raises(FormError) as raised:
        from_form(Window, {"target": "", "window": "3-4", "reason": "x"})

    assert raised.value.fields == {
        "target": "Please fill this in.",
        "window": "A window reads HH:MM-HH:MM in UTC, like 03:00-04:00.",
    }


@pytest.mark.parametrize(
    ("operation", "values", "field"),
    [
        pytest.param(Between, {"low": 3, "high": 1}, "low", id="together: at the first"),
        pytest.param(Reboot, {"target": "o", "reason": "x" * 20_000}, "reason", id="reason"),
        pytest.param(Reboot, {"target": "o", "dry_run": "maybe"}, "dry_run", id="dry run"),
        pytest.param(Reboot, {"target": "o", "bogus": "x"}, "bogus", id="unknown field"),
    ],
)
def test_a_form_names_the_field_at_fault(
    operation: type[Operation], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(FormError) as raised:
        from_form(operation, values)

    assert list(raised.value.fields) == [field]
