"""discord.py, unchanged, against the stand-in."""

import unittest

from bot import start
from client import ClientTests


class DiscordPy(ClientTests, unittest.IsolatedAsyncioTestCase):
    name = "discord.py"
    start = staticmethod(start)

    async def test_receives_its_guild_with_the_channel(self):
        guild = self.bot.get_guild(int(self.lab.guild))
        self.assertEqual(guild.name, "Guild of discord.py")
        self.assertEqual(guild.get_channel(int(self.lab.channel)).name, "general")

    async def test_replies_to_a_message(self):
        first = await self.bot.get_channel(int(self.lab.channel)).send("What is in stock?")
        await first.reply("Dirt")
        seen = {one["content"]: one for one in await self.lab.messages()}
        self.assertEqual(seen["Dirt"]["referenced_message"]["id"], str(first.id))


if __name__ == "__main__":
    unittest.main()
