"""Makes the demo's Discord: a server with the shop's channels, its bot, an administrator and a customer.

Usage: world.py SIM-URL > world.env     (shell variables; the bot's token is among them)
"""

import sys

from sim import Sim

# Discord's permission bit 5: admin commands are shown to those who have it.
MANAGE_GUILD = "32"


def main():
    sim = Sim(sys.argv[1])
    bot = sim.call("POST", "/applications", {"name": "GrowShop", "total": 1000})
    guild = sim.call("POST", "/guilds", {"name": "GrowShop", "applications": [bot["id"]]})["id"]

    def channel(name):
        return sim.call("POST", f"/guilds/{guild}/channels", {"name": name})["id"]

    def member(name, *roles):
        return sim.call("POST", f"/guilds/{guild}/members", {"name": name, "locale": "id", "roles": roles})["user_id"]

    manager = sim.call("POST", f"/guilds/{guild}/roles", {"name": "Admin", "permissions": MANAGE_GUILD})["id"]

    world = {
        "APPLICATION_ID": bot["id"],
        "BOT_TOKEN": bot["token"],
        "GUILD_ID": guild,
        "CHANNEL_ID": channel("stok"),
        "HISTORY_CHANNEL_ID": channel("riwayat"),
        "LOG_CHANNEL_ID": channel("log"),
        "ADMIN_USER_ID": member("Admin", manager),
        "CUSTOMER_USER_ID": member("Customer"),
    }
    for name, value in world.items():
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
