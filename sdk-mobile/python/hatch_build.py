"""Puts into the wheel what `cargo xtask python` made: the binding, and this machine's library."""

import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeLibrary(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        binding, library = made("SECUREFLOWS_BINDING"), made("SECUREFLOWS_LIBRARY")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"][str(binding)] = "secureflows/ffi.py"
        build_data["force_include"][str(library)] = f"secureflows/{library.name}"


def made(variable: str) -> Path:
    path = Path(os.environ.get(variable, ""))
    if not path.is_file():
        raise FileNotFoundError(f"{variable} names no file: build the wheel with `cargo xtask python`")
    return path
