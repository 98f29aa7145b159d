"""The stand-in as the tests use it: its control API, a ready world, and waiting for a condition."""

import asyncio
import os
import time

import aiohttp

URL = os.environ.get("DISCORD_SIM_URL", "").rstrip("/")
if not URL:
    raise SystemExit("set DISCORD_SIM_URL to a running stand-in, or use tests/discord-sim/clients/run")

# Longer than any backoff of the client in these tests.
DEADLINE_SECONDS = 20


class Lab:
    """The control API over one HTTP session."""

    def __init__(self):
        timeout = aiohttp.ClientTimeout(total=15)
        self.http = aiohttp.ClientSession(timeout=timeout)

    async def close(self):
        await self.http.close()

    async def control(self, method, path, body=None):
        """One call; raises with what the stand-in answered if it was refused."""
        async with self.http.request(method, f"{URL}/_sim{path}", json=body) as answer:
            if not answer.ok:
                raise AssertionError(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json() if await answer.read() else None

    async def make_world(self, name):
        """A new application in a new guild with a channel and a person."""
        application = await self.control("POST", "/applications", {"name": name})
        guild = await self.control("POST", "/guilds", {"name": f"Guild of {name}", "applications": [application["id"]]})
        channel = await self.control("POST", f"/guilds/{guild['id']}/channels", {"name": "general"})
        member = await self.control("POST", f"/guilds/{guild['id']}/members", {"name": f"Ada of {name}"})
        self.application, self.token = application["id"], application["token"]
        self.guild, self.channel, self.user = guild["id"], channel["id"], member["user_id"]

    async def act(self, what, body):
        """Acts as the person and returns how the interaction stands once it has its final answer."""
        return await self.control("POST", f"/users/{self.user}/{what}?wait=5s", body)

    async def write(self, count):
        """The person writes messages; their ids in order."""
        ids = []
        for number in range(count):
            body = {"channel_id": self.channel, "content": f"message {number}"}
            ids.append((await self.control("POST", f"/users/{self.user}/message", body))["message_id"])
        return ids

    async def messages(self):
        """What the person sees in the channel."""
        return await self.control("GET", f"/channels/{self.channel}/messages?as={self.user}")

    async def state(self):
        """The application: identifies, resumes, sessions."""
        return await self.control("GET", f"/applications/{self.application}")


async def until(what, check):
    """Polls until `check` returns something true and returns that."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if value := await check():
            return value
        await asyncio.sleep(0.025)
    raise AssertionError(f"did not happen in time: {what}")
