"""Fills the demo's shop the way its people would: the administrator by the bot's slash commands, the customer by its buttons.

Usage: seed.py SIM-URL DONE-FILE     (variables of world.env in the environment; what is done already is not done again)
"""

import os
import sys
from pathlib import Path

from sim import Sim, SimError, components, wait_for

PRODUCTS = [
    # code, name, price in WL, description, units
    ("DLT", "Dirt Seed Pack", 5, "200 seeds in one account", 12),
    ("VIP", "VIP Account", 120, "Account with a VIP role", 4),
    ("RAYMAN", "Rayman's Fist", 950, "Rare item account", 1),
]
GROW_ID = "Customer1"
BALANCE = "20 DL"
REGISTER_BUTTON_STYLE = 3


class Seeder:
    def __init__(self, sim, done_file):
        self.sim, self.done_file = sim, done_file
        self.done = set(done_file.read_text().splitlines()) if done_file.exists() else set()
        self.guild, self.channel = os.environ["GUILD_ID"], os.environ["CHANNEL_ID"]
        self.admin, self.customer = os.environ["ADMIN_USER_ID"], os.environ["CUSTOMER_USER_ID"]

    def once(self, title, action):
        if title in self.done:
            return
        action()
        print(title)
        with self.done_file.open("a") as done:
            print(title, file=done)

    def command(self, name, /, **options):
        self.sim.act(self.admin, "command", guild_id=self.guild, channel_id=self.channel, name=name, options=options)

    def register(self):
        message, button = wait_for("the live message's Register button", self.register_button)
        click = self.sim.act(self.customer, "click", message_id=message["id"], custom_id=button["custom_id"])
        if not click["modal"]:
            raise SimError(f"the Register button opened no form: {click}")
        fields = [c["custom_id"] for c in components(click["modal"]["components"]) if c["type"] == 4]
        self.sim.act(self.customer, "submit", interaction_id=click["id"], fields={fields[0]: GROW_ID})

    def register_button(self):
        for message in self.sim.messages(self.channel, self.customer):
            for component in components(message.get("components")):
                if component.get("style") == REGISTER_BUTTON_STYLE:
                    return message, component
        return None

    def run(self):
        for code, name, price, description, units in PRODUCTS:
            goods = "\n".join(f"{code.lower()}-{number:03}" for number in range(1, units + 1))
            self.once(f"product {code}", lambda: self.command("product add", code=code, name=name, price=f"{price} WL", description=description))
            self.once(f"stock {code}", lambda: self.command("stock add", code=code, text=goods))
        self.once("register", self.register)
        self.once("balance", lambda: self.command("balance-admin add", customer=GROW_ID, amount=BALANCE))


def main():
    Seeder(Sim(sys.argv[1]), Path(sys.argv[2])).run()


if __name__ == "__main__":
    main()
