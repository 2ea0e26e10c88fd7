"""The HTTP face of one model, as an ASGI app."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from core import __version__
from core.errors import GraftError
from core.serve.asked import Answer, Question, SystemOne, Wrong, chosen_answer, rows_of, said, state_of
from core.serve.batching import Batcher, Full
from core.serve.counters import Counters
from core.serve.engine import Engine
from core.serve.limits import Gate

TEMPLATES = Path(__file__).resolve().parent / "templates"
PATIENCE = 30.0  # seconds for an answer
PATHS = ("/predict", "/v1/systemone", "/health", "/metrics")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
log = logging.getLogger("graft.serve")


def make_app(engine: Engine, token: str = "", names: tuple[str, ...] | None = None) -> Gate:
    """The app of a loaded model.

    Args:
        token, names: see ``core.serve.limits.Gate``.
    """
    counters = Counters()
    batcher = Batcher(engine.predict, counters.batches.observe)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        batcher.close()

    app = FastAPI(title=engine.run.name, version=__version__, docs_url=None, redoc_url=None, lifespan=life)
    _refusals(app)
    _count(app, counters, batcher)
    _questions(app, engine, batcher, counters)
    _looks(app, engine, counters)
    return Gate(app, token, names)


async def _answered(batcher: Batcher, texts: list[str], pairs: list[str] | None) -> np.ndarray:
    """Outputs, or the refusal that says why there are none.

    Raises:
        HTTPException: 503 where too much is waiting, or the answer did not come in time.
    """
    if not texts:
        raise Wrong("There is no text to answer.", "Send at least one.")
    try:
        return await asyncio.wait_for(batcher.ask(texts, pairs), PATIENCE)
    except Full:
        raise HTTPException(503, "Too much is waiting already.", {"Retry-After": "1"}) from None
    except TimeoutError:
        raise HTTPException(503, f"No answer within {PATIENCE:g} seconds.", {"Retry-After": "5"}) from None


def _questions(app: FastAPI, engine: Engine, batcher: Batcher, counters: Counters) -> None:
    @app.post("/predict", summary="Answers to texts, or to pairs of texts")
    async def predict(question: Question) -> Answer:
        texts, pairs = rows_of(question, engine)
        outputs = await _answered(batcher, texts, pairs)
        counters.texts.inc(len(texts))
        return Answer(model=engine.run.id, answers=said(engine, outputs))

    @app.post("/v1/systemone", summary="One text, and questions that choose among the model's labels")
    async def system_one(request: SystemOne) -> dict[str, Any]:
        text, pair = state_of(request, engine)
        outputs = await _answered(batcher, [text], None if pair is None else [pair])
        counters.texts.inc()
        usage = {"input_tokens": engine.count(text) + (engine.count(pair) if pair else 0), "output_tokens": 0}
        answers = {name: chosen_answer(engine, outputs[0]) for name in request.questions}
        return {"model": request.model or engine.run.id, "answers": answers, "usage": usage}


def _looks(app: FastAPI, engine: Engine, counters: Counters) -> None:
    @app.get("/health", summary="Whether it answers, and what")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "model": engine.run.id, "engine": engine.name, "pairs": engine.takes_pairs}

    @app.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    async def metrics() -> Response:
        return Response(counters.told(), media_type="text/plain; version=0.0.4")

    for path, file in (("/", "try.html"), ("/docs", "docs.html")):
        content = (TEMPLATES / file).read_text(encoding="utf-8")
        app.add_api_route(path, _page(content), include_in_schema=False, response_class=HTMLResponse)
    script = (TEMPLATES / "serve.js").read_text(encoding="utf-8")
    app.add_api_route("/serve.js", _script(script), include_in_schema=False)


def _page(content: str) -> Callable[[], Awaitable[HTMLResponse]]:
    async def page() -> HTMLResponse:
        return HTMLResponse(content, headers={"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"})

    return page


def _script(content: str) -> Callable[[], Awaitable[Response]]:
    async def script() -> Response:
        return Response(content, media_type="text/javascript")

    return script


def _count(app: FastAPI, counters: Counters, batcher: Batcher) -> None:
    @app.middleware("http")
    async def counted(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        began = time.perf_counter()
        response = await go_on(request)
        path = request.url.path if request.url.path in PATHS else "other"
        counters.requests.labels(path, response.status_code).inc()
        counters.seconds.labels(path).observe(time.perf_counter() - began)
        counters.waiting.set(batcher.waiting)
        return response


def _refusals(app: FastAPI) -> None:
    """Every refusal in one form, ``{"error": {"message", "hint"}}``, and never a traceback."""

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "the body"
        return _refused(422, f"{where[:200]}: {first['msg'][:200]}", "/docs shows what can be asked.")

    @app.exception_handler(Wrong)
    async def wrong(request: Request, error: Wrong) -> JSONResponse:
        return _refused(422, error.message, error.hint)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return _refused(error.status_code, str(error.detail), "/docs shows what can be asked.", error.headers)

    @app.exception_handler(GraftError)
    async def known(request: Request, error: GraftError) -> JSONResponse:
        return _refused(503, error.message, error.hint)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("a request failed: %s", type(error).__name__)
        return _refused(500, "The model could not answer.", "The server's log says which error it was.")


def _refused(status: int, message: str, hint: str, headers: Any = None) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "hint": hint}}, status, headers)
