"""`python -m schema`: write schema.graphql anew."""

from pathlib import Path

from schema import printed_schema

SNAPSHOT = Path(__file__).with_name("schema.graphql")

if __name__ == "__main__":
    SNAPSHOT.write_text(printed_schema())
