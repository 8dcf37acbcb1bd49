"""Parses Swift sources; every place that is no Swift to the grammar is told, and ends it with 1."""

import sys
from pathlib import Path

import tree_sitter
import tree_sitter_swift

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))

# What UniFFI generates and the grammar does not know, though the compiler does: blanks of the same length.
UNKNOWN = [b"@_documentation(visibility: private)", b"{ () }"]

# It has to be refused, or nothing is known of what is not.
BROKEN = b"func f( -> Int { return 1 }\n"


def errors(source: bytes) -> list[str]:
    for words in UNKNOWN:
        blank = b"{    }" if words.startswith(b"{") else b" " * len(words)
        source = source.replace(words, blank)
    found, todo = [], [PARSER.parse(source).root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            text = source[node.start_byte : node.end_byte].decode(errors="replace")
            found.append(f"{node.start_point[0] + 1}: {text.splitlines()[0][:80] if text else node.type}")
        elif node.has_error:
            todo.extend(node.children)
    return found


def main() -> int:
    if not errors(BROKEN):
        print("the parser takes what is broken")
        return 1
    bad = 0
    for path in map(Path, sys.argv[1:]):
        for error in errors(path.read_bytes()):
            print(f"{path}:{error}")
            bad = 1
    return bad


sys.exit(main())
