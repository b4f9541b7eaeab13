"""Outside clients: they know the public contract, spoken once here, and nothing of `app/`.

`api` asks over HTTP, `aio` the same without blocking a loop; `sockets` is a WebSocket by hand, which may misbehave;
`party` is a tab that a test drives; `events` reads an event stream. All of them speak `frames`.
"""
