"""What the resolvers of the toy schema read from: loaders with faults, and who is asking."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from compiled.loading import Loader
from tests.compiled import toy
from tests.compiled.toy import Mood


class Loaders:
    """Fresh for each operation; `reads` tells what was read in which batch."""

    def __init__(self) -> None:
        self.reads: list[tuple[str, list[Any]]] = []
        people = {each.id: each for each in toy.PEOPLE}
        posts = {each.id: each for each in toy.POSTS}
        self.people = self._loader("people", lambda key: _found(people, key))
        self.friends = self._loader("friends", lambda keys: [_found(people, key) for key in keys])
        self.posts = self._loader("posts", lambda key: _found(posts, key))
        self.likes = self._loader("likes", lambda key: None if key == "t5" else len(str(key)))
        self.pages = self._loader("pages", _page)

    def _loader(self, name: str, find: Callable[[Any], Any]) -> Loader[Any, Any]:
        async def read(keys: list[Any]) -> list[Any]:
            self.reads.append((name, keys))
            if "poison" in keys:
                raise RuntimeError("the whole batch fails")
            return [_or_error(find, key) for key in keys]

        return Loader(read)


class Context:
    def __init__(self, role: str) -> None:
        self.role = role
        self.loaders = Loaders()


def _found(rows: dict[str, Any], key: str) -> Any:
    if key == "fails":
        raise GraphQLError("not for you", extensions={"code": "FORBIDDEN"})
    return rows.get(key)


def _or_error(find: Callable[[Any], Any], key: Any) -> Any:
    try:
        return find(key)
    except GraphQLError as error:
        return error


def _page(key: tuple[str, int, tuple[Mood, ...] | None]) -> toy.Page:
    author, first, moods = key
    found = [post for post in toy.POSTS if post.author_id == author and (moods is None or post.mood in moods)]
    if author == "p4":
        return toy.Page([None], ValueError("as an object"))  # type: ignore[list-item,arg-type]  # a faulty row
    if author == "p9":
        return toy.Page([], toy.Later(toy.PageInfo(False, None)))  # type: ignore[arg-type]  # a faulty row
    edges = [toy.Edge(f"c{post.id}", post) for post in found[:first]]
    return toy.Page(edges, toy.PageInfo(len(found) > first, edges[-1].cursor if edges else None))
