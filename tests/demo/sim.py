"""A client of the Discord stand-in's control API: makes worlds and acts as a person in them.

It knows nothing of the shop; what people do there is said by the scripts that use it.
"""

import json
import time
import urllib.error
import urllib.request


class SimError(Exception):
    """The stand-in or the bot refused; the message says what."""


class Sim:
    """The stand-in at `url`, for example http://127.0.0.1:8700."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def call(self, method, path, body=None):
        """One request to /_sim; returns the decoded answer (None when empty)."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_sim{path}", data, {"content-type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise SimError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None

    def act(self, user, action, **body):
        """A person's action; returns the interaction once the bot gave its final answer (at most 10 s)."""
        interaction_id = self.call("POST", f"/users/{user}/{action}?wait=10s", body)["interaction_id"]
        interaction = self.call("GET", f"/interactions/{interaction_id}")
        if interaction["acknowledged_ms"] is None:
            raise SimError(f"the bot did not answer {action} {body}")
        return interaction

    def messages(self, channel, user):
        """The messages of a channel as that person sees them."""
        return self.call("GET", f"/channels/{channel}/messages?as={user}")


def components(tree):
    """Every component of a message or modal, rows and containers opened."""
    for component in tree or []:
        yield component
        yield from components(component.get("components"))
        yield from components([component["component"]] if "component" in component else [])


def wait_for(what, probe, seconds=30):
    """Polls until `probe` returns something true and returns that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.1)
    raise SimError(f"{what} did not appear within {seconds} s")
