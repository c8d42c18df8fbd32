"""Who sends, and whose ids they know: their own, and those of somebody who has nothing to do with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.api.client import Json, People, Person, http_client, new_key
from tests.api.serving import ADMIN_PASSWORD
from tests.fuzz.judging import WORDS_OF_ANOTHER
from tests.processes import ServerProcess, fleet

OF_ANOTHER = 6
REMEMBERED = 20
ROLES = ("anonymous", "patient", "admin")
SAY = "mutation($i: SendTextInput!) { sendText(input: $i) { message { id session { id } } } }"
RECORD = "mutation($i: RecordInput!) { createRecord(input: $i) { id } }"
MEASURE = "mutation($i: [ObservationInput!]!) { addHealthData(input: $i) { id } }"
GROUP = "mutation($n: String!) { createGroup(name: $n, aiMode: OFF) { id } }"


@dataclass
class Crowd:
    """A server of its own, and people of every role. `known`: ids that exist, first those `OF_ANOTHER`."""

    server: ServerProcess
    http: httpx.AsyncClient
    known: list[str] = field(default_factory=list)
    roles: dict[str, Person] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    async def renew(self, *roles: str) -> None:
        """Signed in anew: what was sent by chance may have signed them out. No patient's own id is known, or an admin
        might make one an admin."""
        people = People(self.server.port, self.http)
        for role in roles or ROLES:
            if role == "anonymous":
                self.roles[role] = people.stranger()
            elif role == "patient":
                patient = await people.patient()
                own = (await possessions(patient, "自己的话"))[1:]
                self.known[:] = [*self.known[:OF_ANOTHER], *own, *self.known[OF_ANOTHER:][:REMEMBERED]]
                self.roles[role] = patient
            else:
                self.roles[role] = await people.admin(ADMIN_PASSWORD)


@asynccontextmanager
async def crowd(folder: Path, **settings: str) -> AsyncIterator[Crowd]:
    async with fleet(folder, **settings) as running:
        server = await running.start()
        async with http_client(server.port) as http:
            made = Crowd(server, http)
            made.known += await possessions(await People(server.port, http).patient(), WORDS_OF_ANOTHER)
            await made.renew()
            yield made


async def possessions(person: Person, words: str) -> list[str]:
    """Ids of somebody, and of what they have with these words in it."""
    said = (await person.ask(SAY, i={"text": words, "clientKey": new_key()}))["sendText"]["message"]
    pulse = {"metric": "HEART_RATE", "value": "70", "effectiveAt": "2026-02-03T09:30:00+08:00", "note": words}
    made: list[Json] = [
        (await person.ask(RECORD, i={"kind": "NOTE", "title": words, "body": words}))["createRecord"],
        (await person.ask(MEASURE, i=[pulse]))["addHealthData"][0],
        (await person.ask(GROUP, n=words))["createGroup"],
    ]
    return [person.id, said["id"], said["session"]["id"], *(each["id"] for each in made)]
