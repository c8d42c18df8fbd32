"""HTTP/1.1 under httpx (RFC 9112), for answers that come in very many small pieces."""
