"""A small shop written with discord.py."""

import io

import discord
import yarl
from discord import app_commands


class HowMany(discord.ui.Modal, title="How many?"):
    """Asks for a quantity."""

    quantity = discord.ui.TextInput(label="Quantity", custom_id="quantity")

    async def on_submit(self, interaction):
        await interaction.response.edit_message(content=f"Bought {self.quantity.value}", view=None)
        await interaction.user.send("Here", file=discord.File(io.BytesIO(b"unit 1\n"), "goods.txt"))


class Confirm(discord.ui.View):
    """The button under the command's answer."""

    @discord.ui.button(label="Confirm", style=discord.ButtonStyle.success, custom_id="confirm")
    async def confirm(self, interaction, _button):
        await interaction.response.send_modal(HowMany())


class Bot(discord.Client):
    """The bot; `told` has what it went through."""

    def __init__(self, url):
        discord.http.Route.BASE = f"{url}/api/v10"
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws") + "/gateway")
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True, message_content=True))
        self.told = []
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(buy)

    async def on_ready(self):
        await self.tree.sync()
        self.told.append("ready " + ",".join(f"{guild.name} {len(guild.channels)}" for guild in self.guilds))

    async def on_resumed(self):
        self.told.append("resumed")

    async def on_message(self, message):
        self.told.append(f"message {message.content}")

    async def on_error(self, event, *_):
        self.told.append(f"error in {event}")


@app_commands.command(description="Buys")
async def buy(interaction: discord.Interaction, code: str):
    """The slash command."""
    await interaction.response.defer(ephemeral=True)
    await interaction.edit_original_response(content=f"Buy {code}?", view=Confirm())


@buy.autocomplete("code")
async def codes(_interaction, typed: str):
    """Suggestions for its option."""
    return [app_commands.Choice(name=f"{typed}rt", value="DIRT")]
