"""Formats: the bytes of a content, `.json` for people and `.safetensors` for the wider world."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, TypeAlias

from nn.content import Content
from nn.extras import extra

# How a content becomes bytes, and bytes a content again, which raises some error for others.
Format: TypeAlias = tuple[Callable[[Content], bytes], Callable[[bytes], Content]]


def _arrays(content: Content, path: str = "") -> Iterator[tuple[str, Content, str, int]]:
    """Where the numbers are: a name for a tensor, who has them under which key, how nested.

    Layers have their names in a torch.nn.Sequential. A dict of numbers is nested, too. What has no
    name are arguments of a module, which stay as they are.
    """
    place = 0
    for layer in content.get("layers", []):
        yield f"{path}{place}.weight", layer, "weights", 2
        yield f"{path}{place}.bias", layer, "biases", 1
        place += 1 if layer["activation"] == "linear" else 2
    for place, part in enumerate(content.get("modules", [])):
        yield from _arrays(part, f"{path}{place}.")
    for key in ("arguments", "parameters", "buffers"):
        if key in content:
            yield (path + key if key != "arguments" else ""), content, key, 1
    for place, group in enumerate(content.get("optimizer", {}).get("groups", [])):
        yield f"optimizer.{place}", group, "states", 2


# JSON.

_FORMAT = "chainrule model 1"


def _to_json(content: Content) -> bytes:
    for _, holder, key, depth in _arrays(content):
        if holder[key] is not None:
            _each(lambda x: _read(_written(x)), holder[key], depth)  # what is read again is written
    return (_pretty({"format": _FORMAT, **content}) + "\n").encode()


def _pretty(thing: Any, indent: str = "") -> str:
    """JSON in which each row of numbers is a line, so that a person can read the file."""
    deeper = indent + "  "
    if isinstance(thing, dict):
        items = [f"{json.dumps(key)}: {_pretty(item, deeper)}" for key, item in thing.items()]
        rows = ",\n".join(deeper + item for item in items)
        return f"{{\n{rows}\n{indent}}}" if items else "{}"
    if isinstance(thing, list) and any(isinstance(item, list | dict) for item in thing):
        rows = ",\n".join(deeper + _pretty(item, deeper) for item in thing)
        return f"[\n{rows}\n{indent}]"
    return json.dumps([*map(_written, thing)] if isinstance(thing, list) else _written(thing))


def _from_json(data: bytes) -> Content:
    try:
        content = json.loads(data, parse_constant=_no_number, object_pairs_hook=_once)
    except ValueError as error:  # of which a wrong encoding is one, too
        raise ValueError(f"it is truncated or no JSON ({error})") from None
    if not isinstance(content, dict) or content.pop("format", "") != _FORMAT:
        raise ValueError(f'it does not say "format": "{_FORMAT}"')
    for _, holder, key, depth in _arrays(content):
        if holder[key] is not None:  # a layer may have no biases
            holder[key] = _each(_read, holder[key], depth)
    return content


def _each(f: Callable[[Any], Any], thing: Any, depth: int) -> Any:
    """Nested lists and dicts with a function of each number. Raises TypeError for other nesting."""
    if not depth:
        return f(thing)
    if isinstance(thing, dict):
        return {key: _each(f, item, depth - 1) for key, item in thing.items()}
    if not isinstance(thing, list):
        raise TypeError(f"{thing!r} is no list of numbers")
    return [_each(f, item, depth - 1) for item in thing]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises ValueError if a key is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a name is there twice among {[key for key, _ in pairs]}")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


# Numbers that JSON has not, as text: see `_written`. Digits are those of ASCII.
_FRACTION = re.compile("-?[0-9]+/[0-9]+")
_DECIMAL = re.compile(r"Decimal (-?(?:[0-9]+(?:\.[0-9]+)?(?:E[+-][0-9]+)?|NaN|Infinity))")
_FLOAT = re.compile("nan|-?inf")


def _written(x: Any) -> Any:
    """A number as JSON has it: what is no finite float or int becomes text.

    >>> _written(Fraction(2, 5)), _written(Decimal("0.40")), _written(-math.inf), _written(0.5)
    ('2/5', 'Decimal 0.40', '-inf', 0.5)
    """
    if x is None or isinstance(x, str | bool):  # no number, but a name or a choice
        return x
    if isinstance(x, Fraction):
        return f"{x.numerator}/{x.denominator}"
    if isinstance(x, Decimal) and _DECIMAL.fullmatch(f"Decimal {x}"):
        return f"Decimal {x}"
    if isinstance(x, Integral):
        return int(x)
    if isinstance(x, Real) and not float(x) - x:
        return float(x)
    if isinstance(x, Real) and not math.isfinite(x):
        return str(float(x))
    raise ValueError(f"{x!r} is no number that a .json file can hold")


def _read(x: Any) -> Any:
    """The number that `_written` has written. Raises ValueError or TypeError for anything else."""
    if isinstance(x, int) and not isinstance(x, bool):
        return x
    if isinstance(x, float) and math.isfinite(x):
        return x
    if isinstance(x, str):
        if _FRACTION.fullmatch(x):
            return Fraction(x)
        if found := _DECIMAL.fullmatch(x):
            return Decimal(found[1])
        if _FLOAT.fullmatch(x):
            return float(x)
    raise ValueError(f"{x!r} is not a number")


# safetensors. What is no number is in the header, the numbers are in tensors.


def _to_safetensors(content: Content) -> bytes:
    library, numpy = extra("safetensors.numpy"), extra("numpy", "safetensors")
    tensors = {}
    for name, holder, key, depth in _arrays(content):
        found = holder.pop(key)
        if not name:
            holder[key] = _each(_written, found, depth)
            continue
        if isinstance(found, dict):
            holder[key], found = [*found], [*found.values()]
        if found is not None:
            tensors[name] = numpy.array(_each(_unrounded, found, depth), "float64")
    metadata = {"format": "pt", "chainrule": json.dumps(content)}
    return bytes(library.save(tensors, metadata=metadata))


def _from_safetensors(data: bytes) -> Content:
    error = extra("safetensors").SafetensorError
    try:
        tensors = dict(extra("safetensors.numpy").load(data))
    except error as refused:
        raise ValueError(f"it is truncated or no safetensors file ({refused})") from None
    size = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + size]).get("__metadata__", {})
    if "chainrule" not in metadata:
        raise ValueError("it was not written by nn.save: its header has no 'chainrule'")
    content: Content = json.loads(metadata["chainrule"], object_pairs_hook=_once)
    for name, holder, key, depth in _arrays(content):
        if not name:
            holder[key] = _each(_read, holder[key], depth)
            continue
        tensor, named = tensors.pop(name, None), holder.get(key)
        if tensor is not None and tensor.size and (tensor.dtype, tensor.ndim) != ("float64", depth):
            raise ValueError(f"the tensor {name} is {tensor.dtype} of shape {tensor.shape}")
        found = None if tensor is None else tensor.tolist()
        holder[key] = found if named is None else dict(zip(named, found or [], strict=True))
    if tensors:
        raise ValueError(f"the tensors {[*tensors]} belong to no layer")
    return content


def _unrounded(x: Any) -> float:
    number = float(x)
    if number != x and x == x:
        raise ValueError(f"a .safetensors file would round {x!r}: save the model as .json")
    return number


FORMATS: dict[str, Format] = {
    ".json": (_to_json, _from_json),
    ".safetensors": (_to_safetensors, _from_safetensors),
}
