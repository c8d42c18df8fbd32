"""GraphQL over HTTP, WebSocket and SSE on bare ASGI; knows nothing of health care."""
