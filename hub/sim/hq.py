"""The small headquarters console of the demonstration and the tests: receives signed alerts, returns signed receipts,
lets a person acknowledge. `python -m hub.sim.hq --port N --secret-env NAME`."""

import argparse
import hmac
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from flask import Flask, Response, abort, redirect, render_template, request
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug.wrappers import Response as BaseResponse

from hub.domain.schedule import school_time
from hub.domain.site import LANGUAGES, Hours
from hub.sim.hq_desk import Desk
from hub.sim.hq_faults import Faults
from hub.sim.hq_text import TEXT

_LIMIT: Final = 65_536
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Press = Callable[[], bool]


class _Alert(msgspec.Struct):
    """What every message must have; the rest is kept as it came."""

    event_id: str
    type: str
    site: str


def create_app(secret: str, press: Press | None = None, school: Hours | None = None, *, faults: bool = False) -> Flask:
    """The console. `press` presses a button of the simulated school; `school` is the time that it shows, else this
    machine's; `faults` lets tests make it answer wrongly."""
    app = Flask(__name__, template_folder="hq_templates", static_folder="hq_static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = _LIMIT
    desk, signer, token, trouble = Desk(), Webhook(secret), secrets.token_urlsafe(16), Faults()

    @app.after_request
    def with_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.post("/alerts")
    def alerts() -> Response:
        data = request.get_data()
        try:
            signer.verify(data, dict(request.headers), json_parse=False)
            body = msgspec.json.decode(data)
            event = msgspec.convert(body, _Alert)
        except (WebhookVerificationError, msgspec.MsgspecError, ValueError):
            return Response("signature or form is wrong", 401)
        trouble.before(request.environ)
        acks = desk.take(body)
        trouble.after(request.environ)
        receipt = {"receipt": event.event_id, "received_at": _iso(time.time()), "acks": acks}
        return trouble.answer(receipt, lambda content: _signed(signer, event.event_id, content))

    @app.get("/")
    def page() -> str:
        language = request.args.get("lang") or request.cookies.get("lang") or "kk"
        language = language if language in LANGUAGES else "kk"
        return render_template(
            "console.html", t=TEXT[language], lang=language, languages=LANGUAGES, incidents=desk.incidents(),
            lines=desk.lines(), can_press=press is not None, token=token, clock=lambda at: _clock(at, school),
            version=desk.version,
        )  # fmt: skip

    @app.get("/111")
    def contact_centre() -> str:
        """What the posters of the simulated school lead to."""
        language = request.accept_languages.best_match(LANGUAGES) or "kk"
        return render_template("contact_centre.html", t=TEXT[language], lang=language)

    @app.get("/version")
    def version() -> dict[str, int]:
        return {"version": desk.version}

    def checked_form() -> Mapping[str, str]:
        if not hmac.compare_digest(request.form.get("token", ""), token):
            abort(400)
        return request.form

    @app.post("/press")
    def press_button() -> BaseResponse:
        checked_form()
        if press is None or not press():
            abort(503)
        return redirect(f"/?lang={request.args.get('lang', 'kk')}", 303)

    @app.post("/ack")
    def acknowledge() -> BaseResponse:
        form = checked_form()
        operator = form.get("operator", "").strip()[:60]
        promotes = form.get("order") == "promote"
        if not operator or not desk.acknowledge(form.get("event_id", ""), operator, promotes=promotes):
            abort(400)
        return redirect(f"/?lang={request.args.get('lang', 'kk')}", 303)

    @app.get("/api/alerts")
    def api_alerts() -> dict[str, Any]:
        return {"alerts": desk.alerts()}

    if faults:

        @app.put("/fault")
        def fault() -> dict[str, bool]:
            wanted = request.get_json()
            trouble.set(str(wanted["mode"]), int(wanted.get("count", 1)))
            return {"ok": True}

        @app.post("/api/ack")
        def api_ack() -> dict[str, bool]:
            wanted = request.get_json()
            promotes = bool(wanted.get("promotes"))
            return {"ok": desk.acknowledge(wanted["event_id"], wanted["operator"], promotes=promotes)}

    return app


def _signed(signer: Webhook, event_id: str, content: dict[str, Any]) -> Response:
    body = msgspec.json.encode(content)
    now = datetime.fromtimestamp(int(time.time()), UTC)
    response = Response(body, mimetype="application/json")
    response.headers["webhook-id"] = event_id
    response.headers["webhook-timestamp"] = str(int(now.timestamp()))
    response.headers["webhook-signature"] = signer.sign(event_id, now, body.decode())
    return response


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clock(at: object, school: Hours | None) -> str:
    """Time of day; takes seconds since 1970 or ISO 8601."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(float(str(at)), UTC)
    shown = moment.astimezone() if school is None else school_time(school, int(moment.timestamp() * 1000))
    return shown.strftime("%H:%M:%S")


def main() -> int:
    """Serves on the loopback until SIGTERM."""
    from waitress import serve

    from hub.sim import control

    parser = argparse.ArgumentParser(prog="hub.sim.hq", description="headquarters console of the demonstration")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-env", default="HQ_SECRET", help="environment variable that holds the shared secret")
    parser.add_argument("--button", default="panic-gym", help="the button that the console presses")
    parser.add_argument("--timezone", default="", help="the school's: its time is shown, else this machine's")
    parser.add_argument("--anchor", type=int, default=0, help="as site.demo.anchor in hub.yaml: UTC, ms")
    parser.add_argument("--speed", type=int, default=1, help="as site.demo.speed in hub.yaml")
    parser.add_argument("--faults", action="store_true", help="let tests make it answer wrongly")
    options = parser.parse_args()
    secret = os.environ.get(options.secret_env, "")
    if not secret:
        print(f"hub.sim.hq: the environment has no {options.secret_env}", file=sys.stderr)
        return 2
    school = control.from_environment(os.environ)
    press: Press | None = None if school is None else lambda: control.press(school, options.button)
    told = Hours(options.timezone, frozenset(), 0, 0, speed=options.speed, anchor=options.anchor)
    app = create_app(secret, press, told if options.timezone else None, faults=options.faults)
    serve(app, host="127.0.0.1", port=options.port, threads=16, ident=None, clear_untrusted_proxy_headers=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
