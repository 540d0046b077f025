"""The two ways of writing to a database, under one roof: `WRITERS` has one for each `api` of hub.yaml."""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from hub.config.model import Influx
from hub.forward.influx.http import CONNECT_SECONDS, DEADLINE_SECONDS, Pool


class Writer(Protocol):
    """Writes at once and alone: nothing is kept, retried or sent later behind the caller's back."""

    def write(self, text: str) -> None:
        """Returns when the database has all of these lines. Raises Refused or Down, nothing else; some of the lines
        may be in the database even so."""
        ...

    def close(self) -> None: ...


class V1:
    """InfluxDB 1.x: `POST /write?db=…&precision=ms`. Makes no database by itself: how long one keeps what it has is
    its owner's business."""

    def __init__(self, settings: Influx) -> None:
        query = urlencode({"db": settings.database, "precision": "ms"})
        self._url = f"{settings.url}/write?{query}"
        self._headers = {"content-type": "text/plain; charset=utf-8", "user-agent": "school-safety-hub"}
        password = settings.password.reveal() if settings.password else ""
        if settings.username:
            login = base64.b64encode(f"{settings.username}:{password}".encode()).decode()
            self._headers["authorization"] = f"Basic {login}"
        hints = {
            401: "user or password is wrong",
            403: "the user may not write to this database",
            404: f"there is no database {settings.database}: CREATE DATABASE it, or correct 'database' in hub.yaml",
        }
        self._pool = Pool(settings.ca, hints, [password])

    def write(self, text: str) -> None:
        self._pool.request("POST", self._url, body=text.encode(), headers=self._headers)

    def close(self) -> None:
        self._pool.clear()


class V2:
    """InfluxDB 2.x and 3.x and VictoriaMetrics, by influxdb-client. Its own batching is not used: it drops a batch
    after some minutes, and loses what waits when the process ends."""

    def __init__(self, settings: Influx) -> None:
        from influxdb_client.client.influxdb_client import InfluxDBClient  # 18 MB: only where there is such a database
        from influxdb_client.client.write_api import SYNCHRONOUS

        token = settings.token.reveal() if settings.token else ""
        # Names in headers are Latin-1, and the error about any other would repeat the token.
        self._client = InfluxDBClient(
            settings.url,
            token if token.isascii() and token.isprintable() else "",
            org=settings.org,
            timeout=(int(CONNECT_SECONDS * 1000), int(DEADLINE_SECONDS * 1000)),
        )
        hints = {
            401: "the token is wrong",
            403: "the token may not write to this bucket",
            404: f"there is no bucket {settings.bucket} in {settings.org}: make it, or correct hub.yaml",
        }
        self._pool = Pool(settings.ca, hints, [token])
        rest: Any = self._client.api_client.rest_client
        rest.pool_manager = self._pool
        self._api: Any = self._client.write_api(write_options=SYNCHRONOUS)
        self._bucket = settings.bucket

    def write(self, text: str) -> None:
        self._api.write(self._bucket, record=text, write_precision="ms")

    def close(self) -> None:
        self._pool.clear()


WRITERS: Final[Mapping[str, Callable[[Influx], Writer]]] = MappingProxyType({"v1": V1, "v2": V2})
