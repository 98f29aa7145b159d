"""Measures the running demo: memory, image sizes, apply to published message, click to answer, sale to live message.

Usage: shop.py CHECKOUT     (after `make demo`; writes target/bench/shop.json)
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "tests/demo"))
from sim import Sim, components, wait_for  # noqa: E402  (the demo's client of the stand-in)

RUNS = 5
OVERLAY = ROOT / ".local/demo/overlay"


def main():
    env = dict(line.split("=", 1) for line in (ROOT / ".local/demo.env").read_text().splitlines())
    os.environ["KUBECONFIG"] = env["KUBECONFIG"]
    bench = Bench(env)
    figures = {
        "operator resident memory, MiB (goal 30)": [resident("/stockbot-operator")],
        "bot resident memory, MiB (goal 15 idle)": [resident("/stockbot")],
        "image stockbot-operator, MiB (goal 25)": [image_size("stockbot-operator")],
        "image stockbot, MiB (goal 25)": [image_size("stockbot")],
        "click Balance to answer, ms": [bench.click() for _ in range(RUNS * 4)],
        "price changed to live message, s (goal 3)": [bench.change(run) for run in range(RUNS)],
        "kubectl apply to published message, s (goal 15)": [bench.apply() for _ in range(RUNS)],
    }
    show(figures)


class Bench:
    def __init__(self, env):
        self.env, self.sim = env, Sim(env["SIM_URL"])

    def kubectl(self, *args, **more):
        command = ["kubectl", "-n", self.env["NAMESPACE"], *args]
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **more).stdout

    def live(self, channel=None):
        messages = self.sim.messages(channel or self.channel(), self.env["CUSTOMER_USER_ID"])
        return next((message for message in messages if message.get("components")), None)

    def channel(self):
        display = json.loads(self.kubectl("get", "stockdisplay", "main", "-o", "json"))
        return display["spec"]["channelId"]

    def click(self):
        message = wait_for("the live message", self.live)
        button = next(c for c in components(message["components"]) if c.get("custom_id", "").startswith("sb1:live:balance"))
        begun = time.monotonic()
        self.sim.act(self.env["CUSTOMER_USER_ID"], "click", message_id=message["id"], custom_id=button["custom_id"])
        return (time.monotonic() - begun) * 1000

    def change(self, run):
        channel, price = self.channel(), 901 + run
        change = f"UPDATE stockbot.products SET price = {price} WHERE code = 'RAYMAN'"
        subprocess.run(["psql", "-q", self.env["DATABASE_URL"], "-c", change], check=True)
        begun = time.monotonic()
        wait_for("the new price", lambda: f"9 DL {price % 100} WL" in json.dumps(self.live(channel)))
        # Apart, so that Discord's limit of 3 edits in 6 s is not what is measured.
        time.sleep(3)
        return time.monotonic() - begun - 3

    def apply(self):
        """Both objects gone, then applied with a channel of its own: until the message stands in it."""
        self.kubectl("delete", "discordbot/growshop", "stockdisplay/main", "--wait")
        self.kubectl("wait", "--for=delete", "pod", "-l", "stockbot.dev/bot=growshop", "--timeout=60s")
        channel = self.sim.call("POST", f"/guilds/{self.env['GUILD_ID']}/channels", {"name": "bench"})["id"]
        documents = subprocess.run(
            ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(OVERLAY)], check=True, text=True, stdout=subprocess.PIPE
        ).stdout.replace(self.env["CHANNEL_ID"], channel)
        begun = time.monotonic()
        self.kubectl("apply", "-f", "-", input=documents)
        wait_for("the live message", lambda: self.live(channel), seconds=60)
        return time.monotonic() - begun


def resident(program):
    """Resident memory in MiB of the process whose first argument is `program`."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().split(b"\0")[0].decode() == program:
                status = (process / "status").read_text().splitlines()
                return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))
        except (OSError, StopIteration):
            continue
    raise SystemExit(f"no process {program} runs; is the demo up?")


def image_size(name):
    archives = (Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "stockbot").rglob(f"{name}.tar")
    newest = max(archives, key=lambda archive: archive.stat().st_mtime)
    return newest.stat().st_size / 2**20


def show(figures):
    print(f"{'':50} {'runs':>4} {'min':>8} {'median':>8} {'max':>8}")
    rows = {}
    for name, values in figures.items():
        values = sorted(values)
        low, middle, high = values[0], values[len(values) // 2], values[-1]
        rows[name] = {"runs": len(values), "min": low, "median": middle, "max": high}
        print(f"{name:50} {len(values):4} {low:8.2f} {middle:8.2f} {high:8.2f}")
    target = ROOT / "target/bench"
    target.mkdir(parents=True, exist_ok=True)
    (target / "shop.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
