"""The examples of the docstrings and of the README, run against the mock."""

import ast
import contextlib
import doctest
import inspect
import io
import re
import types
from pathlib import Path

import pytest
import secureflows
import stage
import visitor
from stage import ADA, Stage, play

README = Path(__file__).parents[1] / "README.md"


def documented():
    """Everything that the package exports."""
    for name in secureflows.__all__:
        item = getattr(secureflows, name)
        if inspect.isclass(item):
            yield name, item.__doc__
            for member, method in vars(item).items():
                yield f"{name}.{member}", inspect.getdoc(method)


EXAMPLES = {name: doc for name, doc in documented() if ">>>" in (doc or "")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_docstring(name):
    stage.run(example_of(name))


async def example_of(name):
    """Plays an example as `python -m asyncio` would, with Ada signed in as `sf`."""
    async with Stage(signed_in=True) as platform:
        known = {**vars(secureflows), "sf": platform.client}
        for example in doctest.DocTestParser().get_examples(EXAMPLES[name]):
            got = await typed(example, known)
            assert got == example.want or (example.exc_msg and example.exc_msg in got), example.source


async def typed(example, known):
    """What is printed when the example is typed."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(example.source, "<example>", "single", flags, dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            result = types.FunctionType(code, known)()
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            return f"{type(error).__name__}: {error}\n"
    return printed.getvalue()


def blocks():
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_readme_first_example(monkeypatch):
    """The way in of the README, with a browser that needs no person."""
    platform = Stage(redirect="http://127.0.0.1:7878/callback")

    def browse(page):
        with visitor.urllib.request.urlopen(platform.visitor.sign_in(page, ADA)) as done:
            return done.status == 200

    monkeypatch.setattr("webbrowser.open", browse)
    code = blocks()[0]
    assert "http://127.0.0.1:8787" in code
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code.replace("http://127.0.0.1:8787", platform.origin), {})
    assert printed.getvalue() == f"Hello, {ADA}\ndark\n1\n"


@play
async def test_readme_errors():
    known = {}
    exec(blocks()[1], known)
    store = known["store"]
    async with Stage(signed_in=True) as platform:
        assert await store(platform.client, "milk") == "stored"
        assert await store(platform.client, "x" * 20_000) != "stored"
        platform.advance(8 * 24 * 3600)
        assert await store(platform.client, "milk") == "sign in again; the data is intact"
        with contextlib.closing(platform.another()) as nobody:
            assert (await store(nobody, "milk")).startswith("sign in again")
