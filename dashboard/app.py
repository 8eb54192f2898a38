"""The Dash app: ``create_app(results_dir)``, and ``server`` for gunicorn.

Making the app reads no results, so it starts without them; each page then says what to run.
Nothing here or below imports TensorFlow, LightGBM or scikit-learn.
"""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import dash
from dash import Dash, ctx, html, set_props
from dash.development.base_component import Component
from dash.exceptions import MissingCallbackContextException
from flask import Response, jsonify

from dashboard import shell
from dashboard.access.login import guard
from dashboard.failures import failure_props
from dashboard.operation.requests import watch_requests
from dashboard.pages import PAGES
from dashboard.prediction import uploads
from dashboard.presentation import presenting
from dashboard.rows import provenance
from dashboard.sound import media
from dashboard.state import EXTENSION, ResultsError, State
from dashboard.web import openapi
from dashboard.web.callbacks import check_callbacks
from dashboard.web.compression import compress_answers
from dashboard.web.rates import limit_rates
from dashboard.web.replies import error_reply
from dashboard.web.security import protect
from dashboard.web.static_files import StaticFiles
from dashboard.web.visitors import proxies
from pipeline import config


class GenreLens(Dash):
    """Dash whose page loads scripts and styles under addresses that a browser may keep."""

    def __init__(self, *names: Any, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.static_files = StaticFiles(self)

    def interpolate_index(self, *parts: Any, **named: Any) -> str:
        """Return the page; Dash calls this with its parts (see ``Dash.interpolate_index``)."""
        return self.static_files.linked(super().interpolate_index(*parts, **named))


def create_app(results_dir: Path | str | None = None) -> Dash:
    """Return the app that shows the results in ``results_dir``.

    Parameters
    ----------
    results_dir : Path or str, optional
        A folder, or the URL of a database that holds results ("mongodb://host/database"). Default:
        ``GENRELENS_RESULTS``, else ``results/`` of the repository.
    """
    proxies()  # one that is mistyped ends the start, not the first request
    state = State.of(results_dir)
    app = GenreLens(
        "genrelens",
        assets_folder=str(config.REPOSITORY / "assets"),
        assets_ignore=r"theme\.js",  # already in <head>, where it runs before the first paint
        use_pages=True,
        pages_folder="",  # pages are registered below, not found by importing a folder
        include_pages_meta=False,
        serve_locally=True,
        suppress_callback_exceptions=True,  # components of one page are absent on the others
        title="GenreLens",
        update_title="",
        index_string=shell.INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        on_error=show_error,
        add_log_handler=False,  # dashboard.operation.logs has one for all
    )
    watch_requests(app.server)
    compress_answers(app.server)
    app.server.extensions[EXTENSION] = state
    for order, page in enumerate(PAGES):
        _register_page(page, order)
        page.register_callbacks(app, state)
    dash.register_page(
        "dashboard.not_found_404",
        path="/not-found",
        title="Not found · GenreLens",
        layout=_not_found,
    )
    app.layout = lambda: shell.shell(PAGES, state)
    shell.register_callbacks(app)
    uploads.register_routes(app, state)
    media.register_media(app, state)
    provenance.register_routes(app, state)
    presenting.register_routes(app, state)
    app.server.add_url_rule("/api/results", "api_results", _api_results(state))
    openapi.register_routes(app)
    guard(app)
    check_callbacks(app)
    limit_rates(app)
    protect(app)
    return app


def _register_page(page: ModuleType, order: int) -> None:
    """Register a page whose layout says so when there are no results."""

    def layout(**query: Any) -> Component:
        try:
            content: Component = page.layout(**query)
        except ResultsError as error:
            return shell.results_message(error)
        return content

    dash.register_page(
        page.__name__,
        path=page.PATH,
        name=page.NAME,
        title=page.TITLE,
        description=page.DESCRIPTION,
        order=order,
        layout=layout,
    )


def _not_found(**_query: Any) -> html.Section:
    return html.Section(
        [
            html.H1("This page does not exist"),
            html.P(
                ["Choose one from the bar above, or ", html.A("go to the overview", href="/"), "."]
            ),
        ],
        className="message",
    )


def _api_results(state: State) -> Callable[[], Response]:
    """Return the view of ``GET /api/results``."""

    def api_results() -> Response:
        try:
            return jsonify(state.current().content)
        except ResultsError as error:
            return error_reply("results_unavailable", str(error), 503)

    return api_results


def show_error(error: Exception) -> None:
    """Show a callback's failure where it was to draw: in its cards, else at the top of the page."""
    try:
        outputs = ctx.outputs_list
    except MissingCallbackContextException:
        outputs = []
    for place, said in failure_props(error, outputs, shell.MESSAGE):
        set_props(place, said)


server = create_app().server
