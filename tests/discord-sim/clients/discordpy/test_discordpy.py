"""discord.py against the stand-in; see ../scenario.md."""

import asyncio

import pytest
import pytest_asyncio

from bot import Bot
from sim import Sim, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop():
    sim = Sim()
    bot = Bot(sim.url)
    running = asyncio.create_task(bot.start(sim.application["token"]))
    yield sim, bot
    await bot.close()
    await running
    sim.stop()


def heard(bot, what):
    async def holds():
        return what in bot.told

    return until(what, holds)


async def test_discord_py_logs_in_receives_its_guild_and_registers_a_command(shop):
    sim, bot = shop
    await heard(bot, "ready Guild 1")
    application = await sim.call("GET", f"/applications/{sim.application['id']}")
    assert [command["name"] for command in application["commands"]] == ["buy"]


async def test_discord_py_answers_autocomplete_command_click_and_modal(shop):
    sim, _ = shop
    call = {"channel_id": sim.channel, "name": "buy"}
    asked = await sim.act("autocomplete", {**call, "options": {"code": "Di"}, "focused": "code"})
    assert [(choice["name"], choice["value"]) for choice in asked["choices"]] == [("Dirt", "DIRT")]
    used = await sim.act("command", {**call, "options": {"code": "DIRT"}})
    assert (used["state"], used["response"]["content"]) == ("answered", "Buy DIRT?")
    clicked = await sim.act("click", {"message_id": used["response"]["id"], "custom_id": "confirm"})
    assert (clicked["state"], clicked["modal"]["title"]) == ("modal", "How many?")
    sent = await sim.act("submit", {"interaction_id": clicked["id"], "fields": {"quantity": "3"}})
    assert sent["response"]["content"] == "Bought 3"


async def test_discord_py_sends_a_file_by_direct_message(shop):
    sim, _ = shop

    async def text():
        dms = await sim.call("GET", f"/users/{sim.user}/dms")
        files = [file for dm in dms for message in dm["messages"] for file in message["attachments"]]
        return files and files[0]["content"]

    assert await until("the file", text) == "unit 1\n"


async def test_discord_py_loses_its_connection_and_resumes_without_missing_a_dispatch(shop):
    sim, bot = shop
    await sim.call("POST", f"/gateway/{sim.application['id']}/close", {"code": 4000})
    for number in range(5):
        await sim.call("POST", f"/users/{sim.user}/message", {"channel_id": sim.channel, "content": f"missed {number}"})
    await heard(bot, "resumed")
    await heard(bot, "message missed 4")
    messages = [what for what in bot.told if what.startswith("message missed")]
    assert messages == [f"message missed {number}" for number in range(5)]
    application = await sim.call("GET", f"/applications/{sim.application['id']}")
    assert (application["identifies"], application["resumes"]) == (1, 1)


async def test_discord_py_broke_no_rule_and_saw_no_error(shop):
    sim, bot = shop
    assert await sim.call("GET", "/violations") == []
    assert [what for what in bot.told if what.startswith("error")] == []
