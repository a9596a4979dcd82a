"""What may be meant by words that begin with no verb: a slip of the fingers, or a sentence.

A verb is meant by a real slip alone. Another word of English that happens to be near, and what
others can do to a database, mean themselves.
"""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from handlers.parser._words import Word

LONG = 12  #: letters from which two may be wrong instead of one
BEGUN = 4  #: letters of a verb that say which one it is


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREETINGS = _set(
    "good hello hi hey hallo howdy greetings morning afternoon evening yo hiya welcome"
)
THANKS = _set("thanks thank thx ty cheers bye goodbye merci danke")
NEGATIONS = _set("not never no none dont cannot without neither nor stop")
#: What people put before what they want.
POLITE = _set(
    "please pls plz kindly can could would will you u i we want need like wanna must to go ahead "
    "and now just there let's lets take make do get give me us have some so ok okay then bot"
)
#: What stands between a verb and what it is about.
FILLERS = _set(
    "a an the of for on to about at in from with my our your me us please pls plz now thanks "
    "database databases db dbs instance cluster called named right it's"
)
#: The words of sentences. None of them is a slip, however near a verb it comes.
SENTENCE = (
    GREETINGS
    | THANKS
    | NEGATIONS
    | POLITE
    | FILLERS
    | _set(
        "what what's whats how how's who who's whom whose when where why which whether is are was "
        "were be been does did doing done has had should may might shall tell it its this that "
        "these those there they them he she his her all any every everything something nothing "
        "anyone somebody nobody ever good bad down up slow fast broken or but if because by as "
        "than too very much many more most one two yes"
    )
)
#: Other words one letter away from a verb, and those that end a verb of a change otherwise.
NEIGHBOURS = _set(
    "adit approved approver approves approving audio back cancelled cancels cancer chancel "
    "compart confection confections convection convections even evens held hell helm helps hemp "
    "lags last least legs lest lift lint lisp lit lits lobs loge logo logos longs loss lost lots "
    "lugs lust lots divest heap matrices rebook rebooted rebooting reboots rejected rejects repo "
    "repost resort retort retry settee settled settler settles settling settings shaw shod shoe "
    "shoo shop shot shown snaps snow snapshots snapshotted sow stat state states statue step stop "
    "stow tops whoa "
    "compares compared comparer connect connected connecting repot requested requester resect"
)
#: What others can do to a database, and this bot cannot.
FOREIGN = _set(
    "stop start delete drop remove destroy kill terminate create restore recover resize scale "
    "modify change set promote demote upgrade downgrade patch rename clone copy rotate grant "
    "revoke connect migrate export import move pause resume enable disable add switch switchover "
    "detach attach purge truncate vacuum reset tag untag deploy rollback provision"
)
#: Of these, what may stand before a change that it can: to create a snapshot.
MAKES = _set("create change modify move set")
#: Other words for what it can do, and the verb of each.
SAME = {
    "restart": "reboot", "bounce": "reboot", "failover": "reboot", "backup": "snapshot",
    "describe": "show", "info": "show", "graph": "metrics", "chart": "metrics",
    "databases": "list", "ls": "list",
}  # fmt: skip

HELP = "/rds help shows what I can do."


def near(typed: str, choices: Iterable[str], begun: int = 2) -> str | None:
    """The one of ``choices`` that was begun with so many letters, or is a slip away."""
    listed = sorted(set(choices))
    starts = [one for one in listed if len(typed) >= begun and one.startswith(typed)]
    found = starts if len(starts) == 1 else [one for one in listed if is_slip(typed, one)]
    return min(found, key=lambda one: OSA.distance(typed, one)) if found else None


def is_slip(typed: str, meant: str) -> bool:
    """A letter is wrong, missing, doubled or swapped with the next; of a long word, two.

    The first letter is right, or swapped with the next. Of three letters every other one is a
    word of its own, so there they are only swapped.
    """
    if sorted(typed) == sorted(meant):
        return OSA.distance(typed, meant) == 1
    if min(len(typed), len(meant)) < 3 or len(meant) < 4 or typed[0] != meant[0]:
        return False
    return 0 < OSA.distance(typed, meant) <= (2 if len(meant) >= LONG else 1)


def is_own_word(word: str) -> bool:
    """Whether it means itself, whatever it resembles."""
    return any(word in table for table in (SENTENCE, NEIGHBOURS, FOREIGN, SAME))


def is_negated(words: Sequence[Word]) -> bool:
    """Whether a sentence says that something shall not be; a reason may say so of anything."""
    return any(word in NEGATIONS or word.endswith("n't") for word in _spoken(words))


def wanted(words: Sequence[Word]) -> tuple[Word, ...]:
    """A sentence from its first word on that is more than polite."""
    before = POLITE | GREETINGS | FILLERS
    asked = [number for number, word in enumerate(words) if _bare(word) not in before]
    return tuple(words[asked[0] :]) if asked else ()


def plainer(words: Sequence[Word]) -> str:
    """The command that a sentence would be without what only makes it one; empty for none.

    What still has words of a sentence in it is none.
    """
    asked = wanted(words)
    end = len(_spoken(asked))
    kept = [word for word in asked[:end] if word.is_quoted or _bare(word) not in FILLERS]
    if any(_bare(word) in SENTENCE for word in kept if not word.is_quoted):
        return ""
    plain = [word.typed if word.is_quoted else unmarked(word.typed) for word in kept]
    return " ".join([*plain, *(word.typed for word in asked[end:])])


def help_for(asked: Sequence[Word]) -> str:
    """The help for what others call by another name; empty for none."""
    same = SAME.get(_bare(asked[0])) if asked else None
    return f"help {same}" if same else ""


def answer_to(words: Sequence[Word], wish: Sequence[Word], *, forbids: bool) -> str:
    """One sentence for what is no command, and where to look.

    ``wish`` is what is left of it without what is polite; ``forbids``: a change shall not be.
    """
    first, asked = _bare(words[0]), _bare(wish[0]) if wish else ""
    if forbids:
        return f"Then I change nothing. {HELP}"
    if first in GREETINGS:
        return f"Hello. {HELP}"
    if first in THANKS:
        return f"You are welcome. {HELP}"
    if asked in FOREIGN:
        return f'"{asked}" is nothing that I can do as yet. {HELP}'
    if asked in SAME:
        return f'I do not know "{asked}"; "{SAME[asked]}" comes nearest. {HELP}'
    if re.fullmatch(r"rds-\d+", first):
        return f"That is a request and no command. {HELP}"
    if re.search(r"\w\.\w|://|^arn:", first):
        return f"That is an address and no command. {HELP}"
    if len(words) > 1 and (first in SENTENCE | MAKES or is_negated(words)):
        return f"I read commands and no whole sentences. {HELP}"
    return f"I don't know {shortened(words[0].text)}. {HELP}"


def shortened(text: str) -> str:
    """``text`` in quotes, cut where it would fill the screen."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'


def is_making(word: Word) -> bool:
    return _bare(word) in MAKES


def _spoken(words: Sequence[Word]) -> list[str]:
    """Up to the first flag: what stands behind it is somebody's reason."""
    flags = [number for number, word in enumerate(words) if word.is_flag]
    return [_bare(word) for word in words[: flags[0] if flags else len(words)]]


def _bare(word: Word) -> str:
    return unmarked(word.text.casefold())


def unmarked(text: str) -> str:
    """Without the marks that end a part of a sentence."""
    return text.rstrip("?!.,;:")
