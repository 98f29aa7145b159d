"""A small bot of hikari: a command with autocomplete, a button, a select, a modal, a file by direct message."""

import asyncio

import hikari
from hikari import impl

EPHEMERAL = hikari.MessageFlag.EPHEMERAL
MESSAGE = hikari.ResponseType.MESSAGE_CREATE


def components():
    """The row with the button, and the one with the select."""
    button = impl.MessageActionRowBuilder()
    button.add_interactive_button(hikari.ButtonStyle.PRIMARY, "amount", label="Choose an amount")
    colours = impl.MessageActionRowBuilder()
    menu = colours.add_text_menu("colours", max_values=2)
    for name in ("red", "green", "blue"):
        menu.add_option(name.title(), name)
    return [button, colours]


def fields():
    """The rows of the modal."""
    count, note = impl.ModalActionRowBuilder(), impl.ModalActionRowBuilder()
    count.add_text_input("count", "How many?")
    note.add_text_input("note", "A note", style=hikari.TextInputStyle.PARAGRAPH)
    return [count, note]


async def use(interaction):
    await interaction.create_initial_response(MESSAGE, "One moment", flags=EPHEMERAL)
    await interaction.edit_initial_response(f"Order {interaction.options[0].value}?", components=components())


async def complete(interaction):
    typed = interaction.options[0].value
    await interaction.create_response([impl.AutocompleteChoiceBuilder(f"{typed}rt", f"{typed}rt")])


async def press(interaction):
    if interaction.custom_id == "amount":
        await interaction.create_modal_response("Your order", "order", components=fields())
    else:
        await interaction.create_initial_response(MESSAGE, f"Chose {' and '.join(interaction.values)}", flags=EPHEMERAL)


async def submit(interaction):
    count, note = (row[0].value for row in interaction.components)
    await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=EPHEMERAL)
    await interaction.user.send("Your goods", attachment=hikari.Bytes(f"{count} units\n".encode(), "goods.txt"))
    await interaction.edit_initial_response(f"Ordered {count}: {note}")


ANSWERS = {
    hikari.CommandInteraction: use, hikari.AutocompleteInteraction: complete,
    hikari.ComponentInteraction: press, hikari.ModalInteraction: submit,
}


class Bot(hikari.GatewayBot):
    """Keeps what it saw: ids of messages, the number of resumes, errors."""

    def __init__(self, url, token):
        intents = hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES
        super().__init__(token, rest_url=f"{url}/api/v10", intents=intents, banner=None, logs="WARNING")
        self.messages, self.resumes, self.errors = [], 0, []
        self.ready = asyncio.Event()
        self.subscribe(hikari.ShardReadyEvent, self.on_ready)
        self.subscribe(hikari.GuildMessageCreateEvent, self.on_message)
        self.subscribe(hikari.InteractionCreateEvent, self.on_interaction)
        self.subscribe(hikari.ShardResumedEvent, self.on_resumed)
        self.subscribe(hikari.ExceptionEvent, self.on_exception)

    async def on_ready(self, _event: hikari.ShardReadyEvent):
        self.ready.set()

    async def on_message(self, event: hikari.GuildMessageCreateEvent):
        self.messages.append(str(event.message_id))

    async def on_interaction(self, event: hikari.InteractionCreateEvent):
        await ANSWERS[type(event.interaction)](event.interaction)

    async def on_resumed(self, _event: hikari.ShardResumedEvent):
        self.resumes += 1

    async def on_exception(self, event: hikari.ExceptionEvent):
        self.errors.append(event.exception)


async def start(url, token, guild, stack):
    """Logs in to the stand-in and registers the command; the bot, which ends with the stack."""
    bot = Bot(url, token)
    await bot.start(check_for_updates=False)
    stack.push_async_callback(bot.close)
    await asyncio.wait_for(bot.ready.wait(), 30)
    command = bot.rest.slash_command_builder("order", "Orders something").add_option(hikari.CommandOption(
        type=hikari.OptionType.STRING, name="item", description="What to order", is_required=True, autocomplete=True))
    me = await bot.rest.fetch_application()
    await bot.rest.set_application_commands(me, [command], guild)
    return bot
