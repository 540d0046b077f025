"""A database that answers as the test wants: an HTTP server on a free port, in a thread."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Faulty:
    """`answer` is what the next writes get; `bodies` are all that came, `tokens` their authorization."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] = (204, {}, b"")
        self.refuse = b""
        self.bodies: list[bytes] = []
        self.tokens: list[str] = []
        faulty = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                faulty.bodies.append(body)
                faulty.tokens.append(self.headers.get("authorization", ""))
                status, headers, text = faulty.answer
                if faulty.refuse and faulty.refuse in body:
                    status, text = 400, b'{"error":"it is malformed"}'
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
