"""Starts the stand-in and calls its control API."""

import asyncio
import json
import os
import subprocess
import time
import urllib.error
import urllib.request


class Sim:
    """A running stand-in with a small world."""

    def __init__(self):
        program = os.environ.get("DISCORD_SIM")
        if not program:
            raise RuntimeError("set DISCORD_SIM to the program discord-sim (clients/run does)")
        self.process = subprocess.Popen([program, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1].rstrip("/")
        self.application = self._call("POST", "/applications", {"name": "Example Bot", "privileged_intents": ["MESSAGE_CONTENT"]})
        self.guild = self._call("POST", "/guilds", {"name": "Guild", "applications": [self.application["id"]]})["id"]
        self.channel = self._call("POST", f"/guilds/{self.guild}/channels", {"name": "general"})["id"]
        self.user = self._call("POST", f"/guilds/{self.guild}/members", {"name": "Ada", "locale": "de"})["user_id"]

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sim{path}", data, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    async def call(self, method, path, body=None):
        """A call that lets the bot go on meanwhile."""
        return await asyncio.to_thread(self._call, method, path, body)

    async def act(self, what, body):
        """Something a person does, with its final answer."""
        return await self.call("POST", f"/users/{self.user}/{what}?wait=5s", body)

    def stop(self):
        """Ends the process."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


async def until(what, holds):
    """Waits until a condition holds."""
    deadline = time.monotonic() + 15
    while True:
        value = await holds()
        if value:
            return value
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.025)
