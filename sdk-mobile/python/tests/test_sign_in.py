"""Signing in."""

import asyncio

import pytest
from expect import failure
from secureflows import CallbackProblem, ErrorCode, SignedIn, SignedOut, SigningIn, UserCancelled
from secureflows import DataState, LoginClosed
from stage import ADA, BOB, LONGER_THAN_A_TOKEN, REDIRECT, Person, Stage, play, scenario
from visitor import Visitor

NOBODYS = "sf1." + "0" * 32


async def refused(client, url, problem):
    error = await failure(client.complete_login(url))
    assert (error.code, error.callback) == (ErrorCode.CALLBACK_REFUSED, problem)


@scenario("sign-in.hosted-login")
async def test_hosted_login():
    async with Stage(presenter=lambda stage: Person(stage.visitor, ADA)) as stage:
        page = stage.client.begin_login()
        assert stage.client.state == SigningIn()
        callback = stage.visitor.sign_in(page, ADA)
        assert callback.startswith(f"{REDIRECT}?sessionToken=") and "&state=sf1." in callback
        assert await stage.client.complete_login(callback) is True
        assert stage.client.state == SignedIn()
        await stage.client.set("theme", "dark")
        assert stage.stored(ADA) == {"theme": "dark"}
        await stage.client.sign_out()
        await stage.client.sign_in()
        assert stage.client.state == SignedIn()


@scenario("sign-in.continue")
async def test_continue():
    async with Stage() as stage:
        client = stage.client
        await client.complete_login(stage.visitor.sign_in(client.begin_login(), ADA))
        first = await client.identity()
        page = client.begin_login()
        assert f"Continue as {ADA}?" in stage.visitor.open(page).text
        assert await client.complete_login(stage.visitor.continue_as_before(page))
        assert await client.identity() == first


@scenario("sign-in.sign-up")
async def test_sign_up():
    async with Stage() as stage:
        callback = stage.visitor.sign_up(stage.client.begin_login(), "eve@example.com")
        await stage.client.complete_login(callback)
        assert (await stage.client.identity()).email == "eve@example.com"
        assert await stage.client.payload() == {}


@scenario("sign-in.first-data")
async def test_first_data():
    async with Stage() as stage:
        for theme in ("dark", "light"):
            page = stage.client.begin_login(payload={"theme": theme}, ttl_seconds=3600)
            await stage.client.complete_login(Visitor().sign_in(page, ADA))
            assert await stage.client.get("theme") == "dark"


@scenario("sign-in.refused")
async def test_refused():
    async with Stage() as stage:
        callback = stage.visitor.cancel(stage.client.begin_login())
        error = await failure(stage.client.complete_login(callback))
        assert (error.code, error.login) == (ErrorCode.LOGIN_REFUSED, "access_denied")
        assert isinstance(stage.client.state, SignedOut)
        callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
        assert await stage.client.complete_login(callback)


@scenario("sign-in.state-missing")
async def test_state_missing():
    async with Stage() as stage:
        callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
        without, _, _ = callback.rpartition("&state=")
        await refused(stage.client, without, CallbackProblem.STATE_MISSING)
        assert stage.client.state != SignedIn()


@scenario("sign-in.state-forged")
async def test_state_forged():
    for forged in (NOBODYS, "guess"):
        async with Stage() as stage:
            callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
            without, _, _ = callback.rpartition("&state=")
            await refused(stage.client, f"{without}&state={forged}", CallbackProblem.STATE_UNKNOWN)
            assert stage.client.state != SignedIn()


@scenario("sign-in.state-expired")
async def test_state_expired():
    async with Stage() as stage:
        callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
        stage.wire.ahead = 11 * 60 * 1000
        await refused(stage.client, callback, CallbackProblem.STATE_EXPIRED)


@scenario("sign-in.callback-twice")
async def test_callback_twice():
    async with Stage() as stage:
        client = stage.client
        callback = stage.visitor.sign_in(client.begin_login(), ADA)
        both = client.complete_login(callback), client.complete_login(callback)
        first, twice = await asyncio.gather(*both, return_exceptions=True)
        assert first is True
        assert twice.callback is CallbackProblem.STATE_UNKNOWN
        assert client.state == SignedIn()
        assert await client.get_json("theme") is None


@scenario("sign-in.state-foreign")
async def test_state_foreign():
    async with Stage() as stage:
        callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
        other = stage.another(app_id="another-app")
        await refused(other, callback, CallbackProblem.STATE_UNKNOWN)
        assert await stage.client.complete_login(callback), "it is not used up"


@scenario("sign-in.live-token-kept")
async def test_live_token_kept():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("owner", "ada")
        for query in (
            "sessionToken=evil",
            f"sessionToken=evil&state={NOBODYS}",
            f"sessionToken=a&sessionToken=b&state={NOBODYS}",
        ):
            error = await failure(stage.client.complete_login(f"{REDIRECT}?{query}"))
            assert error.code is ErrorCode.CALLBACK_REFUSED
            assert await stage.client.get("owner") == "ada"


@scenario("sign-in.other-page")
async def test_other_page():
    async with Stage(signed_in=True) as stage:
        for url in (
            "http://127.0.0.1:7999/",
            "https://evil.example/callback?sessionToken=t&state=x",
            f"{REDIRECT}?code=1&state=other-library",
        ):
            assert await stage.client.complete_login(url) is False
        assert stage.client.state == SignedIn()


@scenario("sign-in.same-user")
async def test_same_user():
    async with Stage(signed_in=True) as stage:
        client = stage.client
        await client.set("note", 1)
        stage.advance(LONGER_THAN_A_TOKEN)
        await failure(client.get("note"))
        page = client.begin_login(same_user=True)
        assert "&session_token=" in page
        bobs = Visitor().sign_in(page, BOB)
        assert (await failure(client.complete_login(bobs))).code is ErrorCode.LOGIN_REFUSED
        page = client.begin_login(same_user=True)
        assert await client.complete_login(stage.visitor.sign_in(page, ADA))
        assert await client.get("note") == 1
        await client.sign_out()
        with pytest.raises(Exception) as nothing_to_renew:
            client.begin_login(same_user=True)
        assert nothing_to_renew.value.field == "same_user"


@scenario("sign-in.record-survives")
async def test_record_survives():
    async with Stage() as stage:
        callback = stage.visitor.sign_in(stage.client.begin_login(), ADA)
        stage.client.close()
        after = stage.another()
        assert await after.complete_login(callback)
        assert after.state == SignedIn()


class Closing:
    async def present(self, page):
        raise LoginClosed


@play
async def test_a_closed_page_is_the_users_own_wish():
    async with Stage(presenter=lambda _: Closing()) as stage:
        error = await failure(stage.client.sign_in())
        assert isinstance(error, UserCancelled)
        assert error.data is DataState.UNKNOWN
        assert isinstance(stage.client.state, SignedOut)
