"""What no answer may be: a server error, something internal, somebody else's words, a socket without a code."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field

import httpx

INTERNAL = re.compile(
    r"Traceback|File \\?\"|asyncpg|sqlalchemy|graphql\.|postgres(ql)?://|site-packages|/work/|\.py\b|"
    r"object at 0x|<class '|SELECT .* FROM|INSERT INTO|codec can't|invalid literal"
)
WORDS_OF_ANOTHER = "别人说不出口的秘密"


@dataclass
class Verdict:
    """`counts` by kind of request and by code of the answer; `findings`: what went wrong, with what was sent."""

    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    bytes_sent: int = 0

    def sent(self, kind: str, size: int) -> None:
        self.counts[kind] += 1
        self.bytes_sent += size

    def blame(self, what: str, sent: object, answer: object) -> None:
        self.findings.append(f"{what}\n  sent: {sent!r:.3000}\n  answer: {answer!r:.1500}")

    def answer(self, response: httpx.Response, sent: object, *, of_admin: bool) -> set[str]:
        """The codes of its errors."""
        text = response.text
        if response.status_code >= 500:
            self.blame(f"status {response.status_code}", sent, text)
        self.words(text, sent, of_admin=of_admin)
        kind = response.headers.get("content-type", "")
        if not kind.startswith(("application/json", "application/graphql-response+json")):
            self.codes[f"{response.status_code} {kind.partition(';')[0]}"] += 1
            return set()
        return self.errors(json.loads(text), sent)

    def words(self, text: str, sent: object, *, of_admin: bool) -> None:
        if not of_admin and WORDS_OF_ANOTHER in text:
            self.blame("somebody else's words", sent, text)

    def errors(self, answer: object, sent: object) -> set[str]:
        errors = answer.get("errors", []) if isinstance(answer, dict) else answer
        if not isinstance(errors, list) or not all("code" in each.get("extensions", {}) for each in errors):
            self.blame("an error without a code", sent, answer)
            return set()
        codes = {each["extensions"]["code"] for each in errors}
        self.codes.update(codes or {"fine"})
        if "INTERNAL_SERVER_ERROR" in codes:
            self.blame("unforeseen", sent, answer)
        if INTERNAL.search(json.dumps(errors, ensure_ascii=False)):
            self.blame("something internal", sent, answer)
        return codes

    def closed(self, code: int | None, sent: object) -> None:
        self.codes[f"closed {code}"] += 1
        if code in {None, 1005, 1006, 1011}:
            self.blame(f"closed with {code}", sent, "")

    def report(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items()))
        codes = ", ".join(f"{code}: {count}" for code, count in self.codes.most_common())
        return f"sent {counts}; {self.bytes_sent / 1e6:.0f} MB\nanswered {codes}\n{len(self.findings)} findings"
