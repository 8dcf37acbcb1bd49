"""Signing out."""

from expect import BY_USER, DESTROYED, EXPIRED, failure, signed_out
from script import answering
from secureflows import Cause, ErrorCode, SecureFlowsError, SignedIn, SignedOut
from stage import ADA, REDIRECT, Stage, scenario


async def untold(client, cause):
    error = await failure(client.sign_out())
    assert (error.code, error.reason) == (ErrorCode.SIGNED_OUT_LOCALLY, cause)
    await signed_out(client.get_json("note"), BY_USER)


@scenario("out.logout")
async def test_logout():
    async with Stage() as stage:
        client, token = stage.client, stage.token(ADA)
        await client.adopt(token, stage.origin)
        await client.set("note", 1)
        await client.sign_out()
        await signed_out(client.get_json("note"), BY_USER)
        assert isinstance(client.state, SignedOut)
        await signed_out(client.adopt(token, stage.origin), EXPIRED)
        await client.sign_out()
        await stage.sign_in(client, ADA)
        assert await client.get("note") == 1


@scenario("out.offline")
async def test_offline():
    async with Stage() as stage:
        token = stage.token(ADA)
        await stage.client.adopt(token, stage.origin)
        stage.wire.down = True
        await untold(stage.client, Cause.UNREACHABLE())
        stage.wire.down = False
        other = stage.another()
        await other.adopt(token, stage.origin)
        await stage.client.sign_out()
        await signed_out(other.adopt(token, stage.origin), EXPIRED)


@scenario("out.refused")
async def test_refused():
    async with answering(403, "<html>The hotel says no</html>") as (client, script):
        await untold(client, Cause.REFUSED())
        await untold(client, Cause.REFUSED())
        assert script.count("POST /api/v1/auth/logout") == 2, "it is told again"


@scenario("out.browser")
async def test_browser():
    async with Stage() as stage:
        client, home = stage.client, REDIRECT.removesuffix("callback")
        await client.complete_login(stage.visitor.sign_in(client.begin_login(), ADA))
        page = client.logout_url(home)
        assert client.state == SignedIn(), "a URL signs nobody out"
        assert stage.visitor.leave(page) == home
        client.forget()
        await signed_out(client.get_json("note"), BY_USER)
        try:
            client.logout_url(home)
        except SecureFlowsError as error:
            assert error.code is ErrorCode.SIGNED_OUT
        else:
            raise AssertionError("nobody is signed in")
        text = stage.visitor.open(client.begin_login()).text
        assert "Continue as" not in text, "the browser's own login is gone"


@scenario("out.revoke")
async def test_revoke():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        await stage.client.destroy_all_data()
        await signed_out(stage.client.get_json("note"), DESTROYED)
        await stage.sign_in(stage.client, ADA)
        assert await stage.client.get_json("note") is None
