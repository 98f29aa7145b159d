"""What every client of Python does against the stand-in: the tests of its bot, seen from outside."""

import asyncio
import contextlib

import lab


class ClientTests:
    """For a test case with a `name` and `start`, which logs in and returns the bot: `messages`, `resumes`, `errors`, `close`."""

    async def asyncSetUp(self):
        # unittest's debug mode would report every callback that a busy machine slows down.
        asyncio.get_running_loop().slow_callback_duration = 30
        self.lab = lab.Lab()
        self.addAsyncCleanup(self.lab.close)
        await self.lab.make_world(self.name)
        async with contextlib.AsyncExitStack() as stack:
            self.bot = await self.start(lab.URL, self.lab.token, int(self.lab.guild), stack)
            self.addAsyncCleanup(stack.pop_all().aclose)

    async def asyncTearDown(self):
        self.assertEqual(self.bot.errors, [])
        broken = await self.lab.control("GET", "/violations")
        self.assertEqual([one for one in broken if one["application_id"] == self.lab.application], [])

    async def order(self, what, item):
        return await self.lab.act(what, {"channel_id": self.lab.channel, "name": "order", "options": {"item": item}})

    async def loses_nothing(self, fault, body):
        """Breaks the connection while people write; every message must arrive once and in order over one session."""
        before = await self.lab.state()
        ids = await self.lab.write(2)
        await self.lab.control("POST", f"/gateway/{self.lab.application}/{fault}", body)
        ids += await self.lab.write(3)

        async def resumed():
            return self.bot.resumes == 1

        async def arrived():
            return ids[-1] in self.bot.messages

        await lab.until("the resume", resumed)
        ids += await self.lab.write(1)
        await lab.until("every message", arrived)
        self.assertEqual(self.bot.messages, ids)
        now = await self.lab.state()
        self.assertEqual((now["identifies"], now["resumes"]), (1, 1))
        self.assertEqual(now["sessions"][0]["id"], before["sessions"][0]["id"])

    async def test_registers_a_command_that_people_are_offered(self):
        offered = await self.lab.control("GET", f"/users/{self.lab.user}/commands?channel_id={self.lab.channel}")
        self.assertEqual([(one["name"], one["guild_id"]) for one in offered], [("order", self.lab.guild)])

    async def test_answers_an_autocomplete(self):
        answered = await self.order("autocomplete", "Di")
        self.assertEqual(answered["choices"], [{"name": "Dirt", "value": "Dirt"}])

    async def ordered(self):
        """The message that answers an order, once it has its components."""
        answered = await self.order("command", "Dirt")
        self.assertEqual(answered["callback"]["data"]["content"], "One moment")

        async def with_components():
            found = [one for one in await self.lab.messages() if one["id"] == answered["response"]["id"]]
            return found[0] if found and found[0]["components"] else None

        return await lab.until("the edit of the original response", with_components)

    async def test_answers_a_select(self):
        message = await self.ordered()
        choice = {"message_id": message["id"], "custom_id": "colours", "values": ["red", "blue"]}
        chosen = await self.lab.act("select", choice)
        self.assertEqual(chosen["response"]["content"], "Chose red and blue")

    async def test_answers_a_command_a_click_and_a_modal_and_sends_a_file(self):
        message = await self.ordered()
        self.assertEqual(message["content"], "Order Dirt?")
        clicked = await self.lab.act("click", {"message_id": message["id"], "custom_id": "amount"})
        self.assertEqual((clicked["state"], clicked["modal"]["title"]), ("modal", "Your order"))
        fields = {"count": "3", "note": "in a bag"}
        submitted = await self.lab.act("submit", {"interaction_id": clicked["id"], "fields": fields})
        self.assertEqual(submitted["response"]["content"], "Ordered 3: in a bag")
        replies = [one for one in await self.lab.messages() if one["id"] == submitted["response"]["id"]]
        self.assertTrue(replies[0]["ephemeral"])
        [direct] = await self.lab.control("GET", f"/users/{self.lab.user}/dms")
        files = direct["messages"][0]["attachments"]
        self.assertEqual([(file["filename"], file["content"]) for file in files], [("goods.txt", "3 units\n")])

    async def test_resumes_after_a_close_with_4000_without_missing_a_dispatch(self):
        await self.loses_nothing("close", {"code": 4000})

    async def test_resumes_after_a_request_to_reconnect_without_missing_a_dispatch(self):
        await self.loses_nothing("reconnect", {})

