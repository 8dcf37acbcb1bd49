"""Reading and writing."""

import json

from expect import failure
from secureflows import ErrorCode, Outcome
from stage import ADA, Stage, play, scenario


@scenario("data.absent")
async def test_absent():
    async with Stage(signed_in=True) as stage:
        assert await stage.client.get_json("nothing") is None
        assert await stage.client.get("nothing", "a default") == "a default"
        assert await stage.client.delete("nothing") is False


@scenario("data.round-trip")
async def test_round_trip():
    values = [True, 0, -17, 0.1, "", '日本語 \0 "\\ 😀', [], [1, [2, [3]], {}], {}]
    values.append({"a": {"b": [None, False]}, "": "empty key"})
    async with Stage(signed_in=True) as stage:
        for value in values:
            await stage.client.set("k", value)
            read = await stage.client.get("k")
            assert read == value and type(read) is type(value)
            assert await stage.client.delete("k") is True
            assert await stage.client.get_json("k") is None
            assert await stage.client.delete("k") is False


@scenario("data.null")
async def test_null():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("k", None)
        assert await stage.client.get_json("k") == "null"
        assert await stage.client.get("k", "a default") is None


@scenario("data.wrapped")
async def test_wrapped():
    async with Stage(signed_in=True) as stage:
        for value in ({"value": 1}, {"value": {"value": 2}, "workspaceName": "x"}):
            await stage.client.set("k", value)
            assert await stage.client.get("k") == value


@scenario("data.numbers")
async def test_numbers():
    async with Stage(signed_in=True) as stage:
        for number in ("9007199254740993", "-0", "1e400", "0.10000000000000000000000000001"):
            await stage.client.set_json("n", number)
            assert await stage.client.get_json("n") == number


@scenario("data.keys")
async def test_keys():
    keys = ["a", "A", "a/b", "a/../b", "../a", "%2e%2e", "%2F", "a%", "a?b=c", "a#b", "a+b", "a b", " "]
    keys += ["…", "日本語", "e\u0301", "\u00e9", "😀", "\0", "\r\nX: y", "'; DROP TABLE s; --"]
    keys += ["__proto__", "constructor", "a\\b", '"', "&amp;", "k" * 100]
    async with Stage(signed_in=True) as stage:
        for number, key in enumerate(keys):
            await stage.client.set(key, number)
        assert await stage.client.payload() == {key: number for number, key in enumerate(keys)}
        for number, key in enumerate(keys):
            assert await stage.client.get(key) == number, key
        for key in keys:
            assert await stage.client.delete(key) is True, key
        assert await stage.client.payload() == {}


@scenario("data.bad-key")
async def test_bad_key():
    async with Stage(signed_in=True) as stage:
        client, sent = stage.client, stage.wire.sent
        for key in ("", ".", "..", "k" * 1025):
            for call in (client.get(key), client.set(key, 1), client.delete(key)):
                error = await failure(call)
                assert (error.code, error.field) == (ErrorCode.INVALID, "key")
                assert error.mend
        assert (await failure(client.set_json("k", "{oops"))).field == "value"
        assert stage.wire.sent == sent, "nothing was sent"


@scenario("data.payload")
async def test_payload():
    async with Stage(signed_in=True) as stage:
        assert await stage.client.payload() == {}
        await stage.client.set("a", 1)
        written = await stage.client.set("b", [True])
        assert written == {"a": 1, "b": [True]}
        assert await stage.client.payload() == written


@scenario("data.identity")
async def test_identity():
    async with Stage(signed_in=True) as stage:
        first = await stage.client.identity()
        assert first.user_id
        assert first.email == ADA
        await stage.client.sign_out()
        await stage.sign_in(stage.client, ADA)
        assert await stage.client.identity() == first


@scenario("data.wrong-type")
async def test_wrong_type():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("k", "private words")
        error = await failure(stage.client.get("k", type=int))
        assert error.code is ErrorCode.WRONG_TYPE
        assert "private" not in f"{error} {error!r} {error.detail}"
        assert await stage.client.get_json("k") == '"private words"'


@play
async def test_types_are_jsons():
    async with Stage(signed_in=True) as stage:
        fitting = [(True, bool), (1, int), (1, float), (1.5, float), ("a", str), ([], list), ({}, dict)]
        for value, kind in fitting:
            await stage.client.set("k", value)
            assert await stage.client.get("k", type=kind) == value
        for value, kind in [(True, int), (True, float), (1, bool), (1.5, int), (None, str)]:
            await stage.client.set("k", value)
            assert (await failure(stage.client.get("k", type=kind))).code is ErrorCode.WRONG_TYPE
        # It is stored, and only its answer is beyond Python.
        error = await failure(stage.client.set_json("k", "1" * 5000))
        assert (error.code, error.outcome) == (ErrorCode.WRONG_TYPE, Outcome.APPLIED)
        assert (await failure(stage.client.get("k"))).code is ErrorCode.WRONG_TYPE
        assert len(await stage.client.get_json("k")) == 5000


@play
async def test_what_is_no_json_is_refused_unsent():
    async with Stage(signed_in=True) as stage:
        sent = stage.wire.sent
        for value in (float("nan"), float("inf"), object(), "\ud800"):
            try:
                await stage.client.set("k", value)
            except (TypeError, ValueError):
                continue
            raise AssertionError(json.dumps(str(value)))
        assert stage.wire.sent == sent
