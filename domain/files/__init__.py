"""Pictures and papers: what may come in, under which key it is kept, the store it is kept in."""
