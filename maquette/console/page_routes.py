"""The pages and what they are made of. A page is a template, a style, a script and one line here."""

from importlib.resources import as_file, files

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from maquette.console.endpoint import Handler, RefusedError
from maquette.console.pages import PAGES, PLAN_POLICY, render, script_words
from maquette.console.reception import Reception
from maquette.console.wording import LANGUAGES, Wording
from maquette.core.text import words


def routes(reception: Reception) -> list[BaseRoute]:
    """Return the routes of all pages, of the plan, of the words and of the static files."""

    def page(name: str) -> Handler:
        async def handler(request: Request) -> Response:
            language = reception.language(request)
            title = words(reception.hub.exhibition.title, language)
            wording = Wording(language)
            return HTMLResponse(render(name, wording, title=title, language=language, interface=wording.interface))

        return handler

    async def plan(_request: Request) -> Response:
        headers = {"content-security-policy": PLAN_POLICY}
        return Response(reception.hub.exhibition.plan_svg, media_type="image/svg+xml", headers=headers)

    async def locale(request: Request) -> Response:
        language = request.path_params["language"]
        if language not in LANGUAGES:
            raise RefusedError("not_found", 404)
        return JSONResponse(script_words(language))

    with as_file(files("maquette.console").joinpath("pages", "static")) as folder:
        static = StaticFiles(directory=folder)
    return [
        *(Route(path, page(name)) for name, path in PAGES.items()),
        Route("/plan.svg", plan),
        Route("/locale/{language}.json", locale),
        Mount("/static", static),
    ]
