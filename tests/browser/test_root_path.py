"""Behind a reverse proxy that shows the server under a path of its own and takes that path away."""

import threading
from dataclasses import replace

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .conftest import free_port, start

ROOT = "/alat/penala"


def proxy(behind: str) -> Starlette:
    """Passes on what begins with ROOT, without it; all else is another site's."""
    client = httpx.AsyncClient(base_url=behind, timeout=None)

    async def passed(request):
        headers = {**request.headers, "x-forwarded-proto": "http"}
        url = httpx.URL(request.path_params["path"], query=request.url.query.encode())
        asked = client.build_request(request.method, url, headers=headers, content=request.stream())
        answer = await client.send(asked, stream=True)
        kept = {k: v for k, v in answer.headers.items() if k != "transfer-encoding"}
        return StreamingResponse(
            answer.aiter_raw(), answer.status_code, kept, background=BackgroundTask(answer.aclose)
        )

    async def other(request):  # Gradio's pages ask for /manifest.json there
        return Response("{}", media_type="application/json")

    ours = Route(ROOT + "{path:path}", passed, methods=["GET", "POST", "HEAD"])
    return Starlette(routes=[ours, Route("/{path:path}", other)])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The server as the proxy shows it."""
    behind = start(tmp_path_factory.mktemp("home"), free_port(), PENALA_ROOT_PATH=ROOT)
    port = free_port()
    front = uvicorn.Server(
        uvicorn.Config(proxy(behind.address), port=port, lifespan="off", log_level="warning")
    )
    thread = threading.Thread(target=front.run)
    thread.start()
    yield replace(behind, address=f"http://127.0.0.1:{port}{ROOT}")
    behind.process.terminate()
    behind.process.wait(timeout=20)
    front.should_exit = front.force_exit = True
    thread.join()


def test_a_project_is_made_and_taken_along_under_the_root_path(visit, server):
    address = server.address
    page = visit().page
    page.goto(f"{address}/id/")
    page.get_by_label("Nama").fill("Di balik proksi")
    page.get_by_role("button", name="Buat proyek").click()
    page.wait_for_url(f"{address}/id/decide?project=di-balik-proksi")
    page.wait_for_selector(".p-answers")
    page.locator(".p-path a").nth(2).click()
    page.wait_for_url(f"{address}/id/data?project=di-balik-proksi")
    page.locator("a[lang=en][href*='project=']").click()
    page.wait_for_url(f"{address}/en/data?project=di-balik-proksi")
    page.goto(f"{address}/en/")
    with page.expect_download() as taken:
        page.locator("a[href*='/download/archive/']").first.click()
    assert taken.value.url.startswith(f"{address}/download/archive/di-balik-proksi/")
