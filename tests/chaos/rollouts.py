"""Restarts the demo's bot again and again while a customer clicks, and counts what a person would be woken for.

Usage: rollouts.py CHECKOUT RESTARTS     (after `make demo`)

Woken for: a bot or display that is not Ready, is Degraded or is Stalled at any moment, as a watch sees it; a click without an
answer; a second live message.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "tests/demo"))
from sim import Sim, SimError, components, wait_for  # noqa: E402  (the demo's client of the stand-in)

KINDS = ("discordbot", "stockdisplay")
# What each condition must not be while all is well.
ALARMS = {("Ready", "False"), ("Ready", "Unknown"), ("Degraded", "True"), ("Stalled", "True")}
LONGEST_ROLLOUT = 60


class Watch(threading.Thread):
    """Follows one kind by `kubectl get --watch` and keeps every alarming state it was seen in."""

    def __init__(self, kind, namespace):
        super().__init__(daemon=True)
        self.kind, self.alarms = kind, []
        command = ["kubectl", "-n", namespace, "get", kind, "--watch", "--output-watch-events", "-o", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def run(self):
        decoder, text = json.JSONDecoder(), ""
        for line in self.process.stdout:
            text += line
            if line.rstrip() == "}":
                self.see(decoder.decode(text)["object"])
                text = ""

    def see(self, item):
        for condition in item.get("status", {}).get("conditions", []):
            if (condition["type"], condition["status"]) in ALARMS:
                what = f"{condition['type']}={condition['status']} {condition['reason']}: {condition['message']}"
                self.alarms.append(f"{self.kind}/{item['metadata']['name']} {what}")


class Clicks(threading.Thread):
    """A customer who presses Balance all the time."""

    def __init__(self, sim, env):
        super().__init__(daemon=True)
        self.sim, self.env, self.stop = sim, env, threading.Event()
        self.counts, self.slowest_ms = Counter(), 0

    def run(self):
        customer, channel = self.env["CUSTOMER_USER_ID"], self.env["CHANNEL_ID"]
        while not self.stop.is_set():
            message = next(m for m in self.sim.messages(channel, customer) if m.get("components"))
            button = next(c for c in components(message["components"]) if ":balance" in c.get("custom_id", ""))
            try:
                done = self.sim.act(customer, "click", message_id=message["id"], custom_id=button["custom_id"])
                self.counts["answered"] += 1
                self.slowest_ms = max(self.slowest_ms, done["acknowledged_ms"])
            except SimError:
                self.counts["unanswered"] += 1
            self.stop.wait(0.1)


def kubectl(namespace, *args):
    return subprocess.run(["kubectl", "-n", namespace, *args], check=True, text=True, stdout=subprocess.PIPE).stdout


def restart(namespace):
    """Asks for a restart and waits until another pod serves alone; returns the seconds it took."""
    pods = ("get", "pods", "-l", "stockbot.dev/bot=growshop", "-o", "json")
    before = {pod["metadata"]["name"] for pod in json.loads(kubectl(namespace, *pods))["items"]}
    begun = time.monotonic()
    now = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    kubectl(namespace, "annotate", "discordbot/growshop", f"stockbot.dev/restartedAt={now}", "--overwrite")

    def alone():
        after = json.loads(kubectl(namespace, *pods))["items"]
        ready = [c["status"] for pod in after for c in pod["status"].get("conditions", []) if c["type"] == "Ready"]
        return ready == ["True"] and before.isdisjoint(pod["metadata"]["name"] for pod in after)

    wait_for("the new pod alone", alone, LONGEST_ROLLOUT)
    return time.monotonic() - begun


def main():
    env = dict(line.split("=", 1) for line in (ROOT / ".local/demo.env").read_text().splitlines())
    os.environ["KUBECONFIG"] = env["KUBECONFIG"]
    namespace, sim, wanted = env["NAMESPACE"], Sim(env["SIM_URL"]), int(sys.argv[2])
    starts = sim.call("GET", f"/applications/{env['APPLICATION_ID']}")["identifies"]
    watches, clicks = [Watch(kind, namespace) for kind in KINDS], Clicks(sim, env)
    for thread in [*watches, clicks]:
        thread.start()
    took = []
    for number in range(1, wanted + 1):
        took.append(restart(namespace))
        alarms = sum(len(watch.alarms) for watch in watches)
        print(f"restart {number} of {wanted}: {took[-1]:.1f} s; {alarms} alarms, {dict(clicks.counts)}", flush=True)
    clicks.stop.set()
    clicks.join()
    for watch in watches:
        watch.process.terminate()
    alarms = [alarm for watch in watches for alarm in watch.alarms]
    live = [m for m in sim.messages(env["CHANNEL_ID"], env["CUSTOMER_USER_ID"]) if m.get("components") and not m.get("ephemeral")]
    starts = sim.call("GET", f"/applications/{env['APPLICATION_ID']}")["identifies"] - starts
    for alarm, times in Counter(alarms).most_common():
        print(f"{times:4} x {alarm}")
    print(f"{wanted} restarts, median {sorted(took)[wanted // 2]:.1f} s; {starts} session starts; {len(live)} live message(s)")
    print(f"clicks: {dict(clicks.counts)}, slowest acknowledgement {clicks.slowest_ms} ms; alarms: {len(alarms)}")
    sys.exit(bool(alarms or clicks.counts["unanswered"] or len(live) != 1 or starts))


if __name__ == "__main__":
    main()
