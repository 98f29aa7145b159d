"""A small bot of discord.py: a command with autocomplete, a button, a modal, a file by direct message."""

import asyncio
import io

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Order(discord.ui.Modal, title="Your order"):
    count = discord.ui.TextInput(label="How many?", custom_id="count")
    note = discord.ui.TextInput(label="A note", custom_id="note", style=discord.TextStyle.paragraph)

    async def on_submit(self, interaction):
        await interaction.response.defer(ephemeral=True, thinking=True)
        file = discord.File(io.BytesIO(f"{self.count.value} units\n".encode()), "goods.txt")
        await interaction.user.send("Your goods", file=file)
        await interaction.edit_original_response(content=f"Ordered {self.count.value}: {self.note.value}")


class Amount(discord.ui.View):
    def __init__(self):
        super().__init__(timeout=None)

    @discord.ui.button(label="Choose an amount", custom_id="amount", style=discord.ButtonStyle.primary)
    async def amount(self, interaction, _button):
        await interaction.response.send_modal(Order())

    @discord.ui.select(custom_id="colours", max_values=2, options=[
        discord.SelectOption(label=name.title(), value=name) for name in ("red", "green", "blue")])
    async def colours(self, interaction, select):
        await interaction.response.send_message(f"Chose {' and '.join(select.values)}", ephemeral=True)


@app_commands.command(name="order", description="Orders something")
async def order(interaction: discord.Interaction, item: str):
    await interaction.response.send_message("One moment", ephemeral=True)
    await interaction.edit_original_response(content=f"Order {item}?", view=Amount())


@order.autocomplete("item")
async def complete_item(_interaction, typed: str):
    return [app_commands.Choice(name=f"{typed}rt", value=f"{typed}rt")]


class Bot(discord.Client):
    """Keeps what it saw: ids of messages, the number of resumes, errors."""

    def __init__(self, guild):
        intents = discord.Intents(guilds=True, guild_messages=True)
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)
        self.home = discord.Object(guild)
        self.messages, self.resumes, self.errors = [], 0, []
        self.tree.error(self.on_tree_error)

    async def setup_hook(self):
        self.tree.add_command(order, guild=self.home)
        await self.tree.sync(guild=self.home)

    async def on_message(self, message):
        self.messages.append(str(message.id))

    async def on_resumed(self):
        self.resumes += 1

    async def on_error(self, event, *_arguments, **_named):
        self.errors.append(event)

    async def on_tree_error(self, _interaction, error):
        self.errors.append(error)


async def start(url, token, guild, stack):
    """Logs in to the stand-in and waits for the guild; the bot, which ends with the stack."""
    Route.BASE = f"{url}/api/v10"
    bot = Bot(guild)
    stack.push_async_callback(bot.close)
    await bot.login(token)
    _shards, gateway, _limit = await bot.http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    running = asyncio.create_task(bot.connect())
    ready = asyncio.create_task(bot.wait_until_ready())
    await asyncio.wait({running, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    if not ready.done():
        raise AssertionError("the bot was not ready in time")
    return bot
