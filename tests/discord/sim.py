"""The whole bot against a Discord that others wrote. The real program runs, people act, and what they see is read back
from the model: commands, suggestions, buttons, forms, direct messages, private threads, scheduled events, files, a
second acknowledgement and a wrong token.

    python sim.py PROGRAM

Prints each step and ends with "N passed, M failed".
"""

import asyncio
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request

from front import Front

TOKEN = "MjEwMDAwMDAwMDAwMDAwMDAx.Gr0und.table-of-the-council-in-tests-only"
PEOPLE = [
    ("ada", "Ada Stone"),
    ("grace", "Grace Hill"),
    ("ben", "Ben Brook"),
    ("cleo", "Cleo Marsh"),
    ("dev", "Dev Rao"),
    ("eva", "Eva Lind"),
]
ZONES = {"cleo": "Europe/London", "dev": "Asia/Kolkata", "eva": "America/New_York"}

passed = failed = 0


def check(name, good, saw=""):
    global passed, failed
    if good:
        passed += 1
        print(f"ok   {name}")
    else:
        failed += 1
        print(f"FAIL {name}\n     saw: {str(saw)[:1500]}")
    return good


def words(value):
    """All words of a message, wherever they stand."""
    if isinstance(value, list):
        return " ".join(words(one) for one in value)
    if not isinstance(value, dict):
        return ""
    own = [str(value[key]) for key in ("content", "description", "label", "placeholder", "title", "name", "value") if isinstance(value.get(key), str)]
    inner = [words(one) for one in value.values() if isinstance(one, (list, dict))]
    return " ".join(own + inner)


def seen(message):
    """What somebody reads in a message, without the marks that keep letters from becoming markup."""
    text = " ".join([message.content or "", words(message.embeds), words(message.components)])
    return text.replace("\\", "").replace("\u200b", "")


def elements(components):
    for part in components:
        if part.get("type") in (2, 3):
            yield part
        yield from elements(part.get("components", []))


async def until(look, seconds=12):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        await asyncio.sleep(0.03)
    return None


