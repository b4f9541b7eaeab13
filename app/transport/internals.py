"""What is used of Hypercorn, h11, picows and asyncio that none of them promises: the one list.

Written against the versions that `requirements/` pins. When one moves, `tests/transport/test_internals.py` fails first
and says which name is gone; it also finds what is used and not listed. By module, or `module:class`.
"""

PRIVATE: dict[str, tuple[str, ...]] = {
    "asyncio.streams:StreamReader": ("_buffer", "_eof"),
    "asyncio.streams:StreamWriter": ("_transport",),
    "h11:Connection": ("_receive_buffer",),
    "h11._receivebuffer": ("ReceiveBuffer",),
    "h11._receivebuffer:ReceiveBuffer": ("maybe_extract_lines", "maybe_extract_next_line"),
    "hypercorn.asyncio": ("run", "tcp_server"),
    "hypercorn.asyncio.run": ("TCPServer",),
    "hypercorn.asyncio.tcp_server": ("ProtocolWrapper", "TCPServer"),
    "hypercorn.asyncio.tcp_server:TCPServer": (
        *("_close", "_read_data", "idle_task", "protocol", "protocol_send", "reader", "run", "writer"),
    ),
    "hypercorn.asyncio.worker_context": ("WorkerContext",),
    "hypercorn.asyncio.worker_context:WorkerContext": ("terminated",),
    "hypercorn.config:Config": ("create_ssl_context", "ssl_enabled"),
    "hypercorn.events": ("Closed", "Event"),
    "hypercorn.protocol": ("h11",),
    "hypercorn.protocol.events": ("Body", "Data", "Event", "Request", "StreamClosed"),
    "hypercorn.protocol.h11": ("H11Protocol", "HTTPStream", "WSStream"),
    "hypercorn.protocol.h11:H11Protocol": (
        *("_check_protocol", "_create_stream", "_send_error_response"),
        *("connection", "handle", "send", "stream_send"),
    ),
    "hypercorn.protocol.http_stream": ("ASGIHTTPState", "HTTPStream"),
    "hypercorn.protocol.http_stream:ASGIHTTPState": ("CLOSED", "REQUEST"),
    "hypercorn.protocol.http_stream:HTTPStream": (
        *("_send_error_response", "app", "app_send", "closed", "config", "handle"),
        *("scope", "send", "start_time", "state", "stream_id"),
    ),
    "hypercorn.protocol.ws_stream": ("ASGIWebsocketState", "WSStream"),
    "hypercorn.protocol.ws_stream:ASGIWebsocketState": ("CONNECTED", "HTTPCLOSED", "RESPONSE"),
    "hypercorn.protocol.ws_stream:WSStream": (
        *("_accept", "app", "app_put", "app_send", "closed", "config", "handle", "handshake"),
        *("scheme", "scope", "send", "start_time", "state", "stream_id"),
    ),
    "hypercorn.utils": ("wrap_app",),
    "picows.picows": ("WSProtocol",),
    "picows.picows:WSProtocol": ("buffer_updated", "connection_made", "get_buffer", "listener", "transport"),
    "picows.picows:WSTransport": ("close_handshake", "is_close_frame_sent", "request", "response"),
}
