"""The wire in front of SimCord, a model of Discord that others wrote.

SimCord answers calls in its own process; this gives it what a bot of another language needs: REST over HTTP and a
gateway over WebSocket, on a free port of this machine. Nothing about Discord is decided here. What SimCord leaves out
and libraries insist on is added: `nsfw_level` of a server, `version` of a command.
"""

import asyncio
import io
import json
import re
from types import SimpleNamespace

import discord
from aiohttp import WSMsgType, web
from simcord import intents, interactions
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.http import router, routes  # noqa: F401  the import fills the router's table

BIGGEST = 1 << 25
VERSIONED = re.compile(r"/api(?:/v\d+)?(/.*)")


def plain(value):
    """Numbers stay numbers; what JSON does not know becomes text."""
    return json.loads(json.dumps(value, default=str))


class Front:
    """A server with people, behind a port."""

    def __init__(self, token, names):
        self.token = token
        self.backend = Backend()
        self.bot = self.backend.bot_user
        owner = self.backend.make_user("house")
        self.guild = self.backend.create_guild("The council", owner_id=owner.id)
        self.people = {}
        for short, shown in names:
            user = self.backend.make_user(short, global_name=shown)
            self.backend.add_member(self.guild.id, user.id)
            self.people[short] = user
        runs = self.backend.create_role(self.guild.id, "Organisers", permissions=1 << 5)
        self.backend.add_member_role(self.guild.id, self.people[names[0][0]].id, runs.id)
        self.lobby = self.backend.create_channel(self.guild.id, "lobby", announce=False)
        self.backend.create_channel(self.guild.id, "mentoring", announce=False)
        self.calls = []
        self.gaps = []
        self.refused = []
        self.lines = set()
        self.port = 0
        self.backend.subscribers.append(self.spread)

    # ---- the gateway -------------------------------------------------------------------------------------------

    def spread(self, name, data):
        for queue, wanted in list(self.lines):
            gate = intents.required_intent(name, data)
            if gate and not getattr(wanted, gate):
                continue
            told = plain(data)
            if name in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not wanted.message_content:
                intents.censor_message(told, self.bot.id, backend=self.backend)
            queue.put_nowait((name, told))

    async def gateway(self, request):
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return await self.rest(request)
        line = web.WebSocketResponse(max_msg_size=1 << 14)
        await line.prepare(request)
        queue, sequence, pump, entry = asyncio.Queue(), 0, None, None

        async def tell(name, data):
            nonlocal sequence
            sequence += 1
            await line.send_str(json.dumps({"op": 0, "t": name, "s": sequence, "d": data}))

        async def forward():
            while True:
                await tell(*await queue.get())

        await line.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 41_250}}))
        try:
            async for message in line:
                if message.type != WSMsgType.TEXT:
                    break
                payload = json.loads(message.data)
                if payload["op"] == 1:
                    await line.send_str('{"op":11}')
                elif payload["op"] == 6:
                    await line.send_str('{"op":9,"d":false}')
                elif payload["op"] == 2:
                    asked = payload["d"]
                    if asked["token"].removeprefix("Bot ") != self.token:
                        await line.close(code=4004)
                        break
                    wanted = discord.Intents.none()
                    wanted.value = asked["intents"]
                    entry = (queue, wanted)
                    await tell("READY", self.ready(asked))
                    for guild in self.backend.guilds.values():
                        shown = plain(serializers.guild_create_payload(self.backend, guild))
                        intents.prune_guild_create(shown, wanted, self.bot.id)
                        await tell("GUILD_CREATE", {**shown, "nsfw_level": 0})
                    self.lines.add(entry)
                    pump = asyncio.create_task(forward())
        finally:
            self.lines.discard(entry)
            if pump:
                pump.cancel()
        return line

    def ready(self, asked):
        return {
            "v": 10,
            "user": plain(serializers.user_payload(self.bot)),
            "guilds": [{"id": str(guild), "unavailable": True} for guild in self.backend.guilds],
            "session_id": "session",
            "resume_gateway_url": self.address("ws"),
            "shard": asked.get("shard", [0, 1]),
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }

    # ---- REST --------------------------------------------------------------------------------------------------

    def address(self, scheme):
        return f"{scheme}://127.0.0.1:{self.port}"

    async def rest(self, request):
        found = VERSIONED.fullmatch(request.path)
        path = found.group(1) if found else request.path
        tokenless = path.startswith(("/interactions/", "/webhooks/"))
        given = request.headers.get("Authorization")
        if given != f"Bot {self.token}" and not (tokenless and given is None):
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        if path in ("/gateway", "/gateway/bot"):
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
            return web.json_response({"url": self.address("ws"), "shards": 1, "session_start_limit": limit})
        body, files = await self.body_of(request)
        self.calls.append((request.method, path, body))
        try:
            answer = router.dispatch(
                self.backend,
                request.method,
                path,
                json=body,
                params=dict(request.query),
                files=files,
                reason=request.headers.get("X-Audit-Log-Reason"),
            )
        except (router.RouteNotImplemented, router.UnsupportedField) as gap:
            self.gaps.append(f"{request.method} {path}: {gap}")
            return web.json_response({"message": str(gap), "code": 0}, status=501)
        except BackendError as error:
            self.refused.append((request.method, path, error.to_json()))
            return web.json_response(error.to_json(), status=error.status)
        if answer is None or path.endswith("/callback"):
            return web.Response(status=204)
        answer = plain(answer)
        if "/commands" in path:
            for one in answer if isinstance(answer, list) else [answer]:
                one.setdefault("version", one.get("id"))
        return web.json_response(answer)

    @staticmethod
    async def body_of(request):
        if not request.content_type.startswith("multipart/"):
            raw = await request.read()
            return (json.loads(raw) if raw else None), []
        body, parts = None, {}
        reader = await request.multipart()
        async for part in reader:
            if part.name == "payload_json":
                body = json.loads(await part.text())
            else:
                number = int(re.search(r"\d+", part.name).group())
                parts[number] = (part.filename, await part.read(decode=False))
        described = {int(one["id"]): one.get("description") for one in (body or {}).get("attachments", [])}
        files = [
            SimpleNamespace(fp=io.BytesIO(data), filename=name, description=described.get(number), spoiler=False)
            for number, (name, data) in sorted(parts.items())
        ]
        return body, files

    async def start(self):
        app = web.Application(client_max_size=BIGGEST)
        app.router.add_get("/", self.gateway)
        app.router.add_route("*", "/{rest:.+}", self.rest)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        return runner

    # ---- what people do ----------------------------------------------------------------------------------------

    def act(self, kind, who, channel, data, message=None):
        """Somebody does something; SimCord's own record of the answer."""
        place = self.backend.get_channel(channel)
        record, payload = interactions.base_payload(
            self.backend,
            type=kind,
            channel_id=channel,
            guild_id=place.guild_id,
            user_id=self.people[who].id,
            data=data,
        )
        if message is not None:
            record.source_message_id = message.id
            payload["message"] = plain(serializers.message_payload(self.backend, message))
        self.backend.emit("INTERACTION_CREATE", payload)
        return record

    def direct(self, who):
        """The conversation of somebody with the bot."""
        return self.backend.get_dm_channel(self.people[who].id)

    def write(self, who, text):
        return self.backend.create_message(self.direct(who).id, self.people[who].id, text)

    def messages(self, channel):
        return list(self.backend.messages.get(channel, {}).values())