class Bot:
    """The program with a folder of its own."""

    def __init__(self, program, front, token=TOKEN):
        self.folder = tempfile.TemporaryDirectory(prefix="roundtable-simcord-")
        self.program, self.front, self.token = program, front, token
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.ops = probe.getsockname()[1]
        self.log = pathlib.Path(self.folder.name, "roundtable.log")
        pathlib.Path(self.folder.name, "roundtable.toml").write_text(
            f'''mode = "run"
[operations]
listen = "127.0.0.1:{self.ops}"
[discord]
mode = "gateway"
api = "{front.address("http")}"
gateway = "{front.address("ws")}"
'''
        )

    async def start(self):
        log = self.log.open("a")
        self.process = await asyncio.create_subprocess_exec(
            self.program, "--config", f"{self.folder.name}/roundtable.toml", "run",
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder.name,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite://{self.folder.name}/bot.db", "ROUNDTABLE_DISCORD_TOKEN": self.token},
        )

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ops}/readyz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    async def is_ready(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if await asyncio.to_thread(self.ready):
                return True
            await asyncio.sleep(0.1)
        return False

    def words(self):
        return self.log.read_text()


class Room:
    """People who act, and what comes back."""

    def __init__(self, front):
        self.front = front
        self.backend = front.backend

    def command(self):
        for scope in self.backend.commands.values():
            for one in scope.values() if isinstance(scope, dict) else scope:
                one = one if isinstance(one, dict) else getattr(one, "payload", {})
                if one.get("name") == "mentor":
                    return one
        return None

    def data(self, path, options, focused=None):
        named = [{"type": kind, "name": name, "value": value} for name, (kind, value) in options.items()]
        for one in named:
            if one["name"] == focused:
                one["focused"] = True
        inner = {"type": 1, "name": path[-1], "options": named}
        if len(path) == 2:
            inner = {"type": 2, "name": path[0], "options": [inner]}
        known = self.command() or {}
        return {"id": str(known.get("id", 1)), "name": "mentor", "type": 1, "options": [inner]}

    def answers(self, record):
        place = self.backend.messages.get(record.channel_id, {})
        ids = [record.message_id, *record.followup_ids]
        return [place[one] for one in ids if one in place]

    async def says(self, who, line, channel=None, expects=None, **options):
        """`who` uses a command; text options as they are, numbers as numbers."""
        typed = {name: ((4 if isinstance(value, int) else 3), value) for name, value in options.items()}
        record = self.front.act(2, who, channel or self.front.lobby.id, self.data(line.split(), typed))
        return await self.result(f"{who} uses /mentor {line}", record, expects)

    async def presses(self, who, message, label, expects=None):
        found = [one for one in elements(message.components) if one.get("label") == label]
        if not check(f'{who} sees the button "{label}"', found, seen(message)):
            return None, []
        data = {"component_type": 2, "custom_id": found[0]["custom_id"], "id": 2}
        record = self.front.act(3, who, message.channel_id, data, message)
        return await self.result(f'{who} presses "{label}"', record, expects)

    async def result(self, what, record, expects):
        def done():
            if record.modal is not None or record.autocomplete_choices is not None:
                return True
            all_ = self.answers(record)
            text = " ".join(seen(one) for one in all_)
            return all_ and (expects is None or expects in text)

        got = await until(done)
        if expects is not None or not got:
            shown = [seen(one) for one in self.answers(record)]
            check(what, got, {"answers": shown, "responded": record.responded, "refused": self.front.refused[-3:], "gaps": self.front.gaps[-3:]})
        return record, self.answers(record)


async def formed(front, room):
    """From nothing to a published group."""
    await room.says("ben", "help", expects="/mentor join")
    await room.says("ben", "program create", expects="", name="X")
    record, _ = await room.says(
        "ada", "program create", expects="Pathways", name="Pathways", slug="pathways", goal="Fill two posts",
        starts="2027-01-04", ends="2028-01-03", zone="Europe/Berlin", cadence="monthly", waves=2,
    )
    check("only the person sees the answer", record.ephemeral, record)
    await room.says("ada", "program settings", expects="Pathways", program="pathways", smallest=3, largest=6, events="show")
    await room.says("ada", "program open", expects="open", program="pathways")
    for who, _ in PEOPLE[1:]:
        mentor = who == "grace"
        more = {"level": 6, "offers": "stakeholders"} if mentor else {"level": 4, "needs": "stakeholders"}
        await room.says(who, "profile", organisation=f"{who}'s works", zone=ZONES.get(who, "Europe/Berlin"), availability="mon-fri 8:00-20:00", **more)
        _, charter = await room.says(who, "join", expects="charter", program="pathways", role="mentor" if mentor else "participant")
        accept = next((one for message in charter for one in elements(message.components) if one["type"] == 2), None)
        if accept:
            await room.presses(who, charter[0], accept["label"])
    _, preview = await room.says("ada", "groups preview", expects="Group 1", program="pathways")
    await room.says("ada", "groups publish", expects="Group", program="pathways", confirm="yes")
    threads = await until(lambda: [one for one in front.backend.channels.values() if int(one.type) == 12], 40)
    if check("the group has a private thread", threads, front.gaps):
        members = getattr(threads[0], "thread_members", None) or getattr(threads[0], "member_ids", [])
        check("its members are in it", await until(lambda: len(getattr(threads[0], "thread_members", members)) >= 5), members)
        check("something is said in it", await until(lambda: front.messages(threads[0].id), 20))
    return threads[0] if threads else None


async def story(front, room, bot):
    check("the bot is connected and ready", await bot.is_ready(), bot.words()[-1500:])
    check("its commands are registered", await until(lambda: room.command()), front.gaps)

    # Suggestions while somebody types.
    record = front.act(4, "ben", front.lobby.id, room.data(["zone"], {"zone": (3, "berl")}, focused="zone"))
    choices = await until(lambda: record.autocomplete_choices)
    check("a zone is suggested", any(one["value"] == "Europe/Berlin" for one in choices or []), choices)

    thread = await formed(front, room)

    # A form: asked step by step or in one window.
    record, answers = await room.says("ben", "profile")
    opened = record.modal or (answers and any(one["custom_id"].startswith("!") for one in elements(answers[0].components)))
    check("`profile` opens a form", opened, [seen(one) for one in answers])
    record, answers = await room.says("grace", "meetup cancel")
    check("a command that needs words opens a window", record.modal or answers, record)
    if record.modal:
        rows = [row["components"][0] for row in record.modal["components"]]
        typed = [{"type": 1, "components": [{"type": 4, "custom_id": one["custom_id"], "value": one.get("value") or "Too few"}]} for one in rows]
        filed = front.act(5, "grace", front.lobby.id, {"custom_id": record.modal["custom_id"], "components": typed})
        check("a filed window is answered", await until(lambda: filed.responded), front.refused[-3:])

    # A direct message, both ways.
    front.write("ben", "inbox")
    direct = front.direct("ben").id
    check("words to the bot are answered", await until(lambda: [m for m in front.messages(direct) if m.author_id == front.bot.id]), front.refused[-3:])

    # The next meetup as an event of the server; when it is off, the one after it.
    events = front.guild.scheduled_events
    if check("the next meetup is an event of the server", await until(lambda: events, 20), front.refused[-3:]):
        first = next(iter(events.values()))
        check("it has a name, a place, a beginning and an end", first.name and (first.entity_metadata or {}).get("location") and first.scheduled_end_time, vars(first))
        start = first.scheduled_start_time

    # Files: whoever hears that a meetup is off gets a calendar entry that says so, at any hour.
    await room.says("grace", "meetup cancel", expects="off", reason="Too many of us are away")
    await room.says("ben", "meetup next", expects="meetup")

    def files():
        everything = (one for channel in front.backend.messages.values() for one in channel.values())
        return [file["filename"] for one in everything for file in one.attachments]

    check("a calendar file was sent", await until(lambda: any(name.endswith(".ics") for name in files()), 40), [seen(one) for one in front.messages(direct)])

    def later():
        return [one for one in events.values() if str(one.scheduled_start_time) > str(start)]

    check("the event moved on to the next meetup", await until(later, 20), [vars(one) for one in events.values()])

    # Killed and started again: what was done is still there.
    bot.process.kill()
    await bot.process.wait()
    await bot.start()
    check("after a kill it is ready again", await bot.is_ready(), bot.words()[-1500:])
    await until(lambda: front.lines)
    await room.says("ben", "meetup next", expects="meetup")

    second = [one for one in front.refused if one[2].get("code") == 40_060]
    check("nothing is acknowledged twice", not second, second)
    check("the model knows every call", not front.gaps, front.gaps)
    forms = [one for one in front.refused if one[2].get("code") == 50_035]
    check("no body was refused", not forms, forms)
    bot.process.send_signal(signal.SIGTERM)
    try:
        code = await asyncio.wait_for(bot.process.wait(), 15)
    except asyncio.TimeoutError:
        code = "still running"
    check("SIGTERM ends the bot in good order", code == 0, code)
    check("no token and no message text in the log", TOKEN not in bot.words() and "Fill two posts" not in bot.words())
    return thread


async def wrong_token(front, program):
    other = Bot(program, front, token=TOKEN.replace("Gr0und", "Str4nge"))
    await other.start()
    try:
        code = await asyncio.wait_for(other.process.wait(), 60)
    except asyncio.TimeoutError:
        other.process.kill()
        code = "still running"
    check("a wrong token ends it with a sentence", code not in (0, "still running") and "token" in other.words(), (code, other.words()[-800:]))
    other.folder.cleanup()


async def main(program):
    front = Front(TOKEN, PEOPLE)
    runner = await front.start()
    bot = Bot(program, front)
    await bot.start()
    try:
        await story(front, Room(front), bot)
        await wrong_token(front, program)
    finally:
        if bot.process.returncode is None:
            bot.process.kill()
        if failed:
            print(f"--- the bot's log\n{bot.words()[-3000:]}")
        bot.folder.cleanup()
        await runner.cleanup()
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 25 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(os.path.abspath(sys.argv[1]))))
