"""The words of which sentences are made, and what each of them is about.

Every table is read with ``known``: small letters, without accents, and in the forms of a word that
English makes by rule (``rebooting``, ``queries``). A word that stands in no table means nothing.
"""

import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache

from bot.operation import Change, Query
from bot.operations import CATALOGUE

Words = frozenset[str]


def _set(text: str) -> Words:
    return frozenset(text.split())


GREETINGS = _set(
    "good hello hi hey hallo howdy greetings morning afternoon evening yo hiya heya welcome sup "
    "ping hola bonjour salut servus moin ciao buenos buenas dias tardes guten tag"
)
THANKS = _set(
    "thanks thank thx thanx ty tysm cheers bye goodbye danke gracias merci obrigado grazie nice "
    "nevermind great cool awesome perfect lovely kudos lol"
)
NEGATIONS = _set(
    "not never no none dont cannot without neither nor stop nicht kein keine niemals nunca jamais "
    "pas"
)
#: What people put before what they want.
POLITE = _set(
    "please pls plz plss kindly can could would will you u i id i'd im i'm we want need like wanna "
    "must to go ahead and now just there let's lets take make do get give gimme me us have some so "
    "ok okay then bot rds folks team guys all everyone quick quickly real asap bitte por favor "
    "puedes kannst du peux tu pouvez vous s'il vous plait mir bitte"
)
#: What stands between a verb and what it is about.
FILLERS = _set(
    "a an the of for on to about at in from with my our your me us please pls plz now thanks all "
    "database databases db dbs instance cluster called named right it's"
)
#: Which words begin a question: what it asks after is to be looked at, never to be done.
QUESTIONS = _set(
    "who whos who's when why what whats what's which where how hows how's did was were has had is "
    "are does isn't aren't wasn't wer wann warum was wieso welche cuando quien porque cual quand "
    "qui pourquoi quel quelle"
)
#: Without any of these, a change is asked for; with them, somebody tells of one or asks after it.
TOLD = _set(
    "last latest previous recent recently did was were since ago yesterday history finished done "
    "succeeded failed already still worked exist exists many often letzte letzten ultimo ultima "
    "dernier derniere"
)
#: Behind these a change has been made, or will be: it is told of and not asked for.
AFTER = _set("after since before until during despite from nach seit vor desde apres depuis")
#: The other words of sentences. None of them is a slip, however near a verb it comes.
SENTENCE = (
    GREETINGS
    | THANKS
    | NEGATIONS
    | POLITE
    | FILLERS
    | QUESTIONS
    | TOLD
    | AFTER
    | _set(
        "whom whose whether be been doing done should may might shall tell it its this that these "
        "those there they them he she his her any every everything something nothing anyone nobody "
        "ever bad up fast or but if because by as than too very much many more most one two yes "
        "today tonight tomorrow again really over under between while until urgent immediately "
        "soon later maybe think know seems looks going"
    )
)
#: Other words one letter away from a verb, and those that end a verb of a change otherwise.
NEIGHBOURS = _set(
    "adit approver approvers audio back cancer chancel compart confection confections convection "
    "convections even evens held hell helm helps hemp lags least legs lest lift lint lisp lit lits "
    "lobs loge logo logos longs loss lost lots lugs lust lots divest heap matrices rebook repo "
    "repost resort retort retry settee settled settler settles settling settings shaw shod shoe "
    "shoo shop shot shown snaps snow stat state states statue step stow tops whoa comparer repot "
    "requester resect"
)

#: What looks, by its verb: the words by which people ask for it.
LOOKS: Mapping[str, Words] = {
    one.verb: _set(one.synonyms)
    for one in CATALOGUE.values()
    if one.synonyms and issubclass(one, Query)
}
#: Those that say only that somebody wants to see something: what else they say counts for more.
WEAK = _set(
    "show list everything status state info overview ok okay up down databases dbs who whos wer "
    "qui quien writer primary leader zeig zeige muestra mostrar montre instances tag problem issue "
    "wrong replica"
)
#: Without any of those either, how it does.
DOING = _set(
    "doing going look looks looking check feeling geht esta estan va behaving behave weird strange "
    "acting"
)

