"""The third hop of the note: what Python reads after Kotlin has changed it."""

import asyncio
import json
import os
from pathlib import Path

from secureflows import SecureFlows
from stage import ADA, APP, REDIRECT, WORKSPACE, ask


async def main() -> None:
    origin, control = os.environ["SECUREFLOWS_ORIGIN"], os.environ["SECUREFLOWS_CONTROL_URL"]
    signed_in = ask("POST", f"{control}/sign-in", {"user": ADA, "application": APP})
    async with SecureFlows(WORKSPACE, APP, REDIRECT, origin=origin) as client:
        await client.adopt(signed_in["sessionToken"], origin)
        payload = await client.payload()
    prefix = "note:"
    read = {key.removeprefix(prefix): note for key, note in payload.items() if key.startswith(prefix)}
    Path(os.environ["SECUREFLOWS_E2E"], "python.json").write_text(json.dumps({"read": read}))


asyncio.run(main())
