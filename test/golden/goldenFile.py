"""How every golden file in this folder is written: one JSON object, arrays as base64 of little-endian float32.

A golden file holds numbers that a reference program computed, so that tests need no Python. Each is made by the
script of the same name beside it and says in "source" which versions made it. To make one again:
`python test/golden/<name>.py`, in any environment with the packages named in its "source".
"""

import base64
import importlib.metadata
import json
import os
import pathlib
import platform

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
MAX_BYTES = 200_000


def array(values):
    """An array as {"shape", "float32"}: row-major little-endian float32 in base64, exact to the bit."""
    values = np.asarray(values, dtype="<f4")
    return {"shape": list(values.shape), "float32": base64.b64encode(values.tobytes()).decode("ascii")}


def number(value):
    """A float32 as the double of the same value, so that JSON keeps every bit (NaN and infinities as strings)."""
    value = float(np.float32(value))
    return value if np.isfinite(value) else str(value)


def numbers(values):
    """A flat list of exact float32 values."""
    return [number(value) for value in np.asarray(values, dtype=np.float32).ravel()]


def source(script, packages, **more):
    """Which script, packages and versions made a file."""
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {"script": f"test/golden/{script}", "python": platform.python_version(), **versions, **more}


def write(name, content):
    """Writes test/golden/<name>.json, one case a line, and refuses a file too large for a repository."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join("  " + json.dumps(row, allow_nan=False) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n ]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    text = "{\n " + ",\n ".join(lines) + "\n}\n"
    if len(text) > MAX_BYTES:
        raise SystemExit(f"{name}.json: {len(text)} bytes, at most {MAX_BYTES}")
    temporary = FOLDER / f".{name}.tmp"
    temporary.write_text(text, encoding="ascii")
    os.replace(temporary, FOLDER / f"{name}.json")
    print(f"{name}.json: {len(text)} bytes")
