"""Python values as JSON text, and back."""

from __future__ import annotations

import json
from typing import Any

from .errors import wrong_type


def encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # A number of thousands of digits, or a depth of thousands: valid, but too much for Python.
        raise wrong_type("a value that Python's json reads") from None


def checked(value: Any, kind: type) -> Any:
    """The value, if it is of this type: as JSON has it, where a truth value is no number."""
    kinds = (int, float) if kind is float else kind
    if isinstance(value, kinds) and (kind is bool or not isinstance(value, bool)):
        return value
    raise wrong_type(f"a {kind.__name__}")
