"""What FastGPT's workflow nodes tell beside the answer: knowledge-base quotes, tokens, models, faults."""

from collections.abc import Iterator
from typing import Any

from domain.assistant.dialects import failures
from domain.assistant.dialects.loose import as_count, as_dict, as_list, as_text
from domain.assistant.dialects.texts import clean, clipped
from domain.assistant.dialects.words import Cite, Event, Failure, Model, Usage
from domain.chat.models import Citation

MOST_CITATIONS = 50
TITLE_LIMIT = 200
SNIPPET_LIMIT = 300


class NodeResults:
    """Collects the results of nodes, in whichever of FastGPT's forms they arrive."""

    def __init__(self) -> None:
        self._citations: dict[str, Citation] = {}
        self._taken: set[str] = set()
        self._prompt_tokens = 0
        self._completion_tokens = 0
        self.fault: Failure | None = None

    def take(self, data: Any) -> Iterator[Event]:
        """`data`: an array of nodes, that array spread into an object ("0", "1", ...), or one node."""
        for node in _nodes(data):
            yield from self._node(node)
        if self._citations:
            yield Cite(tuple(self._citations.values()))
        if self._prompt_tokens or self._completion_tokens:
            yield Usage(self._prompt_tokens, self._completion_tokens)

    def _node(self, node: dict[str, Any]) -> Iterator[Event]:
        """Some versions tell a node's result when it ends and all of them again at the end."""
        if (key := as_text(node.get("id"))) in self._taken:
            return
        if key:
            self._taken.add(key)
        for quote in as_list(node.get("quoteList")):
            self._cite(as_dict(quote))
        self._prompt_tokens += as_count(node.get("inputTokens"))
        self._completion_tokens += as_count(node.get("outputTokens"))
        if complaint := failures.complaint({"error": node.get("error") or node.get("errorText")}):
            self.fault = failures.judged(None, complaint)
        if node.get("moduleType") == "chatNode" and (name := as_text(node.get("model"))):
            yield Model(clean(name))

    def _cite(self, quote: dict[str, Any]) -> None:
        """The search node and the chat node both list a quote: the same id is the same quote."""
        snippet = "\n".join(part for part in (as_text(quote.get("q")), as_text(quote.get("a"))) if part.strip())
        key = as_text(quote.get("id")) or snippet
        if not key or key in self._citations or len(self._citations) >= MOST_CITATIONS:
            return
        self._citations[key] = Citation(
            index=len(self._citations) + 1,
            title=clipped(as_text(quote.get("sourceName")), TITLE_LIMIT) or "知识库",
            snippet=clipped(snippet, SNIPPET_LIMIT) or None,
            url=_web_address(quote.get("sourceId")),
        )


def _nodes(data: Any) -> list[dict[str, Any]]:
    body = as_dict(data)
    if body and "moduleType" not in body and "moduleName" not in body:
        data = list(body.values())
    return [as_dict(node) for node in (as_list(data) or [data])]


def _web_address(source: Any) -> str | None:
    """For a collection made from a link, the source's id is that link."""
    text = clean(as_text(source)).strip()
    return text if text.startswith(("https://", "http://")) else None
