"""hikari, unchanged, against the stand-in."""

import unittest

import lab
from bot import start
from client import ClientTests


class Hikari(ClientTests, unittest.IsolatedAsyncioTestCase):
    name = "hikari"
    start = staticmethod(start)

    async def test_receives_its_guild_with_the_channel(self):
        async def known():
            return self.bot.cache.get_guild(int(self.lab.guild))

        guild = await lab.until("the guild", known)
        self.assertEqual(guild.name, "Guild of hikari")
        self.assertEqual(guild.get_channel(int(self.lab.channel)).name, "general")

    async def test_lists_its_guilds(self):
        guilds = [guild.id async for guild in self.bot.rest.fetch_my_guilds()]
        self.assertEqual(guilds, [int(self.lab.guild)])


if __name__ == "__main__":
    unittest.main()
