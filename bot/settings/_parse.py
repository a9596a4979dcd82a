"""From the text of rds-bot.yml to its shape, or to sentences that name the key at fault."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from bot.settings._schema import Configuration
from bot.settings._types import did_you_mean

Path = tuple[str | int, ...]

_SENTENCES = {
    "missing": "is required",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "model_type": "must be a mapping (key: value)",
    "dict_type": "must be a mapping (key: value)",
    "mapping_type": "must be a mapping (key: value)",
    "tuple_type": "must be a list",
    "invalid_key": "keys must be text; put the key in quotes",
}


def read(text: str) -> tuple[Configuration, list[str]]:
    """The configuration in ``text`` and all problems found; the defaults where there are any."""
    try:
        document, problems = _parse(text)
    except yaml.YAMLError as error:
        return Configuration(), [_broken(error)]
    if not isinstance(document, dict):
        return Configuration(), ["must be a mapping (key: value)"]
    sections = {key: value for key, value in document.items() if value is not None}
    try:
        return Configuration.model_validate(sections), problems
    except ValidationError as error:
        return Configuration(), problems + explain(error, Configuration, sections)


def explain(error: ValidationError, shape: type[BaseModel], document: object) -> list[str]:
    """One `key: sentence` a problem, in the order of the file and without repetition."""
    problems: list[str] = []
    for detail in error.errors(include_url=False):
        path = _as_written(detail["loc"], document)
        sentence = _sentence(detail["type"], detail["msg"], detail.get("ctx", {}))
        if detail["type"] == "extra_forbidden":
            siblings = _keys_at(shape, detail["loc"][:-1])
            sentence = f"unknown key{did_you_mean(str(detail['loc'][-1]), siblings)}"
        problems.append(f"{_dotted(path)}: {sentence}")
    return list(dict.fromkeys(problems))


def _parse(text: str) -> tuple[Any, list[str]]:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return {}, []
        # PyYAML takes the last of two keys without a word: a rule, or who approves, would be lost.
        twice = [_twice(*found) for found in _repeated(root, (), set())]
        return loader.construct_document(root), twice
    finally:
        loader.dispose()


def _repeated(
    node: yaml.Node, path: Path, seen: set[int]
) -> Iterator[tuple[Path, yaml.Node, yaml.Node]]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*path, index), seen)
    elif isinstance(node, yaml.MappingNode):
        first: dict[str, yaml.Node] = {}
        for key, value in node.value:
            here = (*path, str(key.value))
            if str(key.value) in first:
                yield here, first[str(key.value)], key
            first.setdefault(str(key.value), key)
            yield from _repeated(value, here, seen)


def _twice(path: Path, first: yaml.Node, second: yaml.Node) -> str:
    lines = f"in line {first.start_mark.line + 1} and in line {second.start_mark.line + 1}"
    return f"{_dotted(path)}: written twice, {lines}; keep one"


def _broken(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"no readable YAML: {error}"
    problem = getattr(error, "problem", None) or "no readable YAML"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"


def _sentence(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    return _SENTENCES.get(kind, message).format(**context)


def _as_written(location: Path, document: object) -> Path:
    """``location`` without the steps that the file left out, as in a scalar for a list of one."""
    path: list[str | int] = []
    for step in location:
        if isinstance(document, Mapping):
            path.append(str(step))
            document = document.get(step)
        elif isinstance(document, Sequence) and not isinstance(document, str):
            path.append(step)
            document = document[step] if isinstance(step, int) else None
    return tuple(path)


def _keys_at(shape: type[BaseModel], location: Path) -> list[str]:
    for step in location:
        if isinstance(step, str) and step in shape.model_fields:
            shape = _model_in(shape.model_fields[step].annotation) or shape
    return list(shape.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _dotted(path: Path) -> str:
    return re.sub(r"\.(?=\[)", "", ".".join(f"[{s}]" if isinstance(s, int) else s for s in path))