_ASKED = {one.verb: one.synonyms.split() for one in CATALOGUE.values() if issubclass(one, Change)}
#: What changes a database, by the verb of its form: the words for it, and two that say it together.
CHANGES: Mapping[str, Words] = {
    verb: frozenset(one for one in words if "+" not in one) for verb, words in _ASKED.items()
}
TOGETHER: Mapping[str, Sequence[Sequence[str]]] = {
    verb: [one.split("+") for one in words if "+" in one] for verb, words in _ASKED.items()
}
#: What it does on the bot's own records.
DECISIONS: Mapping[str, Words] = {
    "approve": _set(
        "approve lgtm +1 accept genehmige genehmigen aprueba aprobar approuve approuver"
    ),
    "reject": _set(
        "reject decline deny refuse ablehnen rechaza rechazar refuser"
    ),
    "cancel": _set(
        "cancel withdraw abort retract scrap undo abbrechen storniere cancela cancelar annule "
        "annuler"
    ),
    "settle": _set("settle"),
}  # fmt: skip
#: What speaks of all databases and of no single one.
FLEETWIDE = _set("everything anything databases dbs fleet which all any environment environments")
#: How a change has come along.
ENDINGS_OF = _set("finish finished done through complete completed succeed progress yet far ready")
#: What somebody moves who wants the backup window elsewhere.
MOVES = _set("move change set shift put modify update make adjust verschiebe cambia deplace")
#: When a digest shall come.
SCHEDULES = _set(
    "schedule subscribe daily weekly every each weekday weekdays morning mornings monday mondays "
    "send"
)
ENDS = _set("remove stop end delete unsubscribe unschedule")

#: What people want done to a database; the bot can where a change of its has the word.
FOREIGN = _set(
    "stop start delete drop remove destroy kill terminate create restore recover resize scale "
    "rm upsize downsize modify change set promote demote upgrade downgrade patch rename clone copy "
    "rotate grant revoke migrate export import move pause resume enable disable add increase "
    "decrease expand bump shrink extend switch detach attach purge truncate vacuum analyze reindex "
    "reset tag untag deploy rollback provision execute run insert update select alter wipe erase "
    "shutdown spin dump install configure turn raise lower double write loschen losche entferne "
    "borra borrar elimina eliminar crea crear supprime supprimer efface effacer cree creer "
    "erstelle"
)
#: What stands before it where somebody wants it done.
WANTED = _set(
    "to you u i we please pls plz can could would should must lets let's and someone somebody "
    "anyone anybody bitte favor want need gonna"
)
#: Before these a change is none: the backup window is a setting, a failed restart a fact.
NOT_ASKED = _set(
    "window windows failed finished worked succeeded status retention size history schedule "
    "progress completed took is was were has age job jobs running not "
    "missing lost"
)
SMALL = _set("a an the my our your this that last another one quick full manual new")
#: What stands before a change that the bot can make: to create a snapshot is to take one.
MAKING = _set("create make take run do add start trigger perform kick erstelle crea")
#: Behind these stands a reason.
BECAUSE = _set("because cause cuz bc as since for due to of reason so")
#: What a person may ask for and no form gives.
KEPT_AWAY = _set("password passwords credential credentials passwort contrasena")

HELP = _set("help commands command usage manual docs hilfe ayuda aide instructions capable")

#: Other names of what looks, which take the same words behind them.
ALIASES = {
    "ls": "list", "lst": "list", "databases": "list", "dbs": "list", "inventory": "list",
    "describe": "show", "info": "show", "details": "show", "graph": "metrics", "chart": "metrics",
    "history": "audit",
}  # fmt: skip


def plainly(word: str) -> str:
    """In small letters, without accents and the marks around it: ``¿Cómo?`` is ``como``."""
    return unaccented(word).strip("?!.,;:()[]{}\"'`*_~\u00bf\u00a1\u2026")


def unaccented(text: str) -> str:
    """In small letters, ``cómo`` as ``como``; other scripts stay as they are."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    marks = (one for one in apart if not "\u0300" <= one <= "\u036f")
    return unicodedata.normalize("NFC", "".join(marks))


def known(word: str, table: Container[str]) -> bool:
    """Whether it stands there in one of its forms."""
    return any(form in table for form in forms(word))


def forms(word: str) -> Iterator[str]:
    """The word, and what it may be a form of; the nearest first."""
    yield word
    for end, instead in ENDINGS:
        if word.endswith(end) and len(word) - len(end) > 2:
            stem = word[: -len(end)]
            yield stem + instead
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


ENDINGS = (
    ("'s", ""), ("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""),
    ("ing", "e"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def is_common(word: str) -> bool:
    """Whether it is a word of sentences, so that it hardly names a database."""
    bare = plainly(word)
    return any(known(bare, table) for table in _COMMON)


def is_negation(word: str) -> bool:
    return word in NEGATIONS or word.endswith("n't")


_COMMON = (
    SENTENCE, FOREIGN, DOING, HELP, ALIASES, *LOOKS.values(), *CHANGES.values(),
    *DECISIONS.values(),
)  # fmt: skip
